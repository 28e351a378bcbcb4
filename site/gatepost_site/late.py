"""Modules that are imported when they are first used: a build in which nothing changed uses few of them."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Late:
    """Stands for a module until something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        # Import takes the lock that many threads need here, and remembers.
        return getattr(import_module(self._name), name)
