"""Brings what the writer's thread has committed back to the event loop: one wake-up for a whole batch."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")


class Arrivals:
    """Waits for futures of another thread; of use in any number of event loops, each in its own thread."""

    def __init__(self) -> None:
        self._here = threading.local()

    async def wait_for(self, job: Future[T], seconds: float | None = None) -> T:
        """Return the result of a job, or raise its exception. Raises TimeoutError; then the job is cancelled."""
        loop = asyncio.get_running_loop()
        landing: _Landing | None = getattr(self._here, "landing", None)
        if landing is None or landing.loop is not loop:
            landing = self._here.landing = _Landing(loop)
        arrived: asyncio.Future[None] = loop.create_future()
        job.add_done_callback(lambda _: landing.announce(arrived))
        try:
            async with asyncio.timeout(seconds):
                await arrived
        except BaseException:
            job.cancel()
            raise
        return job.result()


class _Landing:
    """What has arrived for one event loop and was not handed out yet."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._arrived: deque[asyncio.Future[Any]] = deque()
        self._awake = False

    def announce(self, arrived: asyncio.Future[None]) -> None:
        """Note an arrival, from any thread; wake the loop unless it is about to look anyway."""
        self._arrived.append(arrived)
        if not self._awake:
            self._awake = True
            # A loop that has ended has nobody left who waits.
            with suppress(RuntimeError):
                self.loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        # First this, then the queue: what comes in from here on wakes the loop again.
        self._awake = False
        while self._arrived:
            arrived = self._arrived.popleft()
            if not arrived.done():
                arrived.set_result(None)
