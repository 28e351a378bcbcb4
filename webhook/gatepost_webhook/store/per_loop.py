"""What every event loop has one of, wherever it runs."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Makes a thing for each event loop that asks, and gives that loop the same one from then on."""

    def __init__(self, make: Callable[[asyncio.AbstractEventLoop], T]) -> None:
        self._make = make
        self._here = threading.local()

    def here(self) -> T:
        """Return the thing of the loop that runs in this thread."""
        loop = asyncio.get_running_loop()
        if getattr(self._here, "loop", None) is not loop:
            self._here.loop, self._here.thing = loop, self._make(loop)
        thing: T = self._here.thing
        return thing
