"""What the requests of an event loop want written: done in the loop's own thread, for all of them at a time.

To hand each item to the writer's thread makes both threads want the interpreter's lock in turns, which costs more than
the work itself. So the loop writes when it has nothing better to do, and only the COMMIT, which needs no interpreter,
runs beside it: meanwhile the loop reads the next requests.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from gatepost_webhook.store.jobs import Member

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from gatepost_webhook.store.jobs import Crowd, Item, Promise
    from gatepost_webhook.store.writer import Writer

T = TypeVar("T")

#: Items that are enough to begin with, though more may come in at once.
_ENOUGH = 32
#: Items of one transaction: for no longer is the loop kept from its other requests.
_MOST = 64


class Gathering:
    """The items that wait in one event loop."""

    def __init__(self, writer: Writer, loop: AbstractEventLoop) -> None:
        self._writer = writer
        self._loop = loop
        self._members: list[Member[Any]] = []
        #: How many there were when it was looked last; whether that will be done again; whether some are on their way.
        self._seen = 0
        self._looks = False
        self._commits = False

    def join(self, crowd: Crowd[Item, T], item: Item, promise: Promise[T]) -> None:
        """Have an item written together with others of its crowd; the promise gets its result after the COMMIT.

        Raises StoreBusyError when too many wait, and on a full disk.
        """
        self._writer.admit(waiting=len(self._members))
        self._members.append(Member(crowd, item, promise))
        if not self._commits:
            self._look_soon()

    def _look_soon(self) -> None:
        if not self._looks:
            self._looks = True
            self._loop.call_soon(self._look)

    def _look(self) -> None:
        """Write, unless the loop had more to read since the last look: then there may be still more."""
        self._looks = False
        before, self._seen = self._seen, len(self._members)
        if before < self._seen < _ENOUGH:
            self._look_soon()
        elif self._members:
            self._write()

    def _write(self) -> None:
        some, self._members = self._members[:_MOST], self._members[_MOST:]
        self._seen = 0
        self._commits = self._writer.write_at_once(some, then=self._committed)
        if not self._commits:
            # Somebody else is at it: what has to wait anyway waits in the queue, and shares the next commit there.
            self._writer.queue([*some, *self._members])
            self._members = []

    def _committed(self) -> None:
        # A loop that has ended has nobody left who waits.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        self._commits = False
        if self._members:
            self._look_soon()
