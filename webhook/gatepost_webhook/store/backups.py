"""Whole copies of the database, made while it is in use; and how one is put in its place again."""

from __future__ import annotations

import os
import secrets
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.errors import StoreBusyError, StoreError
from gatepost_webhook.leads.times import utc_time
from gatepost_webhook.store.carrying import Carried, carry_over, leave_gap
from gatepost_webhook.store.counters import HighWater, counter, raise_counter
from gatepost_webhook.store.database import DatabaseError, open_database, open_plain, open_reader
from gatepost_webhook.store.pauses import EVERYTHING, pause

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_webhook.store.database import Connection


@dataclass(frozen=True)
class Restored:
    """What a restored database is."""

    #: Epoch second at which the backup was made, 0 when it does not say.
    made_at: int
    #: Where the replaced database is now; None when there was none.
    aside: Path | None
    #: What was taken over from it; None when it could not be read.
    carried: Carried | None


def write_backup(database: Path, target: Path, *, now: int) -> int:
    """Write a copy of the database (mode 0600, whole or not at all) and return its size in bytes.

    It is one moment's state, whatever is written meanwhile. Raises StoreError when the copy is damaged or cannot be
    made.
    """
    if target.is_symlink() or target.is_dir():
        raise StoreError(f"{target}: is a {'symbolic link' if target.is_symlink() else 'folder'}; name a file")
    if target.exists() and database.exists() and target.samefile(database):
        raise StoreError(f"{target}: is the database itself; name another file")
    with closing(open_reader(database)) as source, _temporary(target) as temporary:
        _copy(source, temporary, now)
        check(temporary)
        size = temporary.stat().st_size
        _settle(temporary, target)
    with suppress(StoreError, DatabaseError), closing(open_plain(database)) as connection:
        # A database that a newer Gatepost has still to bring up to date has no place for it.
        raise_counter(connection, "backup", now)
    return size


def check(path: Path) -> None:
    """Read a whole copy. Raises StoreError when it is damaged, or no database of Gatepost's."""
    with closing(open_reader(path)) as connection:
        try:
            found = [line for (line,) in connection.execute("PRAGMA integrity_check(3)")]
            connection.execute("SELECT id FROM lead LIMIT 1")
        except DatabaseError as error:
            raise StoreError(f"{path}: is not a whole Gatepost database ({error}); take another backup") from error
    if found != ["ok"]:
        raise StoreError(f"{path}: is damaged ({found[0]}); take another backup")


def restore_backup(backup: Path, database: Path, *, key: bytes, now: int) -> Restored:
    """Put a backup in the database's place, keep what was there beside it, and pause all sending.

    What the replaced database knows of mails, of erasures and of people who have left since the backup is taken over.
    Raises StoreError; StoreBusyError while anybody has the database open.
    """
    check(backup)
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _temporary(database) as temporary:
        with closing(open_reader(backup)) as source:
            made_at = _made_at(source)
            _copy(source, temporary, made_at)
        with _held_alone(database) as readable:
            carried = _fill(temporary, database if readable else None, key=key, now=now)
            _pause(temporary, HighWater(database).read(), made_at, carried, now=now)
            aside = _set_aside(database, now) if database.exists() else None
            _settle(temporary, database)
    return Restored(made_at, aside, carried)


def _fill(temporary: Path, old: Path | None, *, key: bytes, now: int) -> Carried | None:
    """Bring the copy up to date, and take over what cannot be undone."""
    with closing(open_database(temporary)) as connection:
        if old is None:
            leave_gap(connection)
            return None
        return carry_over(connection, old, key=key, now=now)


def _pause(temporary: Path, sent: int, made_at: int, carried: Carried | None, *, now: int) -> None:
    """Stop all sending until the owner has said how to go on; leave one file, without a log beside it."""
    made = f"the backup of {utc_time(made_at)}" if made_at else "a backup"
    known = carried is not None and carried.related
    reason = f"{made} was restored" + ("" if known else ", and what was sent after it is not known")
    with closing(open_plain(temporary)) as connection:
        raise_counter(connection, "handed over", sent)
        pause(connection, EVERYTHING, "restored" if known else "copied", reason, now=now)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")


def _made_at(connection: Connection) -> int:
    try:
        return counter(connection, "backup")
    except DatabaseError:  # Of a Gatepost that made no marks yet.
        return 0


def _copy(source: Connection, target: Path, made_at: int) -> None:
    with closing(open_plain(target)) as copy:
        # All pages in one step: a copy in several begins again whenever somebody writes.
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        with suppress(DatabaseError):
            raise_counter(copy, "backup", made_at)


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """Yield the path of a file (mode 0600) beside the target, which does not outlive the block."""
    path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreError(f"{target}: cannot be written ({error.strerror}); name a file in a folder of yours") from error
    try:
        yield path
    finally:
        for name in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))):
            name.unlink(missing_ok=True)


def _settle(temporary: Path, target: Path) -> None:
    """Give a finished file its name, and write both to the disk."""
    for path in (temporary, target.parent):
        if path == target.parent:
            temporary.replace(target)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _held_alone(database: Path) -> Iterator[bool]:
    """Keep everybody else from the database; yields whether it can be read."""
    if not database.is_file():
        yield False
        return
    try:
        connection = open_plain(database)
    except DatabaseError:
        yield False
        return
    with closing(connection):
        try:
            # Nobody can leave the write-ahead log while somebody else has the file open.
            connection.execute("PRAGMA busy_timeout=200")
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN IMMEDIATE")
            readable = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        except DatabaseError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise StoreBusyError(
                    f"{database}: is in use; stop 'gatepost run' and 'gatepost work' first, then restore"
                ) from error
            readable = False
        yield readable


def _set_aside(database: Path, now: int) -> Path:
    """Keep the replaced database, with its log when it has one, under another name; it stays in place as well."""
    aside = database.with_name(f"replaced-{now}.db")
    for end in ("", "-wal"):
        path = database.with_name(database.name + end)
        if path.exists():
            path.with_name(aside.name + end).unlink(missing_ok=True)
            os.link(path, path.with_name(aside.name + end))
    for end in ("-wal", "-shm", "-journal"):
        database.with_name(database.name + end).unlink(missing_ok=True)
    return aside
