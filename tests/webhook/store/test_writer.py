"""One writer, group commit: what is acknowledged is committed, and nobody harms anybody else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from sqlite3 import SQLITE_DENY, SQLITE_OK, SQLITE_TRANSACTION
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.errors import StoreBusyError
from gatepost_webhook.store.database import Connection, DatabaseError, open_database, open_reader
from gatepost_webhook.store.writer import MAX_BATCH, MAX_WAITING, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "leads.db"


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    with Writer(path) as opened:
        yield opened


def _adding(key: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute("INSERT INTO hit VALUES (?, 1, 1)", (key,))
        return key

    return work


def _failing(connection: Connection) -> None:
    connection.execute("INSERT INTO hit VALUES ('half', 1, 1)")
    raise ValueError("a bad job")


def _keys(path: Path) -> set[str]:
    connection = open_reader(path)
    try:
        return {row["key"] for row in connection.execute("SELECT key FROM hit")}
    finally:
        connection.close()


class _Held:
    """Keeps the writer busy inside a job until it is released."""

    def __init__(self, writer: Writer) -> None:
        self._entered, self._go = threading.Event(), threading.Event()
        self.future: Future[None] = writer.submit(self._wait)
        assert self._entered.wait(5)

    def _wait(self, _: Connection) -> None:
        self._entered.set()
        assert self._go.wait(30)

    def release(self) -> None:
        self._go.set()
        self.future.result(5)


def test_a_result_is_given_out_when_another_connection_can_read_it(writer: Writer, path: Path) -> None:
    for number in range(50):
        key = writer.run(_adding(str(number)))
        assert key in _keys(path)


def test_those_who_wait_share_a_commit(writer: Writer, path: Path) -> None:
    said: list[str] = []
    held = _Held(writer)
    writer.submit(lambda c: c.set_trace_callback(said.append))
    futures = [writer.submit(_adding(str(number))) for number in range(MAX_BATCH * 2 - 1)]
    held.release()

    assert [future.result(5) for future in futures] == [str(number) for number in range(MAX_BATCH * 2 - 1)]
    assert said.count("COMMIT") == 2
    assert len(_keys(path)) == MAX_BATCH * 2 - 1


def test_a_bad_job_undoes_its_own_writes_alone(writer: Writer, path: Path) -> None:
    held = _Held(writer)
    before, bad, after = writer.submit(_adding("before")), writer.submit(_failing), writer.submit(_adding("after"))
    held.release()

    assert (before.result(5), after.result(5)) == ("before", "after")
    with pytest.raises(ValueError, match="a bad job"):
        bad.result(5)
    assert _keys(path) == {"before", "after"}


def test_too_many_who_wait_are_refused_at_once(writer: Writer, path: Path) -> None:
    held = _Held(writer)
    futures = [writer.submit(_adding(str(number))) for number in range(MAX_WAITING)]

    with pytest.raises(StoreBusyError) as raised:
        writer.submit(_adding("one more"))
    held.release()

    assert str(raised.value) == f"{path}: {MAX_WAITING} writes wait already"
    assert {future.result(20) for future in futures} == _keys(path)


def test_a_lock_held_by_another_process_refuses_the_batch_and_loses_nothing_after(writer: Writer, path: Path) -> None:
    writer.run(lambda connection: connection.execute("PRAGMA busy_timeout=20"))
    other = open_database(path)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBusyError, match=r"leads\.db: not committed \(database is locked\)"):
        writer.run(_adding("refused"))
    other.execute("COMMIT")
    other.close()

    assert writer.run(_adding("kept")) == "kept"
    assert _keys(path) == {"kept"}


def test_a_waiter_who_left_harms_nobody(writer: Writer, path: Path) -> None:
    held = _Held(writer)
    left, stayed = writer.submit(_adding("left")), writer.submit(_adding("stayed"))
    assert left.cancel()
    held.release()

    assert stayed.result(5) == "stayed"
    assert writer.run(_adding("later")) == "later"
    assert _keys(path) == {"stayed", "later"}


def test_a_job_whose_transaction_sqlite_ended_is_not_called_committed(writer: Writer, path: Path) -> None:
    held = _Held(writer)
    first = writer.submit(_adding("first"))

    def ended(connection: Connection) -> None:
        # What a full disk does: SQLite rolls the whole transaction back by itself.
        connection.execute("ROLLBACK")
        raise DatabaseError("database or disk is full")

    second = writer.submit(ended)
    held._go.set()

    for future in (first, second):
        with pytest.raises(StoreBusyError, match="not committed"):
            future.result(5)
    assert writer.run(_adding("after")) == "after"
    assert _keys(path) == {"after"}


def test_closing_finishes_what_waits(path: Path) -> None:
    writer = Writer(path)
    held = _Held(writer)
    futures = [writer.submit(_adding(str(number))) for number in range(MAX_BATCH + 10)]
    held._go.set()
    writer.close()
    writer.close()

    assert all(future.done() for future in futures)
    assert len(_keys(path)) == MAX_BATCH + 10
    with pytest.raises(StoreBusyError, match="is being closed"):
        writer.submit(_adding("late"))


def test_many_threads_at_once_lose_nothing(writer: Writer, path: Path) -> None:
    with ThreadPoolExecutor(20) as pool:
        keys = set(pool.map(lambda number: writer.run(_adding(f"{number}")), range(2000)))

    assert keys == _keys(path)
    assert len(keys) == 2000


def test_a_disk_that_refuses_even_the_undoing_keeps_nobody_waiting(writer: Writer, path: Path) -> None:
    refused = {"COMMIT", "ROLLBACK"}

    def judge(action: int, name: str | None, *_: str | None) -> int:
        return SQLITE_DENY if action == SQLITE_TRANSACTION and name in refused else SQLITE_OK

    with pytest.raises(StoreBusyError):
        writer.submit(lambda connection: connection.set_authorizer(judge)).result(5)
    with pytest.raises(StoreBusyError):
        writer.submit(_adding("lost")).result(5)
    refused.clear()
    with pytest.raises(StoreBusyError):
        writer.submit(_adding("undoing")).result(5)
    assert writer.submit(_adding("kept")).result(5) == "kept"
    assert _keys(path) == {"kept"}
