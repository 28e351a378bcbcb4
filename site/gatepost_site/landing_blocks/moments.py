"""Days and times in words, as a page says them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def in_zone(moment: datetime | date, zone: str) -> datetime | date:
    """Return a time as clocks in a zone show it; one that names no zone was meant so. Days stay days."""
    if not isinstance(moment, datetime) or not zone:
        return moment
    place = ZoneInfo(zone)
    return moment.astimezone(place) if moment.tzinfo else moment.replace(tzinfo=place)


def say_moment(moment: datetime | date) -> str:
    """Return "Thursday, 4 March 2027", or "Thursday, 4 March 2027, 17:00 (Berlin time, UTC+1)"."""
    day = f"{_DAYS[moment.weekday()]}, {moment.day} {say_month(moment)} {moment.year}"
    return f"{day}, {moment:%H:%M} ({_say_zone(moment)})" if isinstance(moment, datetime) else day


def say_month(day: date) -> str:
    """Return the name of a day's month."""
    return _MONTHS[day.month - 1]


def _say_zone(moment: datetime) -> str:
    offset = f"{moment:%z}"
    minutes = f":{offset[3:]}" if offset[3:] != "00" else ""
    utc = "UTC" if offset == "+0000" else f"UTC{offset[0]}{int(offset[1:3])}{minutes}"
    zone = getattr(moment.tzinfo, "key", "")
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time, {utc}" if "/" in zone else utc
