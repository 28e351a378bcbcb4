"""Numbers that only grow, in the database; and the one that stands in a file beside it as well.

The file knows how many mails were begun to be handed over. A database that knows of fewer is an older one that
somebody has put in its place: what it believes to be due may have been sent.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

logger = logging.getLogger(__name__)

#: Mails begun to be handed over; epoch seconds of the last backup, and at which a worker was seen last.
Name: TypeAlias = Literal["handed over", "backup", "worker"]
#: Digits of the number in the file: it is overwritten in place, which needs no room on a full disk.
_WIDTH = 20


def counter(connection: Connection, name: Name) -> int:
    """Return a number, 0 when it was never set."""
    row = statements.counter_of(connection, name=name)
    return row["value"] if row else 0


def count_up(connection: Connection, name: Name, *, by: int = 1) -> int:
    """Add to a number and return it."""
    value: int = statements.count_up(connection, name=name, by=by)["value"]
    return value


def raise_counter(connection: Connection, name: Name, value: int) -> None:
    """Set a number, unless it is higher already."""
    statements.raise_counter(connection, name=name, value=value)


class HighWater:
    """The file beside the database. A failing disk costs its protection, and no mail."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.stem}.mark")
        self._descriptor = -1
        self._told = False

    def read(self) -> int:
        """Return the number in the file, 0 when there is none."""
        try:
            return int(self.path.read_bytes().strip() or b"0")
        except (OSError, ValueError):
            return 0

    def write(self, number: int) -> None:
        """Put a number into the file."""
        try:
            if self._descriptor < 0:
                self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.pwrite(self._descriptor, f"{number:0{_WIDTH}d}\n".encode(), 0)
        except OSError as error:
            if not self._told:
                self._told = True
                logger.warning("%s: cannot be written (%s); a restored database may go unnoticed", self.path, error)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
