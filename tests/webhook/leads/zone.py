"""A fixed time zone for texts that show local time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gatepost_webhook.leads import times

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


def in_zone(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this process live in a time zone, and forget it at the end."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", name)
        time.tzset()
        times._minute.cache_clear()
        yield
    time.tzset()
    times._minute.cache_clear()
