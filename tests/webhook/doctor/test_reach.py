"""What the doctor says of the public address, asked over real HTTP."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.doctor.reach import examine_reach
from gatepost_webhook.doctor.verdicts import Patient
from gatepost_webhook.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator


class Front(HTTPServer):
    """A web server that answers every POST in one way."""

    status, headers = 404, {"Referrer-Policy": "no-referrer"}


class Handler(BaseHTTPRequestHandler):
    """Answers as its server says."""

    server: Front

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert body == b"List-Unsubscribe=One-Click"
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def front() -> Iterator[Front]:
    with Front(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def found(base_url: str) -> dict[str, tuple[str, str]]:
    patient = Patient(load_settings(base_url=base_url), Path(), 0)
    return {one.check: (one.level, one.found) for one in examine_reach(patient)}


def test_a_webhook_that_answers_is_well(front: Front) -> None:
    base_url = f"http://127.0.0.1:{front.server_port}"
    assert found(base_url) == {
        "address": ("warn", f"{base_url} is this machine alone"),
        "unsubscribe": ("ok", "POST reaches Gatepost, without a redirect"),
    }


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (301, {"Location": "https://www.example.org/"}, "answers with a redirect to https://www.example.org/"),
        (403, {"Referrer-Policy": "no-referrer"}, "is answered with 403, and not by Gatepost as it seems"),
        (404, {}, "is answered with 404, and not by Gatepost as it seems"),
    ],
)
def test_a_proxy_in_the_way_is_named(front: Front, status: int, headers: dict[str, str], words: str) -> None:
    front.status, front.headers = status, headers
    level, said = found(f"http://127.0.0.1:{front.server_port}")["unsubscribe"]
    assert level == "bad"
    assert said.endswith(words)


def test_nobody_there_is_said(front: Front) -> None:
    port = front.server_port
    front.socket.close()
    level, said = found(f"http://127.0.0.1:{port}")["unsubscribe"]
    assert (level, said.startswith(f"http://127.0.0.1:{port}/u/doctor cannot be reached (")) == ("bad", True)


def test_an_address_in_the_clear_is_bad_and_one_without_a_certificate_too(front: Front) -> None:
    assert found("http://leads.invalid")["address"] == ("bad", "http://leads.invalid is not encrypted")
    level, said = found(f"https://127.0.0.1:{front.server_port}")["certificate"]
    assert (level, said.startswith(f"127.0.0.1:{front.server_port} cannot be reached (")) == ("bad", True)
