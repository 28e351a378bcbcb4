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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

from gatepost_webhook.errors import StoreBusyError, StoreError
from gatepost_webhook.store.database import DatabaseError, open_database
from gatepost_webhook.store.reserve import Reserve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

T = TypeVar("T")
Item = TypeVar("Item")
Item_contra = TypeVar("Item_contra", contravariant=True)
T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)

_log = logging.getLogger("gatepost.webhook")

#: Writes that may wait; more are refused at once, which the form answers with 503.
MAX_WAITING = 2000
#: Writes that share a commit at the most.
MAX_BATCH = 256
#: Seconds between two looks whether a full disk has room again.
_LOOK = 5.0


class Promise(Protocol[T_contra]):
    """What gets the result of a job, as far as the writer knows it: a Future is one."""

    def set_running_or_notify_cancel(self) -> bool:
        """Tell whether anybody still waits; from here on it is not cancelled."""
        ...

    def done(self) -> bool:
        """Tell whether there is a result or an exception."""
        ...

    def set_result(self, result: T_contra, /) -> None:
        """Take the result."""
        ...

    def set_exception(self, exception: BaseException, /) -> None:
        """Take why there is none."""
        ...


class Crowd(Protocol[Item_contra, T_co]):
    """Work on items of one sort that costs less for many at a time than for each by itself."""

    def together(self, connection: Connection, items: Sequence[Item_contra]) -> Mapping[int, T_co]:
        """Deal with as many items as can be dealt with at once; return index -> result of those.

        What is left out is done by `alone`. When it raises, its writes are undone, and each item is done alone.
        """
        ...

    def alone(self, connection: Connection, item: Item_contra) -> T_co:
        """Deal with one item."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class _Job:
    work: Callable[[Connection], Any]
    future: Future[Any]
    #: To be done on a full disk too, out of the reserve.
    vital: bool


@dataclass(frozen=True, eq=False, slots=True)
class _Member(Generic[Item]):
    """A job that others may share the work with."""

    crowd: Crowd[Item, Any]
    item: Item
    future: Promise[Any]
    vital: bool

    def work(self, connection: Connection) -> object:
        """Do it alone."""
        return self.crowd.alone(connection, self.item)


_Work: TypeAlias = _Job | _Member[Any]


class Writer:
    """Owns the one connection that writes. Use as a context manager, or call close()."""

    def __init__(self, path: Path, *, patience: int = 0) -> None:
        """`patience`: seconds to wait for other processes that write; 0 for as long as a visitor would wait."""
        self._connection = open_database(path)
        if patience:
            self._connection.execute(f"PRAGMA busy_timeout={patience * 1000}")
        self._path = path
        self._reserve = Reserve(path)
        #: Whether the disk was full and has not got its reserve back; and when that was looked at last.
        self._short = not self._reserve.keep()
        self._looked = time.monotonic()
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
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
        future: Future[T] = Future()
        self._put(_Job(work, future, vital))
        return future

    def join(self, crowd: Crowd[Item, T], item: Item, promise: Promise[T], *, vital: bool = False) -> None:
        """Queue an item for the next transaction, in which it is dealt with together with others of its crowd.

        The promise gets its result, or what was raised, after the COMMIT; else as `submit`.
        """
        self._put(_Member(crowd, item, promise, vital))

    def _put(self, job: _Work) -> None:
        if self._closed.is_set():
            raise StoreBusyError(f"{self._path}: is being closed")
        # Several threads may pass this at once, and then a few more wait than should: which harms nobody.
        if self._queue.qsize() >= MAX_WAITING:
            raise StoreBusyError(f"{self._path}: {MAX_WAITING} writes wait already")
        if self._short and not job.vital and not self._has_room_again():
            raise StoreBusyError(f"{self._path}: the disk is full")
        self._queue.put(job)

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
            if late := self._queue.get_nowait():
                late.future.set_exception(StoreBusyError(f"{self._path}: is being closed"))
        with suppress(DatabaseError):
            # A reader that is still open would keep the log from being folded in when this connection closes.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            batch: list[_Work] = [job]
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

    def _commit(self, batch: list[_Work]) -> None:
        """Do a batch in one transaction; each job in its own savepoint, so that one bad job harms no other."""
        # From here on a future cannot be cancelled; what nobody waits for any more was never acknowledged, and is left.
        self._commit_or_give_up([job for job in batch if job.future.set_running_or_notify_cancel()])

    def _commit_or_give_up(self, batch: list[_Work], *, again: bool = False) -> None:
        try:
            self._commit_all(batch)
        except DatabaseError as error:
            self._undo()
            if again or not _is_full(error):
                self._give_up(batch, error)
                return
            self._make_room()
            self._give_up([job for job in batch if not job.vital], error)
            self._commit_or_give_up([job for job in batch if job.vital and not job.future.done()], again=True)

    def _make_room(self) -> None:
        """Give the reserve up, and fold the log into the file, so that it can begin anew."""
        if self._reserve.spend():
            _log.error("the disk is full: no form is taken and nothing is sent until there is room; people can leave")
        self._short = True
        with suppress(DatabaseError):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _commit_all(self, batch: list[_Work]) -> None:
        """Do a batch in one transaction. Raises DatabaseError when it was not committed."""
        done: list[tuple[_Work, Any]] = []
        if batch:
            self._connection.execute("BEGIN IMMEDIATE")
            together = self._attempt_together(batch, done)
            for job in batch:
                if job not in together:
                    self._attempt(job, done)
            self._connection.execute("COMMIT")
        for job, result in done:
            job.future.set_result(result)

    def _attempt(self, job: _Work, done: list[tuple[_Work, Any]]) -> None:
        try:
            with self._savepoint():
                done.append((job, job.work(self._connection)))
        except BaseException as error:
            if not self._connection.in_transaction or _is_full(error):
                raise DatabaseError(str(error)) from error
            job.future.set_exception(error)

    def _attempt_together(self, batch: list[_Work], done: list[tuple[_Work, Any]]) -> set[_Work]:
        """Let every crowd deal with its members; return those that are dealt with."""
        crowds: dict[int, list[_Member[Any]]] = {}
        for job in batch:
            if isinstance(job, _Member):
                crowds.setdefault(id(job.crowd), []).append(job)
        for members in crowds.values():
            if len(members) > 1:
                self._attempt_crowd(members, done)
        return {job for job, _ in done}

    def _attempt_crowd(self, members: list[_Member[Any]], done: list[tuple[_Work, Any]]) -> None:
        items = [member.item for member in members]
        try:
            with self._savepoint():
                results = members[0].crowd.together(self._connection, items)
        except Exception as error:
            if not self._connection.in_transaction:
                raise DatabaseError(str(error)) from error
            # One bad item is enough for this, and must harm no other: so each is done alone.
            _log.exception("%d writes could not be done together", len(members))
            return
        done += [(members[index], result) for index, result in results.items()]

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """Undo what was written inside when it raises."""
        self._connection.execute("SAVEPOINT job")
        try:
            yield
        except BaseException:
            # A full disk makes SQLite end the whole transaction by itself: then every job of the batch is undone.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO job")
                self._connection.execute("RELEASE job")
            raise
        self._connection.execute("RELEASE job")

    def _undo(self) -> None:
        # When not even this works, the next batch cannot begin, and tries it again; those who wait must hear of it.
        with suppress(DatabaseError):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _give_up(self, batch: list[_Work], error: Exception) -> None:
        for job in batch:
            if not job.future.done():
                job.future.set_exception(_not_committed(error, self._path))


def _is_full(error: BaseException) -> bool:
    return isinstance(error, DatabaseError) and "full" in str(error)


def _not_committed(error: Exception, path: Path) -> StoreError:
    return StoreBusyError(f"{path}: not committed ({error})")
