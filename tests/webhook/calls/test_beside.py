"""Calls beside the mails: a slow system delays nobody, a dead one is left alone, and nothing is lost by either."""

from __future__ import annotations

import dataclasses
import socketserver
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gatepost_webhook.calls.caller import Caller
from gatepost_webhook.calls.hosts import LONGEST_REST, PATIENCE, ROOM, Hosts
from tests.webhook.calls.test_delivering import Receiver, receiver, states  # noqa: F401 - a fixture
from tests.webhook.followup.desk import DAY, Desk
from tests.webhook.followup.test_acting import desk_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from gatepost_webhook.followup.outfit import Outfit

NOW = 1_000_000
SEVERAL = """\
title: After
steps:
  - {key: tell, webhook: slow}
  - {key: tell-too, webhook: crm}
  - {key: hello, message: first.md}
"""


class Slow(socketserver.ThreadingTCPServer):
    """A system that takes calls and answers none before it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Silent)
        self.asked = threading.Semaphore(0)
        self.may_answer = threading.Event()
        self.count = 0


class _Silent(socketserver.StreamRequestHandler):
    server: Slow

    def handle(self) -> None:
        self.server.count += 1
        self.server.asked.release()
        self.server.may_answer.wait(60)
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")


@contextmanager
def slow_system() -> Iterator[Slow]:
    with Slow() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.may_answer.set()
            server.shutdown()
            thread.join()


def calling(outfit: Outfit, steps: str, **ports: int) -> Desk:
    urls = {name: f"http://127.0.0.1:{port}/" for name, port in ports.items()}
    settings = outfit.settings.model_copy(update={"webhooks": urls})
    return desk_with(dataclasses.replace(outfit, settings=settings), steps)


def test_mails_go_while_a_system_has_not_answered_and_other_systems_are_told(
    outfit: Outfit,
    receiver: Receiver,  # noqa: F811
) -> None:
    with slow_system() as slow:
        desk = calling(outfit, SEVERAL, slow=slow.server_address[1], crm=receiver.server_port)
        desk.worker._calls.lasting = True  # as in run_forever
        for number in range(ROOM + 2):
            desk.enrol(desk.add_lead(f"{number}@example.com"))
        desk.run()
        desk.run()
        for _ in range(ROOM):
            assert slow.asked.acquire(timeout=30)
        # Nobody has answered yet, and every mail is out.
        assert len(desk.channel.messages) == ROOM + 2
        # Of one host there are never more.
        assert slow.count == ROOM
        slow.may_answer.set()
        desk.worker._calls.lasting = False
        desk.run()
    assert len(receiver.got) == ROOM + 2
    assert Counter(row["state"] for row in desk.sql("SELECT state FROM call")) == {"sent": 2 * (ROOM + 2)}


def test_a_worker_that_stops_waits_for_the_calls_under_way_and_begins_none(outfit: Outfit) -> None:
    with slow_system() as slow:
        desk = calling(outfit, SEVERAL, slow=slow.server_address[1])
        desk.worker._calls.lasting = True
        for number in range(ROOM + 1):
            desk.enrol(desk.add_lead(f"{number}@example.com"))
        desk.run()
        desk.run()
        for _ in range(ROOM):
            assert slow.asked.acquire(timeout=30)
        closing = threading.Thread(target=desk.worker.close)
        closing.start()
        slow.may_answer.set()
        closing.join()
    ends = Counter(row["state"] for row in desk.sql("SELECT state FROM call WHERE name = 'slow'"))
    assert ends == {"sent": ROOM, "due": 1}


def test_a_dead_system_is_asked_a_few_times_and_the_waiting_calls_keep_their_attempts(
    outfit: Outfit,
    receiver: Receiver,  # noqa: F811
) -> None:
    desk = calling(outfit, "title: A\nsteps: [{key: tell, webhook: crm}]\n", crm=receiver.server_port)
    receiver.answers = [503] * (PATIENCE + 3)
    for number in range(20):
        desk.enrol(desk.add_lead(f"{number}@example.com"))
    desk.run()
    desk.run()
    asked = len(receiver.got)
    assert PATIENCE <= asked < PATIENCE + ROOM
    assert Counter(row[1] for row in states(desk)) == {1: asked, 0: 20 - asked}
    desk.run()
    assert len(receiver.got) == asked
    # After the rest one call asks whether it is back, and when it is, the others follow at once.
    receiver.answers = [503]
    desk.run(days=61 / DAY)
    assert len(receiver.got) == asked + 1
    desk.run(days=HALF_AN_HOUR)
    assert {row[0] for row in states(desk)} == {"sent"}


HALF_AN_HOUR = 1 / 48


def test_a_call_is_given_up_when_its_system_has_been_dead_for_two_days(
    outfit: Outfit,
    receiver: Receiver,  # noqa: F811
) -> None:
    desk = calling(outfit, "title: A\nsteps: [{key: tell, webhook: crm}]\n", crm=receiver.server_port)
    receiver.answers = [503] * 500
    for number in range(12):
        desk.enrol(desk.add_lead(f"{number}@example.com"))
    desk.run()
    desk.run()
    for days in [HALF_AN_HOUR] * 96 + [1, 1, 1]:
        desk.run(days=days)
    assert {row[0] for row in states(desk)} == {"failed"}
    assert {row[3] for row in states(desk)} <= {"no answer for two days", "answered 503"}
    assert len(receiver.got) < 100
    assert desk.sql("SELECT count(*) AS count FROM event WHERE kind = 'call-failed'") == [{"count": 12}]


def test_calls_that_break_down_do_not_take_the_worker_with_them(
    outfit: Outfit, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(outfit)
    monkeypatch.setattr("gatepost_webhook.calls.caller.call_is_due", lambda *_: True)
    monkeypatch.setattr("gatepost_webhook.calls.caller.deliver_due", lambda *_, **__: 1 / 0)
    caller.look()
    caller.settle()
    assert "calls wait for now" in caplog.text


def test_a_host_has_room_for_some_rests_after_failures_longer_each_time_and_is_forgiven() -> None:
    hosts = Hosts({"crm": "https://crm.example.com/a", "list": "https://CRM.example.com/b", "bot": "https://b.example"})
    for _ in range(ROOM):
        hosts.begin("crm")
    assert hosts.full(NOW) == ["crm", "list"]
    for _ in range(ROOM):
        hosts.end("crm", answered=False, now=NOW)
    now, rests = NOW, []
    for _ in range(9):
        hosts.begin("list")
        hosts.end("list", answered=False, now=now)
        rest = next(seconds for seconds in range(1, 2 * LONGEST_REST) if not hosts.resting(now + seconds))
        rests.append(rest)
        now += rest
    assert rests[:3] == [60, 120, 240]
    assert max(rests) == LONGEST_REST
    assert hosts.rooms(now) == {"crm.example.com": 1, "b.example": ROOM}
    assert hosts.resting(now - 1) == ["crm", "list"]
    hosts.begin("crm")
    hosts.end("crm", answered=True, now=now)
    assert hosts.rooms(now)["crm.example.com"] == ROOM
