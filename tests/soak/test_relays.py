"""Relays that refuse, put off and vanish, and leads who leave: nobody else feels it (P07, P08, P16)."""

from __future__ import annotations

import functools
import math
import queue
import random
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.store.consents import About, add_receipt, suppress, withdraw_marketing
from gatepost_webhook.store.invariants import broken_invariants
from gatepost_webhook.store.writer import Writer
from tests.soak.sizes import report, size
from tests.soak.yard import DAY, STEPS, Relay, enrol_leads, free_port, outfit_of
from tests.webhook.followup.desk import START

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.database import Connection

HOUR = 3600


def test_bad_leads_and_bad_days_of_the_relay_cost_good_leads_nothing(
    project: Project, data: Path, relay: Relay
) -> None:
    count = size(60, 1000)
    kinds = {0: "dead", 1: "unreadable", 2: "full"}
    names = [f"{kinds.get(index % 10, 'good')}{index}@example.com" for index in range(count)]
    relay.judge = lambda to: {"d": "550 5.1.1 no such mailbox", "f": "450 4.2.2 mailbox full"}.get(to[0], "")
    clock = MovableClock(START)
    with Writer(data / "leads.db") as writer:
        writer.run(lambda c: enrol_leads(c, project, names, START))
        broken = "UPDATE lead SET email = 'no address' WHERE canonical LIKE 'unreadable%'"
        writer.run(lambda c: c.execute(broken) and None)
        outfit = outfit_of(project, writer, clock, data=data, port=relay.port)
        with closing(Worker(outfit)) as worker:
            for _ in range(40):
                worker.run_once()
                clock.advance(6 * HOUR)
    got = Counter(mail.to for mail in relay.accepted)
    assert got == {name: STEPS for name in names if name.startswith("good")}
    assert max(relay.copies().values()) == 1
    assert all(relay.tried[name] == 1 for name in names if name.startswith("dead"))
    assert max(relay.tried[name] for name in names if name.startswith("full")) <= 7 * STEPS
    assert broken_invariants(data / "leads.db", sunk=relay.copies().elements(), now=clock.now()) == []
    report("P07 bad leads", leads=count, good=len(got), mails=len(relay.accepted), duplicates=0)


def test_greylisting_rate_limits_and_an_outage_only_delay(project: Project, data: Path) -> None:
    """450 for a quarter of an hour, then 421 after every tenth mail, then nobody there for six hours."""
    count, relay, clock = size(30, 500), Relay(free_port()), MovableClock(START)
    names = [f"lead{index}@example.com" for index in range(count)]
    taken = 0

    def judge(_: str) -> str:
        nonlocal taken
        if clock.now() < START + 15 * 60:
            return "450 4.7.1 greylisted, come back later"
        taken += 1
        return "421 4.7.0 too many mails for now" if taken % 11 == 0 else ""

    relay.judge = judge
    with Writer(data / "leads.db") as writer, ExitStack() as stack:
        writer.run(lambda c: enrol_leads(c, project, names, START))
        outfit = outfit_of(project, writer, clock, data=data, port=relay.port)
        worker = stack.enter_context(closing(Worker(outfit)))
        with relay.up():
            _let_pass(worker, clock, 2 * HOUR)
        _let_pass(worker, clock, 6 * HOUR)
        with relay.up():
            _let_pass(worker, clock, 10 * HOUR)
            _let_pass(worker, clock, 2 * DAY, HOUR)
    by_lead: dict[str, list[str]] = {name: [] for name in names}
    for mail in relay.accepted:
        by_lead[mail.to].append(_subject(mail.data))
    assert set(map(tuple, by_lead.values())) == {("About first", "About second", "About third")}
    assert max(relay.copies().values()) == 1
    assert max(relay.tried.values()) <= 12 * STEPS
    assert broken_invariants(data / "leads.db", sunk=relay.copies().elements(), now=clock.now()) == []
    report("P08 a relay's bad days", leads=count, mails=len(relay.accepted), attempts=sum(relay.tried.values()))


def test_no_mail_begins_after_an_unsubscription_was_committed(project: Project, data: Path, relay: Relay) -> None:
    """People leave while their own mail is claimed, written or on its way: around the ones that the relay sees now."""
    chance, count = random.Random(16), size(60, 12_500)
    names = [f"lead{index}@example.com" for index in range(count)]
    staying, leaving = set(names), queue.SimpleQueue[str]()
    left: dict[str, float] = {}

    def judge(name: str) -> str:
        index = int(name.removeprefix("lead").partition("@")[0])
        leaving.put(names[min(max(index + chance.randrange(-2, 16), 0), count - 1)])
        return ""

    relay.judge = judge
    with Writer(data / "leads.db") as writer:
        rows = dict(zip(names, writer.run(lambda c: enrol_leads(c, project, names, START)), strict=True))
        outfit = outfit_of(project, writer, MovableClock(START), data=data, port=relay.port, connections=8)

        def unsubscribe() -> None:
            while name := leaving.get():
                if name in staying:
                    staying.remove(name)
                    writer.run(functools.partial(_leave, outfit=outfit, name=name, row=rows[name]))
                    left[name] = time.monotonic()

        thread = threading.Thread(target=unsubscribe)
        thread.start()
        with closing(Worker(outfit)) as worker:
            worker.run_once()
        leaving.put("")
        thread.join()
    late = [mail for mail in relay.accepted if mail.begun > left.get(mail.to, math.inf)]
    assert late == []
    assert count / 2 < len(left)
    assert 0 < len(relay.accepted) < STEPS * count
    assert broken_invariants(data / "leads.db", sunk=relay.copies().elements()) == []
    report("P16 unsubscriptions", leads=count, left=len(left), mails=len(relay.accepted), mails_after_leaving=0)


def _leave(connection: Connection, outfit: Outfit, name: str, row: int) -> None:
    now = outfit.clock.now()
    withdraw_marketing(connection, row)
    suppress(connection, outfit.hash_of(name), "marketing", "unsubscribed", now=now)
    add_receipt(connection, About(row), "withdrawn", method="one-click", now=now)


def _let_pass(worker: Worker, clock: MovableClock, seconds: int, step: int = 300) -> None:
    end = clock.now() + seconds
    while clock.now() < end:
        worker.run_once()
        clock.advance(step)


def _subject(data: bytes) -> str:
    return next(line[9:].decode() for line in data.splitlines() if line.startswith(b"Subject: "))


def test_after_any_jump_of_the_clock_nobody_gets_a_burst_or_a_repetition(project: Project, data: Path) -> None:
    """Four hundred days ahead, back again, and ten days without a worker (P11)."""
    count, relay = size(20, 1000), Relay(free_port())
    names = [f"lead{index}@example.com" for index in range(count)]
    path = project.sequences / "after" / "sequence.yml"
    path.write_text(path.read_text().replace("wait: 0 minutes", "wait: 2 days, max_late: 100 weeks"))
    most: list[int] = []
    with relay.up(), Writer(data / "leads.db") as writer:
        writer.run(lambda c: enrol_leads(c, project, names, START))
        for day in (2, 402, 3, 414):
            before = Counter(mail.to for mail in relay.accepted)
            clock = MovableClock(START + day * DAY)
            with closing(Worker(outfit_of(project, writer, clock, data=data, port=relay.port))) as worker:
                _let_pass(worker, clock, DAY - 1, 2 * HOUR)
            got = Counter(mail.to for mail in relay.accepted) - before
            most.append(max(got.values(), default=0))
    # At its time the first; of what is overdue then one; nothing when the clock goes back; the last one after all.
    assert most == [1, 1, 0, 1]
    assert Counter(relay.copies().values()) == {1: STEPS * count}
    report("P11 jumps of the clock", leads=count, mails=len(relay.accepted), at_once=max(most), repeated=0)
