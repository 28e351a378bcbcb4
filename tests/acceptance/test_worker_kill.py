"""A worker that is killed at any instant loses no mail and repeats no step of a sequence."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiosmtpd.controller import Controller

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Manifest, write_manifest
from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.store.invariants import broken_invariants
from gatepost_webhook.store.mails import add_mail
from gatepost_webhook.store.writer import Writer
from tests.soak.sizes import report, size
from tests.soak.yard import Nursery, open_nursery
from tests.webhook.followup.desk import add_lead, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from gatepost_site.project import Project
    from gatepost_webhook.store.database import Connection

KILLS = size(100, 1000)
LEADS = size(500, 5000)
#: Seconds by which the clock moves between two kills: claims come back after five minutes.
MOVE = 100
DAY = 86_400
SEQUENCE = """\
title: At once
steps:
  - {key: first, wait: 0 minutes, message: first.md}
  - {key: second, wait: 0 minutes, message: second.md}
  - {key: third, wait: 0 minutes, message: third.md}
"""


@dataclass
class Sink:
    """Accepts every mail, and writes its Message-ID down before it says so."""

    log: Path
    port: int
    accepted: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        data = envelope.content
        assert isinstance(data, bytes)
        identifier = next(line[12:].decode() for line in data.splitlines() if line.startswith(b"Message-ID: "))
        self.accepted.append((identifier, data))
        with self.log.open("a") as log:
            log.write(identifier + "\n")
        return "250 OK"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sink = Sink(tmp_path / "sink.log", port)
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    yield sink
    controller.stop()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = write_project(tmp_path / "site", SEQUENCE, first="One.")
    write_manifest(project, Manifest("Example", "https://example.org/", {"checklist": "get/checklist/"}))
    return project


@pytest.fixture
def environment(tmp_path: Path, sink: Sink) -> dict[str, str]:
    settings = {
        "DATA": str(tmp_path / "data"),
        "CHANNEL": "smtp",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(sink.port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "Example <hello@example.org>",
        "POSTAL_ADDRESS": "Example, 1 High Street, Bristol",
    }
    return os.environ | {f"GATEPOST_{name}": value for name, value in settings.items()}


@pytest.fixture
def nursery(project: Project, environment: dict[str, str]) -> Iterator[Nursery]:
    with open_nursery(project, environment) as opened:
        yield opened


def fill(connection: Connection, project: Project, now: int) -> None:
    """Enrol many leads whose first step is due at once, and queue a delivery for every second one."""
    sequence = load_sequences(project, load_magnets(project))["after"]
    for index in range(LEADS):
        lead = add_lead(connection, f"lead{index}@example.com", now=now)
        enrol(connection, sequence=sequence, lead_id=lead, submission_id=lead, now=now)
        if index % 2:
            add_mail(connection, kind="delivery", lead_id=lead, submission_id=lead, due_at=now, now=now)


def kill_workers(nursery: Nursery, sink: Sink) -> int:
    """Kill workers at random instants while they send; return by how many seconds the clock is ahead then."""
    chance = random.Random(20261122)
    killed = ahead = 0
    while killed < KILLS:
        before = len(sink.accepted)
        worker = nursery.start(ahead)
        # Half of them while they start, the others after some mails have arrived.
        wanted = before + chance.choice([0, 0, 1, 1, 2, 5, 9])
        # One that had nothing left to do has ended by itself, and does not count.
        with contextlib.suppress(ProcessLookupError):
            while len(sink.accepted) < wanted:
                os.kill(worker, 0)
                threading.Event().wait(0.001)
            threading.Event().wait(chance.random() * 0.03)
            os.kill(worker, signal.SIGKILL)
        killed += nursery.ended() == f"ended {int(signal.SIGKILL)}"
        ahead += MOVE
    return ahead


def finish(nursery: Nursery, ahead: int) -> int:
    """Run workers undisturbed until everything is decided; return by how many seconds the clock is ahead then."""
    for seconds in (0, 3600, 3600, 2 * DAY, 2 * DAY, 2 * DAY):
        ahead += seconds
        nursery.start(ahead)
        assert nursery.ended() == "done"
    return ahead


def test_a_worker_killed_a_hundred_times_loses_no_mail_and_repeats_no_step(
    tmp_path: Path, project: Project, nursery: Nursery, sink: Sink
) -> None:
    database = tmp_path / "data" / "leads.db"
    with Writer(database) as writer:
        writer.run(lambda connection: fill(connection, project, int(time.time()) - 1))
    ahead = finish(nursery, kill_workers(nursery, sink))

    with Writer(database) as writer:
        rows = writer.run(lambda c: c.execute("SELECT kind, state, message_id FROM mail").fetchall())
    copies = Counter(identifier for identifier, _ in sink.accepted)
    assert sink.log.read_text().split() == [identifier for identifier, _ in sink.accepted]
    assert len(rows) == 3 * LEADS + LEADS // 2
    assert {row["state"] for row in rows} <= {"sent", "held"}
    assert [row["message_id"] for row in rows if row["state"] == "sent" and not copies[row["message_id"]]] == []
    assert [row["message_id"] for row in rows if row["kind"] == "drip" and copies[row["message_id"]] > 1] == []
    assert max(copies.values()) <= 2
    assert len({data for _, data in sink.accepted}) == len(copies), "a repeated mail is the same, byte for byte"
    assert sum(row["state"] == "held" for row in rows) <= 2 * KILLS
    problems = broken_invariants(database, sunk=copies.elements(), now=int(time.time()) + ahead)
    assert problems == []
    held, repeated = sum(row["state"] == "held" for row in rows), sum(count > 1 for count in copies.values())
    report(
        "P03 and P04 killed workers",
        kills=KILLS,
        mails=len(rows),
        lost=0,
        duplicate_drips=0,
        held=held,
        repeated_transactional=repeated,
    )


def test_the_command_finishes_the_mail_in_hand_when_it_is_told_to_stop(
    tmp_path: Path, project: Project, environment: dict[str, str], sink: Sink
) -> None:
    database = tmp_path / "data" / "leads.db"
    with Writer(database) as writer:
        writer.run(lambda connection: fill(connection, project, int(time.time()) - 1))
    command = [str(Path(sys.executable).with_name("gatepost")), "work", "--project", str(project.root)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as worker:
        deadline = time.monotonic() + 60
        while not sink.accepted and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        worker.send_signal(signal.SIGTERM)
        _, errors = worker.communicate(timeout=30)
    # Only a mail that takes its time is worth a word.
    assert errors in {"", "INFO stopping; a mail that is on its way is finished first\n"}
    assert worker.returncode == 0
    with Writer(database) as writer:
        rows = writer.run(lambda c: c.execute("SELECT state, message_id FROM mail").fetchall())
    sent = sorted(row["message_id"] for row in rows if row["state"] == "sent")
    assert sent == sorted(identifier for identifier, _ in sink.accepted)
    assert {row["state"] for row in rows} == {"sent", "due"}
