"""What MkDocs says while it builds: its warnings are shown, its errors kept for whoever explains them."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def quiet_log() -> Iterator[list[str]]:
    """Show warnings, hide chatter, and yield the list to which errors are added."""
    log, collector = logging.getLogger("mkdocs"), _Collector()
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
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())
        else:
            click.echo(f"warning: {record.getMessage()}", err=True)
