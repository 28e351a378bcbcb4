"""Durations as people write them: "3 days", "12 hours"."""

from __future__ import annotations

import re

from gatepost_site.documents import mistake

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
_UNITS = {"minute": MINUTE, "hour": HOUR, "day": DAY, "week": WEEK}
_DURATION = re.compile(r"(\d{1,4}) (minute|hour|day|week)s?")
#: Seconds. Nobody remembers after two years what they once agreed to.
LONGEST = 2 * 365 * DAY


def parse_duration(value: object) -> int:
    """Return the seconds of a duration such as "3 days". Raises a validator's mistake."""
    found = _DURATION.fullmatch(" ".join(value.split())) if isinstance(value, str) else None
    if not found:
        raise mistake("is not a duration", "a number and minutes, hours, days or weeks, as in '3 days'")
    seconds = int(found[1]) * _UNITS[found[2]]
    if seconds > LONGEST:
        raise mistake("is too long", "at most '104 weeks'")
    return seconds


def say_duration(seconds: int) -> str:
    """Return seconds as a duration in the largest unit that fits: "3 days"."""
    name, unit = next(
        ((name, unit) for name, unit in reversed(_UNITS.items()) if seconds and seconds % unit == 0), ("minute", MINUTE)
    )
    count = seconds // unit
    return f"{count} {name}" + ("" if count == 1 else "s")
