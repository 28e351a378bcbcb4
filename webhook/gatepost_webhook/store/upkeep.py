"""What a database needs after rows were deleted so that their bytes are gone too."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from gatepost_webhook.errors import StoreBusyError
from gatepost_webhook.store.database import DatabaseError, open_database

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.store.database import Connection


def empty_journal(path: Path) -> None:
    """Bring everything from the write-ahead log into the database, and cut the log down to nothing.

    Waits for those who read and write meanwhile. Raises StoreBusyError when they take too long.
    """
    with closing(open_database(path)) as connection:
        _empty(connection, path)


def rewrite(path: Path) -> None:
    """Write the database anew, without what moved rows left between others. Others wait meanwhile.

    Raises StoreBusyError when another process keeps it locked, or when the disk has no room for a second copy.
    """
    with closing(open_database(path)) as connection:
        try:
            connection.execute("VACUUM")
        except DatabaseError as error:
            raise StoreBusyError(f"{path}: cannot be written anew ({error}); try again later") from error
        _empty(connection, path)


def _empty(connection: Connection, path: Path) -> None:
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreBusyError(f"{path}: somebody reads or writes without a pause; try again later")
