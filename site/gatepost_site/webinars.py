"""A webinar's time and place: read strictly, because nobody comes at a time that does not exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from gatepost_site.documents import Checked, mistake, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable

_START = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})")
_DURATION = re.compile(r"(?:(\d{1,2}) hours?)?(?: ?(\d{1,3}) minutes?)?")
_LONGEST = timedelta(hours=24)
_EXAMPLE = "'start: 2027-03-04 16:00'"


@dataclass(frozen=True)
class Webinar:
    """When a webinar is and where. What is given only to those who confirmed is never part of a public page."""

    #: In the zone that its writer named.
    start: datetime
    duration: timedelta
    #: IANA name, such as "Europe/Berlin".
    zone: str
    #: Street address, public; "" when it is online only.
    place: str
    #: Address of the room. SECRET: given after confirmation, in no public file; "" when it is not online.
    join_url: str
    #: A full address, or a file in the magnet's folder; SECRET too. "" when there is none.
    recording: str

    @property
    def end(self) -> datetime:
        """When it is over, in the same zone."""
        # Over UTC: clocks may be set forward or back while it runs.
        return (self.start.astimezone(UTC) + self.duration).astimezone(self.start.tzinfo)

    @property
    def is_online(self) -> bool:
        """Whether one can take part from anywhere."""
        return bool(self.join_url)

    @property
    def recording_is_file(self) -> bool:
        """Whether there is a recording that is a file in the magnet's folder, and no address."""
        return bool(self.recording) and not self.recording.startswith("https://")

    def has_ended(self, now: int) -> bool:
        """Whether it is over at an epoch second."""
        return now >= self.end.timestamp()


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _start(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo:
            raise mistake("has an offset, and 'zone' says it already", f"the time on the wall there, as in {_EXAMPLE}")
        value = value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        raise mistake("has no time of day", f"day and time, as in {_EXAMPLE}")
    found = _START.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise mistake("is not a day and a time", f"year-month-day hour:minute, as in {_EXAMPLE}")
    text = f"{found[1]} {int(found[2]):02}:{found[3]}"
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise mistake("is a day or a time that does not exist", f"one that does, as in {_EXAMPLE}") from error
    return text


def _zone(value: str) -> str:
    if value not in _zones():
        by_folded = {name.casefold(): name for name in _zones()}
        cities = {name.rpartition("/")[2].casefold(): name for name in _zones() if name.count("/") == 1}
        folded = value.strip().casefold().replace(" ", "_")
        exact = by_folded.get(folded) or cities.get(folded.rpartition("/")[2])
        likely = [name for name in _zones() if "/" in name]
        near = f"'{exact}'" if exact else suggestion(value, likely)
        write = near if not near.startswith("one of") else "an IANA name, as in 'zone: Europe/Berlin'"
        raise mistake("is not a time zone", write)
    return value


def _duration(value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or not _DURATION.fullmatch(text):
        raise mistake("is not a duration", "hours and minutes, as in '45 minutes' or '1 hour 30 minutes'")
    if not timedelta(0) < _timedelta(text) <= _LONGEST:
        raise mistake("is too short or too long", "more than nothing and at most '24 hours'")
    return text


def _timedelta(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    hours, minutes = found.groups() if found else (None, None)
    return timedelta(hours=int(hours or 0), minutes=int(minutes or 0))


def _https(what: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value and not _is_https(value):
            raise mistake("is not the full address of a room", f"'{what}: https://meet.example.com/room'")
        return value

    return check


def _is_https(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    # An address with nothing behind the host is no room, and would be found on every page that names the host.
    has_path = bool(parts.path.strip("/") or parts.query)
    return parts.scheme == "https" and "." in parts.netloc and has_path and value.isprintable() and " " not in value


def _recording(value: str) -> str:
    if "://" in value and not _is_https(value):
        raise mistake("is not a full address", "'recording: https://...', or a file in the magnet's folder")
    return value


def _place(value: str) -> str:
    if re.search(r"https?://|www\.", value):
        raise mistake("is public, and this looks like the room's address", "'online: https://...' for the room")
    return value


class WebinarMeta(Checked):
    """The key `webinar` in a magnet's front matter."""

    #: On the wall clock of `zone`.
    start: Annotated[str, BeforeValidator(_start)] = Field(examples=["2027-03-04 16:00"])
    zone: Annotated[str, AfterValidator(_zone)] = Field(examples=["Europe/Berlin"])
    duration: Annotated[str, BeforeValidator(_duration)] = Field(examples=["45 minutes"])
    #: The room's address; only who has confirmed learns it.
    online: Annotated[str, AfterValidator(_https("online"))] = Field(
        "", max_length=1000, examples=["https://meet.example.com/room"]
    )
    #: A street address; everybody may read it.
    place: Annotated[str, AfterValidator(_place)] = Field("", max_length=300, examples=["1 High Street, Bristol"])
    #: For afterwards: an address, or a file in the magnet's folder.
    recording: Annotated[str, AfterValidator(_recording)] = Field("", max_length=1000, examples=["recording.mp4"])

    @model_validator(mode="after")
    def _exists(self) -> Self:
        if not (self.online or self.place):
            raise mistake("a webinar is somewhere", "'online: https://...' or 'place: 1 High Street, Bristol'")
        wall = datetime.fromisoformat(self.start)
        shown = wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC).astimezone(ZoneInfo(self.zone))
        if shown.replace(tzinfo=None) != wall:
            write = f"'start: {shown:%Y-%m-%d %H:%M}' or another time"
            raise mistake(f"'start' {self.start} does not exist in {self.zone}: clocks go forward over it", write)
        return self

    @property
    def webinar(self) -> Webinar:
        """The webinar itself."""
        wall = datetime.fromisoformat(self.start)
        return Webinar(
            start=wall.replace(tzinfo=ZoneInfo(self.zone)),
            duration=_timedelta(self.duration),
            zone=self.zone,
            place=self.place,
            join_url=self.online,
            recording=self.recording,
        )
