"""One writer thread, group commit: whoever writes hands a function over and gets its result after the COMMIT.

Requests that arrive while a commit is on its way to the disk share the next one, so `synchronous=FULL` costs each of
them little. A result is given out only after COMMIT returned: what was acknowledged survives a power cut.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from gatepost_webhook.errors import StoreBusyError, StoreError
from gatepost_webhook.store.database import DatabaseError, open_database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

T = TypeVar("T")

#: Writes that may wait; more are refused at once, which the form answers with 503.
MAX_WAITING = 2000
#: Writes that share a commit at the most.
MAX_BATCH = 256


@dataclass(frozen=True)
class _Job:
    work: Callable[[Connection], Any]
    future: Future[Any]


class Writer:
    """Owns the one connection that writes. Use as a context manager, or call close()."""

    def __init__(self, path: Path) -> None:
        self._connection = open_database(path)
        self._path = path
        self._queue: queue.Queue[_Job | None] = queue.Queue(MAX_WAITING)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gatepost-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue `work` for the next transaction; the future is done after its COMMIT.

        `work` must only read and write through the connection: it runs in the writer's thread, inside a savepoint, and
        what it raises undoes its own writes alone. Raises StoreBusyError when too many writes wait already.
        """
        if self._closed.is_set():
            raise StoreBusyError(f"{self._path}: is being closed")
        future: Future[T] = Future()
        try:
            self._queue.put_nowait(_Job(work, future))
        except queue.Full:
            raise StoreBusyError(f"{self._path}: {MAX_WAITING} writes wait already") from None
        return future

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a transaction and return its result after the COMMIT.

        Raises what `work` raised, or StoreBusyError when it was not committed.
        """
        return self.submit(work).result()

    def close(self) -> None:
        """Finish what is queued, fold the log into the file, and close."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._queue.put(None)
        self._thread.join()
        while not self._queue.empty():
            if late := self._queue.get_nowait():
                late.future.set_exception(StoreBusyError(f"{self._path}: is being closed"))
        with suppress(DatabaseError):
            # A reader that is still open would keep the log from being folded in when this connection closes.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            batch = [job]
            last = False
            while len(batch) < MAX_BATCH:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    last = True
                    break
                batch.append(more)
            self._commit(batch)
            if last:
                return

    def _commit(self, batch: list[_Job]) -> None:
        """Do a batch in one transaction; each job in its own savepoint, so that one bad job harms no other."""
        # From here on a future cannot be cancelled; what nobody waits for any more was never acknowledged, and is left.
        batch = [job for job in batch if job.future.set_running_or_notify_cancel()]
        done: list[tuple[_Job, Any]] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job in batch:
                self._attempt(job, done)
            self._connection.execute("COMMIT")
        except DatabaseError as error:
            self._give_up(batch, error)
            return
        for job, result in done:
            job.future.set_result(result)

    def _attempt(self, job: _Job, done: list[tuple[_Job, Any]]) -> None:
        self._connection.execute("SAVEPOINT job")
        try:
            done.append((job, job.work(self._connection)))
        except BaseException as error:
            # A full disk makes SQLite end the whole transaction by itself: then every job of the batch is undone.
            if not self._connection.in_transaction:
                raise DatabaseError(str(error)) from error
            self._connection.execute("ROLLBACK TO job")
            job.future.set_exception(error)
        self._connection.execute("RELEASE job")

    def _give_up(self, batch: list[_Job], error: Exception) -> None:
        # When not even this works, the next batch cannot begin, and tries it again; those who wait must hear of it.
        with suppress(DatabaseError):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        for job in batch:
            if not job.future.done():
                job.future.set_exception(_not_committed(error, self._path))


def _not_committed(error: Exception, path: Path) -> StoreError:
    return StoreBusyError(f"{path}: not committed ({error})")
