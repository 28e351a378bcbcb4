"""Calls of other systems, made by the worker: signed, repeated, given up."""

from __future__ import annotations

import dataclasses
import http.server
import json
import threading
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.calls.signing import signed_headers
from tests.webhook.followup.desk import DAY, START, Desk
from tests.webhook.followup.test_acting import desk_with, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.followup.outfit import Outfit

STEPS = "title: After\nsteps: [{key: tell, webhook: crm}]\n"


class Receiver(http.server.ThreadingHTTPServer):
    """A receiver that answers as it is told, 200 when nothing is left to say, and keeps what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.answers: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []


class _Answering(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def calling(outfit: Outfit, receiver: Receiver) -> Desk:
    url = f"http://127.0.0.1:{receiver.server_port}/hook?from=gatepost"
    settings = outfit.settings.model_copy(update={"webhooks": {"crm": url}})
    return desk_with(dataclasses.replace(outfit, settings=settings), STEPS)


def states(desk: Desk) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in desk.sql("SELECT state, attempts, due_at - created_at, reason FROM call")]


def test_another_system_is_told_of_the_lead_with_a_signature(calling: Desk, receiver: Receiver) -> None:
    calling.enrol(calling.add_lead(fields='{"company": "Bakery"}'))
    calling.run()
    calling.run()
    [(headers, body)] = receiver.got
    assert json.loads(body) == {
        "type": "lead.step",
        "timestamp": "2026-11-22T09:00:00+00:00",
        "data": {
            "sequence": "after",
            "step": "tell",
            "round": 1,
            "lead": {
                "id": 1,
                "email": "anna@example.com",
                "fields": {"company": "Bakery"},
                "tags": [],
                "stage": "",
                "score": 0,
            },
        },
    }
    signed = signed_headers(calling.outfit.settings.webhook_secrets, "msg_1", START, body)
    assert signed.items() <= headers.items()
    assert states(calling) == [("sent", 0, 0, "")]
    assert ("called", "tell") in calling.events()


def test_what_is_not_taken_comes_again_with_the_same_id_and_is_given_up_in_the_end(
    calling: Desk, receiver: Receiver
) -> None:
    receiver.answers = [500] * 7
    calling.enrol(calling.add_lead())
    calling.run()
    waits = []
    for _ in range(7):
        calling.run()
        waits.append(states(calling)[0][2])
        calling.clock.advance(DAY)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len(receiver.got) == 7
    assert states(calling)[0][0::3] == ("failed", "answered 500")
    assert waits[0] == 300


@pytest.mark.parametrize(("answer", "state"), [(301, "due"), (410, "failed"), (204, "sent")])
def test_redirects_are_not_followed_and_a_receiver_can_say_that_it_is_gone(
    calling: Desk, receiver: Receiver, answer: int, state: str
) -> None:
    receiver.answers = [answer]
    calling.enrol(calling.add_lead())
    calling.run()
    calling.run()
    assert (len(receiver.got), states(calling)[0][0]) == (1, state)


def test_a_name_that_the_settings_do_not_know_waits_for_them(outfit: Outfit) -> None:
    desk = desk_with(outfit, STEPS)
    desk.enrol(desk.add_lead())
    desk.run()
    desk.run()
    assert states(desk) == [("due", 1, 300, "no webhook 'crm' in GATEPOST_WEBHOOKS")]


def test_the_owner_gets_a_mail_about_the_lead_even_when_the_lead_may_get_none(outfit: Outfit) -> None:
    desk = desk_with(outfit, "title: After\nsteps: [{key: tell, notify: Worth a call.}]\n")
    desk.enrol(desk.add_lead(fields='{"company": "=?utf-8?q?Bcc?= x\\r\\nBcc: a@example.com"}'))
    desk.run()
    [told] = desk.run() or desk.channel.messages
    assert told.recipient == "hello@example.org"
    head, _, body = told.data.partition(b"\r\n\r\n")
    assert b"Subject: After: Worth a call." in head
    assert b"Bcc" not in head
    assert b"anna@example.com" in body
    assert [row.step for row in rows_of(desk)] == ["tell", ""]
