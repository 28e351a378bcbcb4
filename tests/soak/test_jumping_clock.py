"""The machine's own clock jumps while `gatepost work` runs (P11): with libfaketime, the command as it is installed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.store.invariants import broken_invariants
from gatepost_webhook.store.mails import add_mail
from gatepost_webhook.store.writer import Writer
from tests.soak.parts import faketime_library
from tests.soak.sizes import FULL, report
from tests.soak.yard import DAY, STEPS, enrol_leads, environment
from tests.webhook.followup.desk import add_lead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.project import Project
    from gatepost_webhook.store.database import Connection
    from tests.soak.yard import Relay

LEADS = 500
GATEPOST = str(Path(sys.executable).with_name("gatepost"))


class Clock:
    """The clock of the worker's process."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.days = 0.0
        self.jump(0)

    def jump(self, days: float) -> None:
        """Set it so many days ahead of the machine's."""
        new = self.file.with_name("new-time")
        new.write_text(f"{int(days * DAY):+d}\n")
        new.replace(self.file)
        self.days = days

    def now(self) -> int:
        """Return the epoch second in the worker's process."""
        return int(time.time() + self.days * DAY)


@contextmanager
def _working(project: Project, variables: dict[str, str]) -> Iterator[None]:
    command = [GATEPOST, "work", "--project", str(project.root)]
    with subprocess.Popen(command, env=variables, stderr=subprocess.DEVNULL) as worker:
        yield
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0


@pytest.mark.skipif(not FULL, reason="takes libfaketime: part of `make soak`")
def test_the_machines_clock_jumps_while_a_worker_runs(
    project: Project, data: Path, relay: Relay, tmp_path: Path
) -> None:
    clock, database = Clock(tmp_path / "time"), data / "leads.db"
    variables = environment(data, relay.port) | {
        "LD_PRELOAD": str(faketime_library()),
        "FAKETIME_TIMESTAMP_FILE": str(clock.file),
        "FAKETIME_NO_CACHE": "1",
        # Waiting is done by the clock that never jumps.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    path = project.sequences / "after" / "sequence.yml"
    path.write_text(path.read_text().replace("wait: 0 minutes", "wait: 2 days, max_late: 100 weeks"))
    names = [f"lead{index}@example.com" for index in range(LEADS)]
    with Writer(database) as writer:
        writer.run(lambda c: enrol_leads(c, project, names, int(time.time())))
    got: list[int] = []

    def settle(days: float) -> None:
        """Jump, and wait until the worker has sent what it sends then."""
        before = Counter(mail.to for mail in relay.accepted)
        clock.jump(days)
        for _ in range(2):
            _wait_for_a_look(database, relay, clock.now())
        more = Counter(mail.to for mail in relay.accepted if mail.to in names) - before
        got.append(max(more.values(), default=0))
        assert not more or len(more) == LEADS

    with _working(project, variables):
        settle(0.5)
        settle(2.1)
        settle(402)
        settle(402.9)
        settle(3)
    clock.jump(415)
    with _working(project, variables):
        settle(415)
        settle(415.9)
    assert got == [0, 1, 1, 0, 0, 1, 0]
    assert {relay.copies()[mail.message_id] for mail in relay.accepted} == {1}
    assert sum(mail.to in names for mail in relay.accepted) == STEPS * LEADS
    assert broken_invariants(database, sunk=relay.copies().elements()) == []
    report("P11 the machine's clock", jumps=len(got), leads=LEADS, mails=STEPS * LEADS, at_once=max(got), repeated=0)


def _wait_for_a_look(database: Path, relay: Relay, now: int) -> None:
    """Wait until the worker has sent all that is due: what was asked for just now is claimed after a full look."""
    name = f"probe{time.monotonic_ns()}@example.com"

    def ask(connection: Connection) -> None:
        lead = add_lead(connection, name, now=now)
        add_mail(connection, kind="delivery", lead_id=lead, submission_id=lead, due_at=now - 60, now=now)

    with Writer(database) as writer:
        writer.run(ask)
    _wait(lambda: any(mail.to == name for mail in relay.accepted), "the worker does not send")
    due = "SELECT count(*) FROM mail WHERE state IN ('claimed', 'talking') OR (state = 'due' AND due_at <= ?)"
    with Writer(database) as writer:
        _wait(lambda: not writer.run(lambda c: c.execute(due, (now,)).fetchone())[0], "something stays due")


def _wait(until: object, what: str) -> None:
    deadline = time.monotonic() + 180
    assert callable(until)
    while not until():
        assert time.monotonic() < deadline, what
        threading.Event().wait(0.1)
