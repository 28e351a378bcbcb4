"""One writer thread, group commit: whoever writes hands a function over and gets its result after the COMMIT.

Requests that arrive while a commit is on its way to the disk share the next one, so `synchronous=FULL` costs each of
them little. A result is given out only after COMMIT returned: what was acknowledged survives a power cut.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from gatepost_webhook.errors import StoreBusyError, StoreError
from gatepost_webhook.store.batch import Batch, is_full
from gatepost_webhook.store.database import DatabaseError, open_database
from gatepost_webhook.store.jobs import Job, Member
from gatepost_webhook.store.reserve import Reserve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.jobs import Crowd, Promise, Work

Item = TypeVar("Item")
T = TypeVar("T")

_log = logging.getLogger("gatepost.webhook")

#: Writes that may wait; more are refused at once, which the form answers with 503.
MAX_WAITING = 2000
#: Writes that share a commit at the most.
MAX_BATCH = 256
#: Seconds between two looks whether a full disk has room again.
_LOOK = 5.0
_WRITTEN = object()


class Writer:
    """Owns the one connection that writes. Use as a context manager, or call close()."""

    def __init__(self, path: Path, *, patience: int = 0) -> None:
        """`patience`: seconds to wait for other processes that write; 0 for as long as a visitor would wait."""
        self._connection = open_database(path, patience=patience)
        self._path = path
        self._reserve = Reserve(path)
        #: Whether the disk was full and has not got its reserve back; and when that was looked at last.
        self._short = not self._reserve.keep()
        self._looked = time.monotonic()
        #: Jobs; _WRITTEN to look at what another thread has written; None at the end.
        self._queue: queue.SimpleQueue[Work | object | None] = queue.SimpleQueue()
        #: Who has it may use the connection.
        self._turn = threading.Lock()
        #: What another thread has written, and what to call when it is committed.
        self._written: tuple[Batch, Callable[[], None]] | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gatepost-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def submit(self, work: Callable[[Connection], T], *, vital: bool = True) -> Future[T]:
        """Queue `work` for the next transaction; the future is done after its COMMIT.

        `work` must only read and write through the connection: it runs in the writer's thread, inside a savepoint, and
        what it raises undoes its own writes alone. Raises StoreBusyError when too many writes wait already, and on a
        full disk when the work is not `vital`: the rest of the room is for those who want to leave.
        """
        self.admit(vital=vital)
        future: Future[T] = Future()
        self._queue.put(Job(work, future, vital))
        return future

    def join(self, crowd: Crowd[Item, T], item: Item, promise: Promise[T], *, vital: bool = False) -> None:
        """Queue an item for the next transaction, in which it is dealt with together with others of its crowd.

        The promise gets its result, or what was raised, after the COMMIT; else as `submit`.
        """
        self.admit(vital=vital)
        self._queue.put(Member(crowd, item, promise, vital))

    def queue(self, jobs: Sequence[Work]) -> None:
        """Queue jobs that were admitted before, for the next transaction; each promise is kept after its COMMIT."""
        if self._closed.is_set():
            self._refuse(jobs)
            return
        for job in jobs:
            self._queue.put(job)

    def write_at_once(self, jobs: Sequence[Work], *, then: Callable[[], None]) -> bool:
        """Do jobs in the caller's thread, if nobody else writes; only their COMMIT is left to the writer's.

        Two threads that want the interpreter's lock in turns for every statement take twice as long for all of them.
        Returns False when nothing was done; else `then` is called in the writer's thread, once all promises are kept.
        """
        if not self._turn.acquire(blocking=False):
            return False
        try:
            if self._written or self._closed.is_set():
                return False
            batch = Batch(self._connection, _wanted(jobs))
            try:
                batch.write_at_once()
            except DatabaseError:
                batch.undo()
                return False
            self._written = (batch, then)
        finally:
            self._turn.release()
        self._queue.put(_WRITTEN)
        return True

    def admit(self, *, vital: bool = False, waiting: int = 0) -> None:
        """Raise StoreBusyError when there is no room for one more job; `waiting` wait elsewhere than in the queue."""
        if self._closed.is_set():
            raise StoreBusyError(f"{self._path}: is being closed")
        # Several threads may pass this at once, and then a few more wait than should: which harms nobody.
        if self._queue.qsize() + waiting >= MAX_WAITING:
            raise StoreBusyError(f"{self._path}: {MAX_WAITING} writes wait already")
        if self._short and not vital and not self._has_room_again():
            raise StoreBusyError(f"{self._path}: the disk is full")

    def _has_room_again(self) -> bool:
        """Look, now and then, whether the disk has got room for the reserve."""
        now = time.monotonic()
        if now - self._looked >= _LOOK:
            self._looked = now
            if self._reserve.keep():
                self._short = False
                _log.warning("the disk has room again, and forms are taken as before")
        return not self._short

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
            self._refuse(_jobs([self._queue.get_nowait()]))
        with suppress(DatabaseError):
            # A reader that is still open would keep the log from being folded in when this connection closes.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    def _refuse(self, jobs: Sequence[Work]) -> None:
        for job in jobs:
            job.future.set_exception(StoreBusyError(f"{self._path}: is being closed"))

    def _run(self) -> None:
        last = False
        while not last:
            batch = [self._queue.get()]
            while len(batch) < MAX_BATCH:
                try:
                    batch.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            last = None in batch
            with self._turn:
                self._commit_written()
                self._commit(_wanted(_jobs(batch)))

    def _commit_written(self) -> None:
        """Commit what another thread has written, if there is anything."""
        if self._written is None:
            return
        batch, then = self._written
        try:
            batch.commit()
        except DatabaseError:
            batch.undo()
            self._commit([job for job in batch.jobs if not job.future.done()])
        self._written = None
        then()

    def _commit(self, jobs: Sequence[Work], *, again: bool = False) -> None:
        """Do jobs in one transaction; of each the promise is kept or broken then."""
        if not jobs:
            return
        batch = Batch(self._connection, jobs)
        try:
            batch.write()
            batch.commit()
        except DatabaseError as error:
            batch.undo()
            if again or not is_full(error):
                self._give_up(jobs, error)
                return
            self._make_room()
            self._give_up([job for job in jobs if not job.vital], error)
            self._commit([job for job in jobs if job.vital and not job.future.done()], again=True)

    def _make_room(self) -> None:
        """Give the reserve up, and fold the log into the file, so that it can begin anew."""
        if self._reserve.spend():
            _log.error("the disk is full: no form is taken and nothing is sent until there is room; people can leave")
        self._short = True
        with suppress(DatabaseError):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _give_up(self, batch: Sequence[Work], error: Exception) -> None:
        for job in batch:
            if not job.future.done():
                job.future.set_exception(_not_committed(error, self._path))


def _jobs(queued: Sequence[Work | object | None]) -> list[Work]:
    return [job for job in queued if isinstance(job, Job | Member)]


def _wanted(jobs: Sequence[Work]) -> list[Work]:
    """Return the jobs that anybody still waits for.

    From here on a future cannot be cancelled; what was cancelled before was never acknowledged, and is left.
    """
    return [job for job in jobs if job.future.set_running_or_notify_cancel()]


def _not_committed(error: Exception, path: Path) -> StoreError:
    return StoreBusyError(f"{path}: not committed ({error})")
