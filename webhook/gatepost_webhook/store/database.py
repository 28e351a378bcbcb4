"""Opens the SQLite file: its settings, its migrations, its refusals."""

from __future__ import annotations

import os
import re
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

import sqlite_utils
from sqlite_utils.migrations import Migrations
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # the module that sqlite-utils chose

from gatepost_webhook.errors import StoreBusyError, StoreError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

#: What sqlite-utils found: the standard library's sqlite3, or pysqlite3 with a newer SQLite.
Connection: TypeAlias = sqlite3.Connection
DatabaseError: type[Exception] = sqlite3.Error
SQLITE_VERSION: str = sqlite3.sqlite_version

#: Milliseconds that a connection waits for another one's write.
BUSY_MS = 5000
_WORDS = {
    "pk": "INTEGER PRIMARY KEY",
    # Without AUTOINCREMENT, SQLite gives the number of the newest row again when that row is deleted.
    "pk_once": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "int": "INTEGER",
    "blob": "BLOB",
    "real": "REAL",
    "strict": " STRICT",
}
#: Prepared statements that a connection keeps: more than there are.
_STATEMENTS = 1000
_SET = "gatepost"


def open_database(path: Path, *, patience: int = 0) -> Connection:
    """Open the database for reading and writing; make it (mode 0600), and bring its schema up to date.

    `patience`: seconds to wait for other processes that write; 0 for as long as a visitor would wait.
    Raises StoreError when it cannot be used, StoreBusyError when another process keeps it locked.
    """
    try:
        _create(path)
        connection = _connect(str(path), uri=False)
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
                connection.execute(f"PRAGMA {pragma}")
            migrate(connection, path)
            if patience:
                _be_patient(connection, patience * 1000)
        except BaseException:
            connection.close()
            raise
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be opened ({error.strerror}); give this user the right to write there"
        ) from error
    except DatabaseError as error:
        raise _explained(error, path) from error
    return connection


def open_reader(path: Path) -> Connection:
    """Open the database for reading only. Raises StoreError, also when there is none yet."""
    if not path.is_file():
        raise StoreError(
            f"{path}: there is no database yet; 'gatepost run' makes it "
            "(the demo's leads are shown with --data .gatepost/demo)"
        )
    try:
        connection = _connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            _refuse_newer(_migrations(), sqlite_utils.Database(connection), path)
        except BaseException:
            connection.close()
            raise
    except DatabaseError as error:
        raise _explained(error, path) from error
    return connection


def open_plain(path: Path) -> Connection:
    """Open a database file as it is: no migration, and no other journal than it has. Raises DatabaseError."""
    return _connect(str(path), uri=False)


def begin_at_once(connection: Connection) -> None:
    """Begin a transaction that writes. Raises DatabaseError when another process does so, rather than wait for it."""
    patience = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    _be_patient(connection, 0)
    try:
        connection.execute("BEGIN IMMEDIATE")
    finally:
        _be_patient(connection, patience)


def _be_patient(connection: Connection, milliseconds: int) -> None:
    """Wait so long for other processes from here on."""
    connection.execute(f"PRAGMA busy_timeout={milliseconds}")


def migrate(connection: Connection, path: Path) -> None:
    """Apply what is pending, in one transaction with its record; several processes may do so at once.

    Raises StoreError when the database was written by a newer Gatepost.
    """
    migrations = _migrations()
    database = sqlite_utils.Database(connection)
    _refuse_newer(migrations, database, path)
    if not migrations.pending(database):
        return
    # Migrations.apply() reads first and writes then, which loses against a second process: so take the lock before.
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(database)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _create(path: Path) -> None:
    """Make folder and file with the right modes; SQLite gives -wal and -shm the mode of the file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.is_symlink():
        raise StoreError(f"{path}: is a symbolic link; name the file that it points to")
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _connect(name: str, *, uri: bool) -> Connection:
    # Transactions are always begun by hand; one connection is used by one thread at a time.
    connection = sqlite3.connect(
        name, isolation_level=None, check_same_thread=False, uri=uri, cached_statements=_STATEMENTS
    )
    connection.row_factory = sqlite3.Row
    _be_patient(connection, BUSY_MS)
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _migrations() -> Migrations:
    migrations = Migrations(_SET)
    folder = _folder()
    for name in _names():
        statements = (folder / f"{name}.sql").read_text(encoding="utf-8").format(**_WORDS)
        own = folder / f"{name}.sqlite.sql"
        statements += own.read_text(encoding="utf-8") if own.is_file() else ""

        def apply(database: sqlite_utils.Database, statements: str = statements) -> None:
            for statement in split_statements(statements):
                database.execute(statement)

        migrations(name=name)(apply)
    return migrations


def _folder() -> Traversable:
    return files("gatepost_webhook.store") / "migrations"


def _names() -> list[str]:
    numbered = (entry.name for entry in _folder().iterdir() if re.match(r"\d{4}_\w+\.sql$", entry.name))
    return sorted(name.removesuffix(".sql") for name in numbered)


def split_statements(script: str) -> list[str]:
    """Split a script into whole statements; a trigger's inner semicolons do not end it."""
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current.strip())
            current = ""
    return statements


def _refuse_newer(migrations: Migrations, database: sqlite_utils.Database, path: Path) -> None:
    applied = {migration.name for migration in migrations.applied(database)}
    if strange := sorted(applied - set(_names())):
        raise StoreError(
            f"{path}: was written by a newer Gatepost, found migration {strange[-1]!r}; "
            "install that version or a later one, or use another folder"
        )


def _explained(error: Exception, path: Path) -> StoreError:
    message = str(error)
    if "locked" in message or "busy" in message:
        return StoreBusyError(f"{path}: another process keeps it locked; stop that one, or try again")
    if "not a database" in message or "malformed" in message:
        return StoreError(f"{path}: is not a Gatepost database ({message}); move it away, or restore a backup")
    if "readonly" in message or "unable to open" in message:
        return StoreError(f"{path}: cannot be opened ({message}); give this user the right to write there")
    return StoreError(f"{path}: {message}")
