"""Days and times in words, as pages of webinars say them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gatepost_site.kind_words import say_time

if TYPE_CHECKING:
    from datetime import date

    from gatepost_site.words.words import Words


def in_zone(moment: datetime | date, zone: str) -> datetime | date:
    """Return a time as clocks in a zone show it; one that names no zone was meant so. Days stay days."""
    if not isinstance(moment, datetime) or not zone:
        return moment
    place = ZoneInfo(zone)
    return moment.astimezone(place) if moment.tzinfo else moment.replace(tzinfo=place)


def say_moment(moment: datetime | date, words: Words) -> str:
    """Return "Thursday, 4 March 2027", or "Thursday, 4 March 2027, 17:00 Berlin time (UTC+1)"."""
    day = words.day(moment, with_weekday=True)
    return f"{day}, {say_time(moment, _zone(moment), words)}" if isinstance(moment, datetime) else day


def _zone(moment: datetime) -> str:
    return getattr(moment.tzinfo, "key", "UTC")
