"""The app behind its real server: what only octets on a socket can show."""

from __future__ import annotations

import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from gatepost_webhook.intake import bodies
from gatepost_webhook.serving import listen, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.webhook.intake.house import House

FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


class Wire:
    """Sends octets to the server, and reads what comes back until it closes."""

    def __init__(self, port: int) -> None:
        self._port = port

    def send(self, *pieces: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._port), timeout=20) as connection:
            for piece in pieces:
                connection.sendall(piece)
            received = b""
            while data := connection.recv(65536):
                received += data
        return received

    def request(self, line: str, headers: str = "", body: bytes = b"") -> bytes:
        host = "" if "Host:" in headers else "Host: 127.0.0.1:8000\r\n"
        return self.send(f"{line} HTTP/1.1\r\n{host}Connection: close\r\n{headers}\r\n".encode() + body)

    def post(self, form: dict[str, str]) -> bytes:
        body = urlencode(form).encode()
        headers = f"{FORM}Origin: http://127.0.0.1:8000\r\nContent-Length: {len(body)}\r\n"
        return self.request("POST /f/guide", headers, body)


@pytest.fixture
def wire(house: House) -> Iterator[Wire]:
    with listen("127.0.0.1", 0) as listener, served(house.app(), listener):
        yield Wire(listener.getsockname()[1])


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_form_is_taken_and_the_server_does_not_name_itself(house: House, wire: Wire) -> None:
    answer = wire.post(house.form())

    assert _status(answer) == 303
    assert b"\r\nserver:" not in answer.lower()
    assert house.one("SELECT count(*) FROM submission") == 1


def test_fifty_presses_on_fifty_connections_are_one_submission(house: House, wire: Wire) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: _status(wire.post(house.form())), range(50)))

    assert answers == [303] * 50
    assert house.one("SELECT count(*) FROM submission") == 1
    assert house.mails() == [("confirm", "due")]


def test_a_foreign_name_in_the_request_line_gets_nowhere(wire: Wire) -> None:
    for line in ("GET http://evil.example/get/guide", "GET //evil.example/get/guide", "GET http://evil.example/c/x"):
        assert b"evil.example" not in wire.request(line)
    assert _status(wire.request("GET /", "Host: evil.example\r\n")) == 421


def test_head_sends_no_body(house: House, wire: Wire) -> None:
    wire.post(house.form())

    for path in (house.download_path(), house.confirm_path(), "/healthz", "/"):
        head, _, body = wire.request(f"HEAD {path}").partition(b"\r\n\r\n")
        assert _status(head) == 200
        assert body == b""


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Content-Length: 200000000\r\n", b"a" * 1000, 413),
        ("Transfer-Encoding: chunked\r\n", b"4000\r\n" + b"a" * 0x4000 + b"\r\n4\r\naaaa\r\n0\r\n\r\n", 413),
        ("Transfer-Encoding: chunked\r\n", b"zz\r\n", 400),
        ("Content-Length: 5\r\nContent-Length: 6\r\n", b"email=", 400),
        ("Content-Length: -5\r\n", b"", 400),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n", 400),
    ],
)
def test_bodies_that_lie_about_their_length_are_refused(wire: Wire, headers: str, body: bytes, status: int) -> None:
    assert _status(wire.request("POST /f/guide", f"{FORM}Origin: http://127.0.0.1:8000\r\n{headers}", body)) == status


def test_a_body_that_dawdles_is_told_so(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_BODY_SECONDS", 0.05)

    answer = wire.request("POST /f/guide", f"{FORM}Content-Length: 100\r\n", b"email=")

    assert _status(answer) == 408


def test_no_line_of_the_log_holds_a_token_or_an_address(
    house: House, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        wire.post(house.form(marketing="yes"))
        paths = [house.confirm_path(), house.download_path(), house.unsubscribe_path()]
        for path in paths:
            for method in ("GET", "HEAD", "POST", "PUT"):
                wire.request(f"{method} {path}", "Content-Length: 0\r\n")
        (house.project.magnets / "guide" / "guide.pdf").unlink()
        assert _status(wire.request(f"GET {paths[1]}")) == 503

    assert "nothing was done in 'GET' /d" in caplog.text
    for path in paths:
        assert path.split("/")[2] not in caplog.text
    assert "ada" not in caplog.text.lower()
