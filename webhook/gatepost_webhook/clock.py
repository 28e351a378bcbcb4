"""The one clock. Everything that asks for the time gets it from a Clock that was passed in."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time in whole epoch seconds (UTC)."""

    def now(self) -> int:
        """Return the epoch second."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        """Return the epoch second."""
        return int(time.time())


class MovableClock:
    """A clock that is set by hand, or runs on from where it was set: for rehearsals, the demo and tests."""

    def __init__(self, start: int, *, running: bool = False) -> None:
        self._base = start
        self._started = time.monotonic()
        self._running = running

    def now(self) -> int:
        """Return the epoch second."""
        return self._base + (int(time.monotonic() - self._started) if self._running else 0)

    def advance(self, seconds: int) -> None:
        """Move forward; time never goes back."""
        if seconds < 0:
            raise ValueError(f"a clock moves forward only, not by {seconds} s")
        self._base += seconds

    def advance_to(self, instant: int) -> None:
        """Move forward to an epoch second; nothing happens when it is past already."""
        self.advance(max(0, instant - self.now()))
