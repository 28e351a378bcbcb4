"""Work in a thread of its own, which can be asked to stop, and is not waited for without end."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

logger = logging.getLogger(__name__)

#: Seconds that the mail in hand may take after a stop: with those of open requests, half a minute.
PATIENCE = 20.0
#: Seconds between two looks at whether to stop: a signal only sets an event.
_LOOK = 0.1


class Shift(Generic[T]):
    """Runs `work` in a thread; `work` is given the event that asks it to stop."""

    def __init__(
        self, work: Callable[[threading.Event], T], *, stop: threading.Event | None = None, patience: float = PATIENCE
    ) -> None:
        self._work = work
        self._stop = stop or threading.Event()
        self._patience = patience
        self._future: Future[T] = Future()
        # A daemon: a relay that never answers must not keep the process alive.
        threading.Thread(target=self._run, name="gatepost-worker", daemon=True).start()

    def result(self) -> T | None:
        """Return what the work returned; None when it was asked to stop and did not in time. Raises what it raised."""
        while not self._stop.is_set() and not self._future.done():
            with suppress(TimeoutError):
                self._future.exception(_LOOK)
        if not self._future.done():
            logger.info("stopping; a mail that is on its way is finished first")
        return self._last_result()

    def end(self) -> None:
        """Ask the work to stop, and give it time to finish the mail in hand."""
        self._stop.set()
        self._last_result()

    def _last_result(self) -> T | None:
        with suppress(TimeoutError):
            self._future.exception(self._patience)
        if self._future.done():
            return self._future.result()
        # What was not handed over is due again when its lease ends; what may have been is judged then.
        logger.warning("the relay does not answer; the mail in hand is left to the next start")
        return None

    def _run(self) -> None:
        try:
            self._future.set_result(self._work(self._stop))
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            self._future.set_exception(error)
