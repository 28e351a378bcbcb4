"""A migration that is killed, and a disk that is full (P22, P15)."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.errors import StoreError
from gatepost_webhook.store import database
from gatepost_webhook.store import writer as writer_module
from gatepost_webhook.store.database import open_database
from gatepost_webhook.store.writer import Writer
from tests.soak import faulty_disk
from tests.soak.parts import fault_libraries
from tests.soak.sizes import FULL, report, size
from tests.webhook.followup.desk import START, add_lead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

_OPEN = """import pathlib, sys
from gatepost_webhook.store.database import open_database
open_database(pathlib.Path(sys.argv[1]))
"""


@pytest.fixture
def first_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database as the first schema left it, with leads in it."""
    path = tmp_path / "old.db"
    names = database._names()
    with monkeypatch.context() as patched:
        patched.setattr(database, "_names", lambda: names[:1])
        with contextlib.closing(open_database(path)) as connection:
            connection.execute("BEGIN")
            for number in range(size(500, 20_000)):
                _old_lead(connection, f"lead{number}@example.com")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def _old_lead(connection: Connection, email: str) -> None:
    lead = add_lead(connection, email, now=START)
    connection.execute(
        "INSERT INTO enrolment (lead_id, sequence, submission_id, version, state, started_at)"
        " VALUES (?, 'after', ?, 'v', 'active', ?)",
        (lead, lead, START),
    )
    connection.execute(
        "INSERT INTO mail (kind, lead_id, submission_id, enrolment_id, step, state, due_at, created_at, changed_at)"
        " VALUES ('drip', ?, ?, (SELECT max(id) FROM enrolment), 'first', 'due', ?, ?, ?)",
        (lead, lead, START, START, START),
    )


def _dump(path: Path) -> list[str]:
    with contextlib.closing(open_database(path)) as connection:
        tables = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        ]
        rows = [(name, sorted(map(repr, map(tuple, connection.execute(f"SELECT * FROM {name}"))))) for name in tables]
        return [repr(table) for table in rows if table[0] != "_sqlite_migrations"]


def test_a_migration_that_is_killed_is_taken_up_where_it_was(first_release: Path, tmp_path: Path) -> None:
    chance, kills, struck = random.Random(22), size(4, 50), 0
    wanted_path = shutil.copy(first_release, tmp_path / "wanted.db")
    wanted = _dump(tmp_path / "wanted.db")
    assert wanted_path
    for number in range(kills):
        path = tmp_path / f"{number}.db"
        shutil.copy(first_release, path)
        before = path.stat().st_mtime_ns
        with subprocess.Popen([sys.executable, "-c", _OPEN, str(path)]) as migrating:
            while migrating.poll() is None and not _touched(path, before):
                threading.Event().wait(0.0005)
            # The first as soon as it has begun: on a fast machine all is over a moment later.
            threading.Event().wait(chance.random() * 0.02 if number else 0)
            migrating.send_signal(signal.SIGKILL)
            struck += migrating.wait(30) == -signal.SIGKILL
        assert _dump(path) == wanted
    assert struck
    report("P22 killed migrations", kills=struck, lost=0)


def _touched(path: Path, before: int) -> bool:
    """Tell whether the migration has begun to write."""
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_mtime_ns != before or (log.exists() and log.stat().st_size > 0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 megabytes; only the superuser can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.fail("a full disk takes the superuser: sudo make soak")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "gatepost", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(not FULL, reason="mounts a file system: part of `make soak`")
def test_a_full_disk_acknowledges_nothing_that_is_not_kept_and_lets_people_leave(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "_LOOK", 0.0)
    rounds, kept, ballast = 50, 0, small_disk / "somebody-elses"
    with Writer(small_disk / "leads.db") as writer:
        for _ in range(rounds):
            _fill(ballast)
            refused = 0
            while refused < 20:
                try:
                    writer.submit(_note, vital=False).result(10)
                except StoreError:
                    refused += 1
                else:
                    kept += 1
            # Whoever wants to leave can, and what was acknowledged is there.
            for _ in range(30):
                writer.run(_leave)
            assert writer.run(_count) == kept
            ballast.unlink()
            writer.submit(_note, vital=False).result(10)
            kept += 1
            while kept:
                kept -= writer.run(_forget)
    report("P15 full disks", rounds=rounds, false_acknowledgements=0)


def _fill(path: Path) -> None:
    """Take all the room that there is."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(64 * 1024))


def _note(connection: Connection) -> None:
    connection.execute(
        "INSERT INTO hit VALUES (?, (SELECT coalesce(max(until), 0) + 1 FROM hit WHERE until >= 0), 1)", ("x" * 2000,)
    )


def _leave(connection: Connection) -> None:
    connection.execute("INSERT INTO hit VALUES ('left', -1, 1) ON CONFLICT DO UPDATE SET count = count + 1")


def _count(connection: Connection) -> int:
    count: int = connection.execute("SELECT count(*) FROM hit WHERE until >= 0").fetchone()[0]
    return count


def _forget(connection: Connection) -> int:
    return connection.execute(
        "DELETE FROM hit WHERE until IN (SELECT until FROM hit WHERE until >= 0 LIMIT 20)"
    ).rowcount


@pytest.mark.skipif(not FULL, reason="takes libfiu: part of `make soak`")
def test_a_disk_that_fails_at_random_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    path, log, writes = tmp_path / "leads.db", tmp_path / "acknowledged", 20_000
    command = [sys.executable, "-m", faulty_disk.__name__, str(path), str(log), str(writes)]
    preload = {"LD_PRELOAD": " ".join(map(str, fault_libraries()))}
    run = subprocess.run(command, env=os.environ | preload, check=True, capture_output=True, text=True)
    refused, repaired = map(int, run.stdout.split())
    acknowledged = set(map(int, log.read_text().split()))
    with contextlib.closing(open_database(path)) as connection:
        kept = {row[0] for row in connection.execute("SELECT until FROM hit WHERE key = 'kept'")}
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert acknowledged <= kept
    assert refused > writes / 200
    assert repaired <= 10_000
    report(
        "P15 failing disk",
        writes=writes, acknowledged=len(acknowledged), kept=len(kept), lost=len(acknowledged - kept),
        milliseconds_to_recover=repaired,
    )  # fmt: skip
