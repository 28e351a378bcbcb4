"""How many mails a second one worker hands to a relay on this machine, and what claiming costs."""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Manifest
from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.channels.smtp import SmtpRelay
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup.claims import claim_batch
from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.followup.outfit import Outfit
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.links import Links
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.writer import Writer
from tests.webhook.followup.desk import DAY, START, add_lead, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection as Pipe

    from gatepost_webhook.channels.channel import Channel
    from gatepost_webhook.store.database import Connection

MAILS = 5000
#: Conversations with the fast relay at once: so many mails are begun by one commit, and recorded by one.
FAST = 32
#: Seconds that the slow relay takes for each reply, and the connections to it.
DELAY = 0.05
CONNECTIONS = 64
#: Replies that a mail waits for on a connection that is kept: MAIL, RCPT, DATA, and the one after the dot.
REPLIES = 4


@dataclass(frozen=True)
class Figure:
    """One measurement."""

    name: str
    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.name:<48} {self.value:>10,.2f} {self.unit}"


async def _answer(delay: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async def say(reply: bytes) -> None:
        if delay:
            await asyncio.sleep(delay)
        writer.write(reply + b"\r\n")

    await say(b"220 sink")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"EHLO":
            await say(b"250-sink\r\n250 8BITMIME")
        elif verb == b"DATA":
            await say(b"354 go")
            await reader.readuntil(b"\r\n.\r\n")
            await say(b"250 taken")
        else:
            await say(b"250 ok")
    writer.close()


def _sink(told: Pipe, delay: float) -> None:
    async def serve() -> None:
        server = await asyncio.start_server(functools.partial(_answer, delay), "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def _fill(connection: Connection, outfit: Outfit, count: int) -> None:
    sequence = outfit.sequences["after"]
    for index in range(count):
        lead = add_lead(connection, f"lead{index}@example.com", fields='{"first_name": "Anna"}', now=START)
        enrol(connection, sequence=sequence, lead_id=lead, submission_id=lead, now=START)


def outfit_in(folder: Path, writer: Writer, port: int, *, smtp: bool, connections: int = 4) -> Outfit:
    project = write_project(folder / "site")
    magnets = load_magnets(project)
    settings = load_settings(
        data=folder,
        channel="smtp",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        smtp_connections=connections,
        postal_address="Here",
    )
    channel: Channel = SmtpRelay(settings) if smtp else RecordingChannel()
    return Outfit(
        settings=settings,
        project=project,
        manifest=Manifest("Example", "https://example.org/", {"checklist": "get/checklist/"}),
        magnets=magnets,
        sequences=load_sequences(project, magnets),
        writer=writer,
        links=Links(settings.base_url, settings.signing_secrets),
        clock=MovableClock(START),
        channel=channel,
    )


def sending(port: int, *, smtp: bool = True, connections: int = FAST) -> float:
    """Return mails a second, from claim to recorded outcome."""
    with tempfile.TemporaryDirectory() as name, Writer(Path(name) / "leads.db") as writer:
        outfit = outfit_in(Path(name), writer, port, smtp=smtp, connections=connections)
        writer.run(lambda connection: _fill(connection, outfit, MAILS))
        assert isinstance(outfit.clock, MovableClock)
        outfit.clock.advance(DAY)
        started = time.perf_counter()
        with closing(Worker(outfit)) as worker:
            dealt = worker.run_once()
            taken = time.perf_counter() - started
    if dealt != MAILS:
        raise RuntimeError(f"{dealt} mails were dealt with, not {MAILS}")
    return MAILS / taken


def _claiming(waiting: int) -> float:
    """Return milliseconds to judge, render, build and claim one mail, with so many waiting."""
    with tempfile.TemporaryDirectory() as name, Writer(Path(name) / "leads.db") as writer:
        outfit = outfit_in(Path(name), writer, 25, smtp=False)
        writer.run(lambda connection: _fill(connection, outfit, waiting))
        assert isinstance(outfit.clock, MovableClock)
        outfit.clock.advance(DAY)
        started = time.perf_counter()
        for _ in range(25):
            writer.run(lambda connection: claim_batch(connection, outfit, 8, drips=True))
        return (time.perf_counter() - started) / 200 * 1000


@contextmanager
def relay(delay: float = 0.0) -> Iterator[int]:
    """Run a relay in a process of its own; its port."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_sink, args=(there, delay), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def measure() -> list[Figure]:
    """Return every figure."""
    with relay() as port, relay(DELAY) as slow:
        allowed = CONNECTIONS / (REPLIES * DELAY)
        return [
            Figure(f"worker into a local SMTP sink, {FAST} connections", sending(port), "mails/s"),
            Figure("worker into a local SMTP sink, 4 connections", sending(port, connections=4), "mails/s"),
            Figure("worker without a relay", sending(port, smtp=False), "mails/s"),
            Figure(
                f"{CONNECTIONS} connections, {DELAY * 1000:.0f} ms a reply",
                sending(slow, connections=CONNECTIONS) / allowed * 100,
                f"% of the {allowed:.0f} mails/s that the delay allows",
            ),
            Figure("claim, render and build, 1,000 waiting", _claiming(1000), "ms/mail"),
            Figure("claim, render and build, 20,000 waiting", _claiming(20_000), "ms/mail"),
        ]


def main() -> None:
    """Measure and print."""
    for figure in measure():
        print(figure)


if __name__ == "__main__":
    main()
