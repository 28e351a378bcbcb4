"""Days and times in words, as pages of webinars say them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gatepost_site.kind_words import MONTHS, said_day, said_time
from gatepost_site.webinars import Webinar

if TYPE_CHECKING:
    from datetime import date


def in_zone(moment: datetime | date, zone: str) -> datetime | date:
    """Return a time as clocks in a zone show it; one that names no zone was meant so. Days stay days."""
    if not isinstance(moment, datetime) or not zone:
        return moment
    place = ZoneInfo(zone)
    return moment.astimezone(place) if moment.tzinfo else moment.replace(tzinfo=place)


def say_moment(moment: datetime | date) -> str:
    """Return "Thursday, 4 March 2027", or "Thursday, 4 March 2027, 17:00 Berlin time (UTC+1)"."""
    if not isinstance(moment, datetime):
        return said_day(_webinar(datetime(moment.year, moment.month, moment.day), ""))  # noqa: DTZ001 - a day has no zone
    webinar = _webinar(moment, getattr(moment.tzinfo, "key", "UTC"))
    return f"{said_day(webinar)}, {said_time(webinar)}"


def say_month(day: date) -> str:
    """Return the first letters of a month's name."""
    return MONTHS[day.month - 1][:3]


def _webinar(start: datetime, zone: str) -> Webinar:
    return Webinar(start, timedelta(), zone, place="", join_url="", recording="")
