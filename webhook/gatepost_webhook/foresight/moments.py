"""Instants of a timeline in words: in somebody's own time, and as a distance from the start ("T+4 days")."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gatepost_site.documents import mistake
from gatepost_webhook.followup.durations import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

#: How a day with a time is written.
DATES = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
_UNITS = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second"))


def parse_zone(value: object) -> str:
    """Return the name of a time zone, as in "Europe/Berlin". Raises a validator's mistake."""
    # A zone that is not there is a KeyError; a folder's name or a bad path is one of the others.
    with suppress(KeyError, OSError, ValueError):
        if isinstance(value, str) and value:
            return ZoneInfo(value).key
    raise mistake("is not a time zone", "its IANA name, as in 'Europe/Berlin' or 'UTC'")


def zone_of(name: str) -> ZoneInfo:
    """Return the zone of a name that was checked."""
    return ZoneInfo(name)


def parse_local(value: object) -> datetime:
    """Return a day and time without a zone, from "2026-03-27 09:00" or what YAML made of it.

    Raises a validator's mistake.
    """
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    for pattern in DATES:
        try:
            return datetime.strptime(str(value).strip(), pattern)  # noqa: DTZ007 - whose time it is stands beside it
        except ValueError:
            continue
    raise mistake("is not a day and time", "'2026-03-27 09:00'")


def epoch(local: datetime, zone: tzinfo) -> int:
    """Return the epoch second of a local time; of one that the clocks show twice, the first."""
    return int(local.replace(tzinfo=zone).timestamp())


def said_local(at: int, zone: tzinfo = UTC) -> str:
    """Return an epoch second as "Tue 2026-12-01 09:00" in a zone."""
    return f"{datetime.fromtimestamp(at, zone):%a %Y-%m-%d %H:%M}"


def said_after(seconds: int) -> str:
    """Return a distance from the start as "T+4 days 2 hours"."""
    if seconds <= 0:
        return "T"
    parts = []
    for unit, name in _UNITS:
        count, seconds = divmod(seconds, unit)
        if count:
            parts.append(f"{count} {name}" + ("" if count == 1 else "s"))
    return "T+" + " ".join(parts)


@dataclass(frozen=True)
class ClockChange:
    """The clocks of a zone go forward or back."""

    #: Epoch second of the change.
    at: int
    #: By how many seconds they go forward; negative for back.
    by: int
    #: What the time is called before and after, such as CET and CEST.
    before: str
    after: str

    @property
    def words(self) -> str:
        """What happens, as "1 hour forward: CET becomes CEST"."""
        distance = said_after(abs(self.by)).removeprefix("T+")
        return f"{distance} {'forward' if self.by > 0 else 'back'}: {self.before} becomes {self.after}"


def clock_changes(start: int, end: int, zone: tzinfo) -> list[ClockChange]:
    """Return every change of a zone's clocks after `start` and up to `end`, both in epoch seconds."""
    return list(_changes(start, end, zone))


def _changes(start: int, end: int, zone: tzinfo) -> Iterator[ClockChange]:
    # Zones tell no list of their changes: two days with different distances from UTC have one between them.
    for day in range(start, end, DAY):
        low, high = day, min(day + DAY, end)
        if _offset(low, zone) == _offset(high, zone):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(middle, zone) == _offset(low, zone) else (low, middle)
        by = _offset(high, zone) - _offset(low, zone)
        yield ClockChange(high, int(by.total_seconds()), _name(low, zone), _name(high, zone))


def _offset(at: int, zone: tzinfo) -> timedelta:
    return datetime.fromtimestamp(at, zone).utcoffset() or timedelta()


def _name(at: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%Z}"
