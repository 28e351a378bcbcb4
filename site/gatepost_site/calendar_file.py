"""A webinar as an entry for calendars (RFC 5545), which only those get who confirmed: it holds the way in."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event

from gatepost_site.ebook.keeping import is_kept, keep

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
    from gatepost_site.webinars import Webinar

#: How long before the beginning a calendar reminds.
_REMINDER = timedelta(minutes=15)
_YEAR = timedelta(days=366)


def build_calendar(magnet: Magnet, project: Project, *, site_name: str) -> Path:
    """Return the path of a webinar's calendar file, made anew only when something in it changed."""
    output = magnet.asset_path(project)
    # The time of the last change is part of the file, but alone it changes nothing in it.
    key = hashlib.sha256(calendar_bytes(magnet, site_name, changed=0)).hexdigest()
    if not is_kept(output, key):
        changed = int((magnet.folder / "magnet.md").stat().st_mtime)
        keep(output, calendar_bytes(magnet, site_name, changed=changed), key, {})
    return output


def calendar_bytes(magnet: Magnet, site_name: str, *, changed: int) -> bytes:
    """Return a webinar's calendar file; `changed` is the epoch second of its last change."""
    webinar = magnet.webinar
    if webinar is None:
        raise ValueError(f"magnet {magnet.slug!r} is no webinar")
    calendar = Calendar()
    calendar.add("prodid", f"-//Gatepost//{site_name}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(magnet, webinar, site_name, changed))
    calendar.add_missing_timezones((webinar.start - _YEAR).date(), (webinar.end + _YEAR).date())
    data: bytes = calendar.to_ical()
    return data


def _event(magnet: Magnet, webinar: Webinar, site_name: str, changed: int) -> Event:
    meta = magnet.meta
    event = Event()
    # The same at every build, so that a calendar that has the entry moves it when the time changes.
    event.add("uid", str(uuid.uuid5(uuid.NAMESPACE_URL, f"gatepost:{site_name}/{magnet.slug}")))
    event.add("dtstamp", datetime.fromtimestamp(changed, UTC))
    event.add("dtstart", webinar.start)
    event.add("dtend", webinar.end)
    event.add("summary", meta.title)
    event.add("description", "\n\n".join(filter(None, (meta.description, webinar.join_url))))
    event.add("location", " / ".join(filter(None, (webinar.place, webinar.join_url))))
    if webinar.join_url:
        event.add("url", webinar.join_url)
    event.add_component(_alarm(meta.title))
    return event


def _alarm(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -_REMINDER)
    return alarm
