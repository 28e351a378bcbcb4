"""What MkDocs says while it builds: its warnings are shown, its errors kept for whoever explains them."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def quiet_log(said: Callable[[str], str] = str) -> Iterator[list[str]]:
    """Show each warning once, hide chatter, and yield the list to which errors are added.

    `said` puts a warning into other words; "" hides it.
    """
    log, collector = logging.getLogger("mkdocs"), _Collector(said)
    level, propagate = log.level, log.propagate
    log.addHandler(collector)
    log.setLevel(logging.WARNING)
    log.propagate = False
    try:
        yield collector.errors
    finally:
        log.removeHandler(collector)
        log.setLevel(level)
        log.propagate = propagate


class _Collector(logging.Handler):
    def __init__(self, said: Callable[[str], str]) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []
        self._said = said
        self._shown: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())
        elif (words := self._said(record.getMessage())) and words not in self._shown:
            self._shown.add(words)
            click.echo(f"warning: {words}", err=True)
