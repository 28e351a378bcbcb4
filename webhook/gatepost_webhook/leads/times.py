"""Epoch seconds as text: for people in their own time zone, for machines in UTC."""

from __future__ import annotations

import time
from functools import lru_cache


def local_time(instant: int | None) -> str:
    """Return "2026-11-22 07:42" in this machine's time zone, "" for None."""
    return "" if instant is None else _minute(instant // 60)


def utc_time(instant: int | None) -> str:
    """Return "2026-11-22T06:42:10Z" (RFC 3339), "" for None."""
    return "" if instant is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(instant))


def zone_name() -> str:
    """Return the name of this machine's time zone, such as CET or UTC."""
    return time.tzname[time.localtime().tm_isdst > 0]


# A review turns millions of instants into text, and many share a minute.
@lru_cache(maxsize=1 << 16)
def _minute(minute: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(minute * 60))
