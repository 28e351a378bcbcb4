"""A project with short sequences, a relay that remembers, and workers in processes of their own."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Manifest, write_manifest
from gatepost_webhook.channels.smtp import SmtpRelay
from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.followup.outfit import Outfit
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.links import Links
from gatepost_webhook.settings import load_settings
from tests.acceptance import killed_worker
from tests.webhook.followup.desk import add_lead, write_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from gatepost_site.project import Project
    from gatepost_webhook.clock import Clock
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.writer import Writer

DAY = 86_400
#: Three mails, one after the other without a wait.
AT_ONCE = """\
title: At once
gap: 0 minutes
steps:
  - {key: first, wait: 0 minutes, message: first.md}
  - {key: second, wait: 0 minutes, message: second.md}
  - {key: third, wait: 0 minutes, message: third.md}
"""
STEPS = 3


@dataclass(frozen=True)
class Accepted:
    """A mail that the relay took."""

    to: str
    message_id: str
    data: bytes
    #: Monotonic second at which its MAIL command came.
    begun: float


@dataclass
class Relay:
    """Takes mails, and remembers them; `judge` (recipient) says what it answers, "" to take the mail."""

    port: int
    accepted: list[Accepted] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    judge: Callable[[str], str] = lambda _: ""
    #: Seconds that it takes before it answers a message.
    slow: float = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        session.begun = time.monotonic()  # type: ignore[attr-defined]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tried[address] += 1
        if refused := self.judge(address):
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        data = envelope.content
        assert isinstance(data, bytes)
        if self.slow:
            await asyncio.sleep(self.slow)
        identifier = next(line[12:].decode() for line in data.splitlines() if line.startswith(b"Message-ID: "))
        begun: float = session.begun  # type: ignore[attr-defined]
        self.accepted.append(Accepted(envelope.rcpt_tos[0], identifier, data, begun))
        return "250 OK"

    def copies(self) -> Counter[str]:
        """Return Message-ID -> how often it was taken."""
        return Counter(mail.message_id for mail in self.accepted)

    @contextmanager
    def up(self) -> Iterator[None]:
        """Answer on the port."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield
        finally:
            controller.stop()


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def draw_project(root: Path, sequence: str = AT_ONCE) -> Project:
    """Write the project, and what a build would have left."""
    project = write_project(root, sequence, first="One.")
    write_manifest(project, Manifest("Example", "https://example.org/", {"checklist": "get/checklist/"}))
    return project


def environment(data: Path, port: int) -> dict[str, str]:
    """Return the environment of workers."""
    settings = {
        "DATA": str(data),
        "CHANNEL": "smtp",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "Example <hello@example.org>",
        "POSTAL_ADDRESS": "Example, 1 High Street, Bristol",
    }
    return os.environ | {f"GATEPOST_{name}": value for name, value in settings.items()}


def outfit_of(project: Project, writer: Writer, clock: Clock, *, data: Path, port: int, connections: int = 4) -> Outfit:
    """Return what a worker in this process needs."""
    magnets = load_magnets(project)
    settings = load_settings(
        data=data,
        channel="smtp",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        smtp_connections=connections,
        postal_address="Example, 1 High Street, Bristol",
    )
    return Outfit(
        settings=settings,
        project=project,
        manifest=Manifest("Example", "https://example.org/", {"checklist": "get/checklist/"}),
        magnets=magnets,
        sequences=load_sequences(project, magnets),
        writer=writer,
        links=Links(settings.base_url, settings.signing_secrets),
        clock=clock,
        channel=SmtpRelay(settings),
    )


def enrol_leads(connection: Connection, project: Project, names: list[str], now: int) -> list[int]:
    """Enrol leads of these addresses; return their rows."""
    sequence = load_sequences(project, load_magnets(project))["after"]
    rows = [add_lead(connection, name, now=now) for name in names]
    for row in rows:
        enrol(connection, sequence=sequence, lead_id=row, submission_id=row, now=now)
    return rows


@dataclass
class Nursery:
    """The process that starts workers, one at a time."""

    process: subprocess.Popen[str]

    def start(self, ahead: int = 0) -> int:
        """Start a worker whose clock is `ahead` seconds ahead, and return its process id."""
        assert self.process.stdin
        self.process.stdin.write(f"{ahead}\n")
        self.process.stdin.flush()
        return int(self._line())

    def ended(self) -> str:
        """Wait until the worker has ended, and return how: "done" when it did by itself."""
        return self._line()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@contextmanager
def open_nursery(project: Project, variables: dict[str, str]) -> Iterator[Nursery]:
    """Start a nursery."""
    process = subprocess.Popen(
        [sys.executable, killed_worker.__file__, str(project.root)],
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        yield Nursery(process)
        assert process.stdin
        process.stdin.close()
