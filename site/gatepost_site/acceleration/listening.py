"""What MkDocs and its plugins log while a page is made: kept with the page, and said again when it is taken."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from mkdocs.commands import build as engine

if TYPE_CHECKING:
    from collections.abc import Iterator

#: [name of the logger, level, text] of each line.
Log: TypeAlias = list[list[Any]]


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.heard: Log = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append([record.name, record.levelno, record.getMessage()])


@contextmanager
def listening() -> Iterator[Log]:
    """Yield the list of what is logged meanwhile, which is not shown until it is replayed."""
    log, listener = logging.getLogger(engine.log.name.partition(".")[0]), _Listener()
    level, propagate, handlers = log.level, log.propagate, log.handlers
    log.handlers, log.propagate = [listener], False
    log.setLevel(logging.INFO)
    try:
        yield listener.heard
    finally:
        log.handlers, log.propagate = handlers, propagate
        log.setLevel(level)


def replay(log: Log) -> None:
    """Log what was heard, as if it were said now."""
    for name, level, message in log:
        logging.getLogger(name).log(level, message)
