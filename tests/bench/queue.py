"""The queue of scheduled mails with up to three million leads in it: what a claim costs, and how fast leads come in."""

from __future__ import annotations

import itertools
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup.claims import claim_batch
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.store.writer import Writer
from tests.bench.worker import outfit_in
from tests.webhook.followup.desk import DAY, START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.database import Connection

#: Mails claimed in one measurement, and in one transaction of it.
CLAIMED = 10_000
BATCH = 100
#: Mails on their way at once.
LANES = 16
#: Rows written in one statement's run.
_CHUNK = 50_000


@contextmanager
def queue_of(waiting: int, *, due: int = CLAIMED) -> Iterator[Outfit]:
    """Open a database in which so many enrolments wait, and some of them, spread over all, are due now."""
    with tempfile.TemporaryDirectory() as name, Writer(Path(name) / "leads.db") as writer:
        outfit = outfit_in(Path(name), writer, 25, smtp=False)
        for first in range(0, waiting, _CHUNK):
            count = min(_CHUNK, waiting - first)
            writer.run(lambda c, first=first, count=count: _fill(c, outfit, first, count, waiting // due))  # type: ignore[misc]
        assert isinstance(outfit.clock, MovableClock)
        outfit.clock.advance(DAY)
        yield outfit


def claim_seconds(waiting: int) -> float:
    """Return the seconds that it takes to judge, write and claim the due mails."""
    with queue_of(waiting) as outfit:
        started = time.perf_counter()
        for _ in range(CLAIMED // BATCH):
            seen, _ = outfit.writer.run(lambda c: claim_batch(c, outfit, BATCH, drips=True))
            if seen != BATCH:
                raise RuntimeError(f"{seen} mails were due, not {BATCH}")
        return time.perf_counter() - started


def memory_while_sending(mails: int) -> tuple[float, float]:
    """Return the MB that this process holds after a tenth of so many mails, and after all of them."""
    with queue_of(mails, due=mails) as outfit, closing(Worker(outfit)) as worker:
        channel = outfit.channel
        assert isinstance(channel, RecordingChannel)
        channel.lanes = LANES
        # It would keep every mail itself.
        channel.before = lambda _: channel.messages.clear()
        outfit.writer.run(lambda c: _only_first_step(c, mails // 10))
        worker.run_once()
        early = _memory()
        outfit.writer.run(lambda c: _only_first_step(c, mails))
        worker.run_once()
        return early, _memory()


def _only_first_step(connection: Connection, upto: int) -> None:
    """Let the mails of the first so many leads be due, and no other."""
    connection.execute("UPDATE mail SET due_at = due_at + 1000000 WHERE state = 'due' AND due_at < 2000000000")
    connection.execute(
        "UPDATE mail SET due_at = ? WHERE state = 'due' AND step = 'first' AND lead_id <= ?", (START, upto)
    )


def _memory() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _fill(connection: Connection, outfit: Outfit, first: int, count: int, every: int) -> None:
    """Write leads whose first step waits: of each `every`-th it is due in a day, of the others in a month or more."""
    version = outfit.sequences["after"].version
    rows = [
        (
            number,
            f"lead{number}@example.com",
            START,
            version,
            START + DAY if number % every == 0 else START + 30 * DAY + number % (300 * DAY),
        )
        for number in range(first + 1, first + count + 1)
    ]
    connection.executemany(
        "INSERT INTO lead (id, email, canonical, fields, created_at, confirmed_at, marketing_at)"
        ' VALUES (?1, ?2, ?2, \'{"first_name": "Anna"}\', ?3, ?3, ?3)',
        [row[:3] for row in rows],
    )
    connection.executemany(
        "INSERT INTO submission (id, lead_id, magnet, at, page, fields, marketing, fingerprint, confirmed_at)"
        " VALUES (?1, ?1, 'checklist', ?2, '/', '{}', 1, ?1, ?2)",
        [(row[0], row[2]) for row in rows],
    )
    connection.executemany(
        "INSERT INTO event (at, lead_id, kind, magnet, sequence, detail)"
        " VALUES (?2, ?1, 'enrolled', 'checklist', 'after', '{}')",
        [(row[0], row[2]) for row in rows],
    )
    connection.executemany(
        "INSERT INTO enrolment (id, lead_id, sequence, submission_id, version, state, started_at)"
        " VALUES (?1, ?1, 'after', ?1, ?3, 'active', ?2)",
        [(row[0], row[2], row[3]) for row in rows],
    )
    connection.executemany(
        "INSERT INTO mail (kind, lead_id, submission_id, enrolment_id, step, state, due_at, created_at, changed_at)"
        " VALUES ('drip', ?1, ?1, ?1, 'first', 'due', ?3, ?2, ?2)",
        [(row[0], row[2], row[4]) for row in rows],
    )


def main() -> None:
    """Print what claiming costs."""
    for waiting in itertools.chain((10_000, 100_000), (1_000_000, 3_000_000)):
        print(f"  {CLAIMED:,} claimed of {waiting:>9,}: {claim_seconds(waiting):.2f} s", flush=True)


if __name__ == "__main__":
    main()
