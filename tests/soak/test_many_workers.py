"""Any number of workers on one queue, frozen ones among them: each mail goes out once (P05, P06, P21)."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_webhook.store.invariants import broken_invariants
from gatepost_webhook.store.writer import Writer
from tests.soak.sizes import report, size
from tests.soak.yard import DAY, STEPS, enrol_leads, environment, open_nursery

if TYPE_CHECKING:
    from gatepost_site.project import Project
    from tests.soak.yard import Relay

GATEPOST = str(Path(sys.executable).with_name("gatepost"))


def _enrol(database: Path, project: Project, names: list[str], now: int) -> None:
    with Writer(database) as writer:
        writer.run(lambda connection: enrol_leads(connection, project, names, now))


def _states(database: Path) -> Counter[str]:
    with Writer(database) as writer:
        return Counter(row[0] for row in writer.run(lambda c: c.execute("SELECT state FROM mail").fetchall()))


def test_eight_workers_at_once_send_each_mail_once(project: Project, data: Path, relay: Relay) -> None:
    leads, rounds, workers = size(60, 3334), size(1, 5), size(4, 8)
    database, command = data / "leads.db", [GATEPOST, "work", "--once", "--project", str(project.root)]
    for number in range(rounds):
        names = [f"lead{number}.{index}@example.com" for index in range(leads)]
        _enrol(database, project, names, int(time.time()) - 1)
        running = [
            subprocess.Popen(command, env=environment(data, relay.port), stdout=subprocess.DEVNULL)
            for _ in range(workers)
        ]
        assert [process.wait(600) for process in running] == [0] * workers
    # One that could not get at the database in time leaves its mail to whoever looks when the lease has ended.
    with open_nursery(project, environment(data, relay.port)) as nursery:
        nursery.start(ahead=1200)
        assert nursery.ended() == "done"
    expected = leads * rounds * STEPS
    assert Counter(relay.copies().values()) == {1: expected}
    assert _states(database) == {"sent": expected}
    assert broken_invariants(database, sunk=relay.copies().elements()) == []
    report("P05 workers at once", workers=workers, rounds=rounds, mails=expected, duplicates=0)


def test_a_worker_that_wakes_up_after_its_lease_sends_nothing_twice(project: Project, data: Path, relay: Relay) -> None:
    chance, rounds = random.Random(6), size(2, 100)
    database, ahead, locked = data / "leads.db", 0, 0
    variables = environment(data, relay.port)
    with open_nursery(project, variables) as first, open_nursery(project, variables) as second:
        for number in range(rounds):
            names = [f"lead{number}.{index}@example.com" for index in range(8)]
            _enrol(database, project, names, int(time.time()) + ahead - 1)
            wanted = len(relay.accepted) + chance.randrange(6)
            frozen = first.start(ahead)
            _wait_for_mails(relay, wanted)
            threading.Event().wait(chance.random() * 0.01)
            # One that was quick has ended; then there is nobody to wake up.
            with contextlib.suppress(ProcessLookupError):
                os.kill(frozen, signal.SIGSTOP)
            # A stopped process may hold the lock on the database; then nobody sends until it goes on.
            second.start(ahead + 1200)
            locked += second.ended() != "done"
            with contextlib.suppress(ProcessLookupError):
                os.kill(frozen, signal.SIGCONT)
            assert first.ended() == "done"
            # What became of the ones of unknown fate is known a day later, and the next step goes.
            ahead += 1200
            for _ in range(8):
                second.start(ahead)
                assert second.ended() == "done"
                ahead += DAY
                if not _states(database).keys() - {"sent", "held"}:
                    break
    states = _states(database)
    assert set(states) <= {"sent", "held"}
    assert max(relay.copies().values()) == 1
    assert broken_invariants(database, sunk=relay.copies().elements(), now=int(time.time()) + ahead) == []
    report("P06 frozen workers", rounds=rounds, sent=states["sent"], held=states["held"], locked=locked, duplicates=0)


def test_a_worker_that_is_asked_to_stop_leaves_nothing_half_done(project: Project, data: Path, relay: Relay) -> None:
    chance, rounds = random.Random(21), size(3, 200)
    database, command = data / "leads.db", [GATEPOST, "work", "--project", str(project.root)]
    relay.slow = 0.02
    for number in range(rounds):
        names = [f"lead{number}.{index}@example.com" for index in range(20)]
        _enrol(database, project, names, int(time.time()) - 1)
        wanted = len(relay.accepted) + 1 + chance.randrange(8)
        with subprocess.Popen(command, env=environment(data, relay.port), stderr=subprocess.DEVNULL) as worker:
            _wait_for_mails(relay, wanted)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(40) == 0
    assert set(_states(database)) <= {"sent", "due"}
    assert max(relay.copies().values()) == 1
    assert broken_invariants(database, sunk=relay.copies().elements()) == []
    report("P21 SIGTERM", stops=rounds, mails=len(relay.accepted), held=0, duplicates=0)


def _wait_for_mails(relay: Relay, count: int) -> None:
    """Wait until the relay has taken so many mails."""
    deadline = time.monotonic() + 60
    while len(relay.accepted) < count:
        assert time.monotonic() < deadline, f"the relay did not get {count} mails within a minute"
        threading.Event().wait(0.001)
