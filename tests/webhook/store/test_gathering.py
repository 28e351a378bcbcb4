"""What an event loop's requests want written is written there, all at once, and acknowledged after its COMMIT."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from sqlite3 import SQLITE_DENY, SQLITE_OK, SQLITE_TRANSACTION
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.errors import StoreBusyError
from gatepost_webhook.store.arrivals import Arrivals
from gatepost_webhook.store.database import open_database, open_reader
from gatepost_webhook.store.gathering import Gathering
from gatepost_webhook.store.per_loop import PerLoop
from gatepost_webhook.store.writer import MAX_WAITING, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gatepost_webhook.store.database import Connection


class Keys:
    """A crowd that keeps keys, and notes in which thread it does, and how many at a time."""

    def __init__(self) -> None:
        self.threads: set[str] = set()
        self.sizes: list[int] = []

    def together(self, connection: Connection, items: Sequence[str]) -> dict[int, str]:
        self.sizes.append(len(items))
        return {index: self._kept(connection, item) for index, item in enumerate(items)}

    def alone(self, connection: Connection, item: str) -> str:
        return self._kept(connection, item)

    def _kept(self, connection: Connection, item: str) -> str:
        self.threads.add(threading.current_thread().name)
        connection.execute("INSERT INTO hit VALUES (?, 1, 1)", (item,))
        return item


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "leads.db"


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    with Writer(path) as opened:
        yield opened


def kept(path: Path) -> set[str]:
    connection = open_reader(path)
    try:
        return {row["key"] for row in connection.execute("SELECT key FROM hit")}
    finally:
        connection.close()


def asked(writer: Writer, crowd: Keys, items: Sequence[str], after: Callable[[str], object] = str) -> list[object]:
    """Ask for items at the same time, and return what each got; `after` is called for each with its result."""
    arrivals, gatherings = Arrivals(), PerLoop(partial(Gathering, writer))

    async def ask(item: str) -> str:
        result: str = await arrivals.ask(partial(gatherings.here().join, crowd, item), 20)
        after(result)
        return result

    async def run() -> list[object]:
        return list(await asyncio.gather(*map(ask, items), return_exceptions=True))

    return asyncio.run(run())


def test_those_who_come_together_are_written_at_once_in_their_loops_own_thread(writer: Writer, path: Path) -> None:
    crowd, items = Keys(), [f"{number}" for number in range(150)]

    assert asked(writer, crowd, items) == items
    assert crowd.threads == {"MainThread"}
    assert crowd.sizes == [64, 64, 22]
    assert kept(path) == set(items)


def test_one_by_itself_is_written_too(writer: Writer, path: Path) -> None:
    assert asked(writer, Keys(), ["alone"]) == ["alone"]
    assert kept(path) == {"alone"}


def test_nobody_is_told_before_others_can_read_it(writer: Writer, path: Path) -> None:
    seen: list[bool] = []
    items = [f"{number}" for number in range(100)]

    asked(writer, Keys(), items, after=lambda item: seen.append(item in kept(path)))

    assert seen == [True] * 100


def test_while_somebody_else_writes_it_waits_in_the_writers_queue(writer: Writer, path: Path) -> None:
    entered, go = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        entered.set()
        assert go.wait(20)

    crowd, other = Keys(), writer.submit(hold)
    assert entered.wait(5)
    threading.Timer(0.1, go.set).start()

    assert asked(writer, crowd, ["a", "b"]) == ["a", "b"]
    assert other.result(5) is None
    assert crowd.threads == {"gatepost-writer"}


def test_another_process_that_writes_does_not_stop_the_loop(writer: Writer, path: Path) -> None:
    other = open_database(path)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.1, lambda: other.execute("COMMIT")).start()
    crowd = Keys()

    assert asked(writer, crowd, ["a", "b"]) == ["a", "b"]
    assert crowd.threads == {"gatepost-writer"}
    assert kept(path) == {"a", "b"}
    other.close()


def test_a_commit_that_fails_is_done_once_more_and_acknowledged_only_then(writer: Writer, path: Path) -> None:
    refusals = iter([True])

    def judge(action: int, name: str | None, *_: str | None) -> int:
        refused = action == SQLITE_TRANSACTION and name == "COMMIT" and next(refusals, False)
        return SQLITE_DENY if refused else SQLITE_OK

    class Arming(Keys):
        """Lets the COMMIT be refused of the transaction in which it is done first."""

        def together(self, connection: Connection, items: Sequence[str]) -> dict[int, str]:
            if not self.sizes:
                connection.set_authorizer(judge)
            return super().together(connection, items)

    crowd = Arming()
    assert asked(writer, crowd, ["a", "b"]) == ["a", "b"]
    assert crowd.threads == {"MainThread", "gatepost-writer"}
    assert kept(path) == {"a", "b"}


def test_a_bad_item_harms_no_other(writer: Writer, path: Path) -> None:
    asked(writer, Keys(), ["taken"])

    good, bad, other = asked(writer, Keys(), ["a", "taken", "b"])

    assert (good, other) == ("a", "b")
    assert isinstance(bad, Exception)
    assert kept(path) == {"taken", "a", "b"}


def test_more_than_may_wait_are_refused_at_once(writer: Writer, path: Path) -> None:
    found = asked(writer, Keys(), [f"{number}" for number in range(MAX_WAITING + 5)])

    assert sum(isinstance(one, StoreBusyError) for one in found) == 5
    assert len(kept(path)) == MAX_WAITING


def test_a_writer_that_is_closed_keeps_nobody_waiting(path: Path) -> None:
    writer = Writer(path)
    arrivals = Arrivals()

    async def run() -> object:
        gathering = Gathering(writer, asyncio.get_running_loop())
        asking = asyncio.ensure_future(arrivals.ask(partial(gathering.join, Keys(), "late"), 20))
        await asyncio.sleep(0)
        writer.close()
        return (await asyncio.gather(asking, return_exceptions=True))[0]

    assert isinstance(asyncio.run(run()), StoreBusyError)
    assert kept(path) == set()
