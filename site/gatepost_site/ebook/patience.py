"""Says what is being made when it takes longer than a second: on a terminal to who waits, else to the log."""

from __future__ import annotations

import logging
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_log = logging.getLogger(__name__)
#: Seconds that nobody minds.
_PATIENCE = 1.0


@contextmanager
def patience(what: str) -> Iterator[None]:
    """Tell that `what` is being made, once a second is over, and how long it took."""
    started = time.monotonic()
    timer = threading.Timer(_PATIENCE, _say, [f"Making {what} ..."])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if (seconds := time.monotonic() - started) >= _PATIENCE:
        _log.info("%s took %.1f s", what, seconds)


def _say(words: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{words}\n")
