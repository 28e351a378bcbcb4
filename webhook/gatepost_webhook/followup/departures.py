"""When what several lanes write leaves for the writer: together, so that one commit and few statements do for all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds that a write waits for others at the most; a relay's reply takes longer.
PATIENCE = 0.002


class Departures:
    """Of one event loop. `leave` is called for each departure."""

    def __init__(self, lanes: int, leave: Callable[[], None]) -> None:
        """So many lanes write; half of them waiting is enough to leave at once."""
        self._enough = max(1, lanes // 2)
        self._leave = leave
        self._next: asyncio.Future[None] | None = None
        self._waiting = 0

    async def next(self) -> None:
        """Wait for the next departure."""
        departure = self.announce()
        self._waiting += 1
        if self._waiting >= self._enough:
            self._depart(departure)
        await departure

    def announce(self) -> asyncio.Future[None]:
        """Say that there is something to take; return when it leaves."""
        if self._next is None:
            loop = asyncio.get_running_loop()
            self._next = loop.create_future()
            loop.call_later(PATIENCE, self._depart, self._next)
        return self._next

    def _depart(self, departure: asyncio.Future[None]) -> None:
        if departure.done():
            return
        self._next, self._waiting = None, 0
        departure.set_result(None)
        self._leave()
