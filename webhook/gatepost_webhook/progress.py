"""A progress bar that comes only when something takes longer than a second, and never into a pipe."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Seconds that need no bar.
_PATIENCE = 1.0
#: Steps between two looks at the clock.
_STRIDE = 1000


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[], None]]:
    """Yield a function to call after each of `length` steps; the bar goes to standard error."""
    started = time.monotonic()
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=True) as bar:
        waiting = 0

        def step() -> None:
            nonlocal waiting
            waiting += 1
            if waiting < _STRIDE:
                return
            bar.hidden = not sys.stderr.isatty() or time.monotonic() - started < _PATIENCE
            bar.update(waiting)
            waiting = 0

        yield step
        bar.update(waiting)
