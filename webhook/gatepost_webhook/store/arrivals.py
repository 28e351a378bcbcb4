"""Brings what the writer's thread has committed back to the event loop: one wake-up for a whole batch."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from gatepost_webhook.store.per_loop import PerLoop

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

T = TypeVar("T")

#: Seconds between two looks at who has waited too long.
_LOOK = 0.5


class Arrivals:
    """Waits for another thread; of use in any number of event loops, each in its own thread."""

    def __init__(self) -> None:
        self._landings = PerLoop(_Landing)

    async def wait_for(self, job: Future[T], seconds: float | None = None) -> T:
        """Return the result of a job, or raise its exception. Raises TimeoutError; then the job is cancelled."""
        landing = self._landings.here()
        arrived: asyncio.Future[None] = landing.loop.create_future()
        job.add_done_callback(lambda _: landing.announce(arrived, None, None))
        try:
            async with asyncio.timeout(seconds):
                await arrived
        except BaseException:
            job.cancel()
            raise
        return job.result()

    async def ask(self, begin: Callable[[Ticket[T]], None], seconds: float) -> T:
        """Return what `begin`'s ticket is given, or raise what it is failed with: cheaper than a Future each.

        Raises TimeoutError within half a second after `seconds`.
        """
        landing = self._landings.here()
        ticket: Ticket[T] = Ticket(landing)
        begin(ticket)
        landing.watch(ticket.arrived, seconds)
        return await ticket.arrived


class Ticket(Generic[T]):
    """Where another thread puts the one result that somebody in an event loop waits for."""

    __slots__ = ("_given", "_landing", "arrived")

    def __init__(self, landing: _Landing) -> None:
        self._landing = landing
        self._given = False
        self.arrived: asyncio.Future[T] = landing.loop.create_future()

    def set_running_or_notify_cancel(self) -> bool:
        """Tell whether anybody still waits."""
        return not self.arrived.done()

    def done(self) -> bool:
        """Tell whether there is a result or an exception."""
        return self._given

    def set_result(self, result: T) -> None:
        """Hand over the result."""
        self._given = True
        self._landing.announce(self.arrived, result, None)

    def set_exception(self, error: BaseException) -> None:
        """Hand over why there is none."""
        self._given = True
        self._landing.announce(self.arrived, None, error)


class _Landing:
    """What has arrived for one event loop and was not handed out yet, and who waits there for how long."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._arrived: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._awake = False
        #: (Time of the loop at which it is too late, who waits), about in order.
        self._waiting: deque[tuple[float, asyncio.Future[Any]]] = deque()

    def announce(self, arrived: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
        """Note an arrival, from any thread; wake the loop unless it is about to look anyway."""
        self._arrived.append((arrived, result, error))
        if not self._awake:
            self._awake = True
            # A loop that has ended has nobody left who waits.
            with suppress(RuntimeError):
                self.loop.call_soon_threadsafe(self._hand_out)

    def watch(self, arrived: asyncio.Future[Any], seconds: float) -> None:
        """Give up on an arrival after so many seconds."""
        if not self._waiting:
            self.loop.call_later(_LOOK, self._look)
        self._waiting.append((self.loop.time() + seconds, arrived))

    def _hand_out(self) -> None:
        # First this, then the queue: what comes in from here on wakes the loop again.
        self._awake = False
        while self._arrived:
            arrived, result, error = self._arrived.popleft()
            if arrived.done():
                continue
            if error is None:
                arrived.set_result(result)
            else:
                arrived.set_exception(error)

    def _look(self) -> None:
        now = self.loop.time()
        while self._waiting and (self._waiting[0][1].done() or self._waiting[0][0] <= now):
            _, arrived = self._waiting.popleft()
            if not arrived.done():
                arrived.set_exception(TimeoutError())
        if self._waiting:
            self.loop.call_later(_LOOK, self._look)
