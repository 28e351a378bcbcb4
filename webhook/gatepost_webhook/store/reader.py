"""A connection that only reads, for pages that change nothing: opened when first needed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from gatepost_webhook.store.database import open_reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

T = TypeVar("T")


class Reader:
    """Does one read after the other, from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads. Raises StoreError when there is no database."""
        with self._lock:
            if self._connection is None:
                self._connection = open_reader(self._path)
            return work(self._connection)

    def close(self) -> None:
        """Close the connection; the next read opens another."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
