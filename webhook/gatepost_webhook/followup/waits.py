"""How long a step waits: a duration, until a time of the week, or until a date; in the lead's own zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeAlias

from gatepost_site.documents import mistake
from gatepost_webhook.followup.durations import parse_duration, say_duration

if TYPE_CHECKING:
    from datetime import tzinfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"until (?:({'|'.join(DAYS)}) )?(\d\d):(\d\d)")
_DATE = re.compile(r"until (\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)")
_GRAMMAR = "'3 days', 'until Tuesday 09:00', 'until 09:00' or 'until 2026-12-24 09:00'"


@dataclass(frozen=True)
class UntilTime:
    """The next time that a clock shows `at`, on a day of the week (0 is Monday) or on any day."""

    at: time
    weekday: int | None = None

    def after(self, base: int, zone: tzinfo) -> int:
        """Return the first such epoch second after `base`."""
        day = datetime.fromtimestamp(base, zone).date()
        # More than two weeks: the time of today may be over, and a zone may skip the same day of the next week.
        for ahead in range(16):
            found = day + timedelta(ahead)
            if self.weekday in (None, found.weekday()) and _is_there(found, zone):
                instant = instant_of(found, self.at, zone)
                if instant > base:
                    return instant
        raise AssertionError(f"no {self} after {base}")  # pragma: no cover

    def __str__(self) -> str:
        day = "" if self.weekday is None else f"{DAYS[self.weekday].capitalize()} "
        return f"until {day}{self.at:%H:%M}"


@dataclass(frozen=True)
class UntilDate:
    """A moment of the calendar, which may be over when a lead comes to it."""

    day: date
    at: time

    def after(self, base: int, zone: tzinfo) -> int:
        """Return the epoch second of the moment, whenever `base` is."""
        return instant_of(self.day, self.at, zone)

    def __str__(self) -> str:
        return f"until {self.day:%Y-%m-%d} {self.at:%H:%M}"


Until: TypeAlias = UntilTime | UntilDate


def parse_wait(value: object) -> int | Until:
    """Return the seconds, or the moment, that a text such as "3 days" states. Raises a validator's mistake."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text.startswith("until"):
        return parse_duration(value)
    try:
        if found := _WEEKDAY.fullmatch(text.lower()):
            weekday = DAYS.index(found[1]) if found[1] else None
            return UntilTime(time(int(found[2]), int(found[3])), weekday)
        if found := _DATE.fullmatch(text):
            year, month, day, hour, minute = map(int, found.groups())
            return UntilDate(date(year, month, day), time(hour, minute))
    except ValueError as error:
        raise mistake(f"is not a time ({error})", _GRAMMAR) from error
    raise mistake("is not a time to wait for", _GRAMMAR)


def say_wait(wait: int | Until) -> str:
    """Return a wait as it is written: "3 days", "until Tuesday 09:00"."""
    return say_duration(wait) if isinstance(wait, int) else str(wait)


def instant_of(day: date, at: time, zone: tzinfo) -> int:
    """Return the epoch second at which clocks of a zone show a wall time.

    Of an hour that comes twice the first; of a gap the first moment after it.
    """
    wall = datetime.combine(day, at, zone)
    instant = int(wall.timestamp())
    naive = wall.replace(tzinfo=None)
    if _shown(instant, zone) == naive:
        return instant
    # Clocks never show it. Before the gap they show less, after it more, and the change lies between the two readings.
    before, after = int(wall.replace(fold=1).timestamp()), instant
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _shown(middle, zone) >= naive else (middle, after)
    return after


def _is_there(day: date, zone: tzinfo) -> bool:
    """Tell whether clocks of a zone ever show a day: those of Samoa went from 29 to 31 December 2011."""
    return instant_of(day, time(0), zone) < instant_of(day + timedelta(1), time(0), zone)


def _shown(instant: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(instant, UTC).astimezone(zone).replace(tzinfo=None)
