"""One writer, group commit: what is acknowledged is committed, and nobody harms anybody else."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from sqlite3 import SQLITE_DENY, SQLITE_OK, SQLITE_TRANSACTION
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.errors import StoreBusyError
from gatepost_webhook.store.database import Connection, DatabaseError, open_database, open_reader
from gatepost_webhook.store.jobs import Member
from gatepost_webhook.store.writer import MAX_BATCH, MAX_WAITING, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
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


class _Keys:
    """A crowd that keeps keys, all by one statement; of one that is taken already it cannot."""

    def __init__(self) -> None:
        self.together_of: list[int] = []

    def together(self, connection: Connection, items: Sequence[str]) -> dict[int, str]:
        self.together_of.append(len(items))
        connection.executemany("INSERT INTO hit VALUES (?, 1, 1)", [(item,) for item in items if item != "later"])
        return {index: item for index, item in enumerate(items) if item != "later"}

    def alone(self, connection: Connection, item: str) -> str:
        return _adding(item)(connection) + " alone"


def _joined(writer: Writer, crowd: _Keys, items: list[str]) -> list[Future[str]]:
    """Let items meet in one transaction."""
    held = _Held(writer)
    promises: list[Future[str]] = [Future() for _ in items]
    for item, promise in zip(items, promises, strict=True):
        writer.queue([Member(crowd, item, promise)])
    held.release()
    return promises


def test_a_crowd_is_dealt_with_at_once_and_what_it_leaves_out_alone(writer: Writer, path: Path) -> None:
    crowd = _Keys()
    promises = _joined(writer, crowd, ["a", "later", "b"])
    assert [promise.result(5) for promise in promises] == ["a", "later alone", "b"]
    assert crowd.together_of == [3]
    assert _keys(path) == {"a", "b", "later"}


def test_one_bad_item_makes_a_crowd_be_done_one_by_one(writer: Writer, path: Path) -> None:
    writer.run(_adding("taken"))
    good, bad, other = _joined(writer, _Keys(), ["a", "taken", "b"])
    assert (good.result(5), other.result(5)) == ("a alone", "b alone")
    with pytest.raises(DatabaseError):
        bad.result(5)
    assert _keys(path) == {"taken", "a", "b"}


def test_one_of_a_crowd_by_itself_is_done_alone(writer: Writer) -> None:
    (promise,) = _joined(writer, _Keys(), ["a"])
    assert promise.result(5) == "a alone"


def test_who_does_not_wait_any_more_is_left_out_of_a_crowd(writer: Writer, path: Path) -> None:
    held = _Held(writer)
    gone: Future[str] = Future()
    writer.queue([Member(_Keys(), "gone", gone)])
    assert gone.cancel()
    held.release()
    writer.run(_adding("last"))
    assert _keys(path) == {"last"}


def test_on_a_full_disk_only_what_is_vital_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Writer(path) as writer:
        assert path.with_suffix(".reserve").exists()
        # A file that may not grow is what a full disk is to SQLite; folding the log in makes no room here.
        writer.run(lambda c: c.execute("PRAGMA max_page_count = 1") and None)
        with pytest.raises(StoreBusyError):
            writer.submit(_growing, vital=False).result(5)
        assert not path.with_suffix(".reserve").exists()
        assert "the disk is full" in caplog.text
        # There would be room at once on this disk; nobody looks again yet.
        with pytest.raises(StoreBusyError, match="the disk is full"):
            writer.submit(_adding("later"), vital=False)
        assert writer.run(_adding("leaving")) == "leaving"
        writer.run(lambda c: c.execute("PRAGMA max_page_count = 1000000") and None)
        monkeypatch.setattr("gatepost_webhook.store.writer._LOOK", 0.0)
        assert writer.submit(_adding("again"), vital=False).result(5) == "again"
        assert path.with_suffix(".reserve").exists()
    assert _keys(path) == {"leaving", "again"}


def _growing(connection: Connection) -> None:
    for number in range(200):
        connection.execute("INSERT INTO hit VALUES (?, 1, 1)", (f"{number}" + "x" * 2000,))
