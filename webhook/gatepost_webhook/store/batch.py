"""Writes that share one transaction, each in a savepoint, so that a bad one harms no other."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from gatepost_webhook.store.database import DatabaseError, begin_at_once
from gatepost_webhook.store.jobs import Member

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.jobs import Work

_log = logging.getLogger("gatepost.webhook")


class Batch:
    """Some jobs on their way through a transaction. Whoever uses it has the connection to themselves."""

    def __init__(self, connection: Connection, jobs: Sequence[Work]) -> None:
        self._connection = connection
        self.jobs = jobs
        self._done: list[tuple[Work, Any]] = []

    def write(self) -> None:
        """Begin, and do every job. Raises DatabaseError; then `undo` is due."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._attempt_all()

    def write_at_once(self) -> None:
        """Do what `write` does, but raise DatabaseError instead of waiting for another process."""
        begin_at_once(self._connection)
        self._attempt_all()

    def commit(self) -> None:
        """End the transaction, and hand the results out. Raises DatabaseError when it was not committed."""
        self._connection.execute("COMMIT")
        for job, result in self._done:
            job.future.set_result(result)

    def undo(self) -> None:
        """End the transaction as if it had never been."""
        # When not even this works, the next one cannot begin, and tries it again; those who wait must hear of it.
        with suppress(DatabaseError):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _attempt_all(self) -> None:
        self._attempt_together()
        together = {job for job, _ in self._done}
        for job in self.jobs:
            if job not in together:
                self._attempt(job)

    def _attempt(self, job: Work) -> None:
        try:
            with self._savepoint():
                self._done.append((job, job.work(self._connection)))
        except BaseException as error:
            if not self._connection.in_transaction or is_full(error):
                raise DatabaseError(str(error)) from error
            job.future.set_exception(error)

    def _attempt_together(self) -> None:
        """Let every crowd deal with its members."""
        crowds: dict[int, list[Member[Any]]] = {}
        for job in self.jobs:
            if isinstance(job, Member):
                crowds.setdefault(id(job.crowd), []).append(job)
        for members in crowds.values():
            if len(members) > 1:
                self._attempt_crowd(members)

    def _attempt_crowd(self, members: list[Member[Any]]) -> None:
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
        self._done += [(members[index], result) for index, result in results.items()]

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


def is_full(error: BaseException) -> bool:
    """Tell whether the disk had no room."""
    return isinstance(error, DatabaseError) and "full" in str(error)
