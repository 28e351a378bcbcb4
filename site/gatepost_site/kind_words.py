"""The words in which the kinds of magnet differ: all of them, in one place; what stands in braces is filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from gatepost_site.magnets import Magnet, MagnetKind
    from gatepost_site.webinars import Webinar

#: What a form's button says when its writer says nothing else.
BUTTONS: Mapping[MagnetKind, str] = {
    "ebook": "Send it to me",
    "checklist": "Send me the checklist",
    "template": "Send me the template",
    "course": "Start the course",
    "webinar": "Save my seat",
}
#: What stands above a landing page's title.
LABELS: Mapping[MagnetKind, str] = {
    "ebook": "Free ebook",
    "checklist": "Free checklist",
    "template": "Free template",
    "course": "Free email course",
    "webinar": "Free webinar",
}
#: Of a webinar that is over.
BUTTON_AFTERWARDS = "Send me the recording"
BUTTON_CLOSED = "What it was about"
LABEL_AFTERWARDS = "Recording"
LABEL_CLOSED = "Past webinar"
ENDED = "This webinar took place on {day}."
RECORDED = "It was recorded, and the form sends you the recording."
ONLINE = "Online; you get the link when you have confirmed"
ONLINE_TOO = "{place}, or online: you get the link when you have confirmed"
CLOSED = "It was not recorded."

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAY = "{weekday}, {day} {month} {year}"
TIME = "{hour}:{minute} {city} time ({offset})"
TIME_UTC = "{hour}:{minute} UTC"
HOURS = ("1 hour", "{count} hours")
MINUTES = ("1 minute", "{count} minutes")


@dataclass(frozen=True)
class KindWords:
    """What the pages of a kind say where they do not speak of a file."""

    #: Heading above the form.
    ask: str
    #: Below the form's button.
    next: str
    #: Below the form's button, when the form has a box for further mails.
    next_with_box: str
    #: The thank-you page's second and third step: what is bold, and what follows.
    press: tuple[str, str]
    then: tuple[str, str]
    #: Subject and button of the mail that asks for a confirmation.
    subject: str
    mail_button: str


#: Of the kinds that hand out a file, the templates themselves have the words.
WORDS: Mapping[MagnetKind, KindWords] = {
    "course": KindWords(
        ask="Where shall we send it?",
        next="First comes one email with one button. It starts the course; without it no lesson is sent. "
        "Each lesson has a link that stops the course with one click.",
        next_with_box="",
        press=("Press its button.", "It opens a page where you start the course with one more press."),
        then=("Read the first lesson.", "The others follow by themselves, and each can stop the course."),
        subject="Start the course: {title}",
        mail_button="Start the course",
    ),
    "webinar": KindWords(
        ask="Save your seat",
        next="We send one email with one button, which saves your seat. A second one brings the way in and "
        "an entry for your calendar. No other email.",
        next_with_box="We send one email with one button, which saves your seat. A second one brings the way in and "
        "an entry for your calendar. No other email, unless you tick the box.",
        press=("Press its button.", "It opens a page where you save your seat with one more press."),
        then=("Keep the second email.", "It tells you the way in, and has an entry for your calendar."),
        subject="Your seat: {title}",
        mail_button="Save my seat",
    ),
}
#: Of a webinar that is over and was recorded.
RECORDING_WORDS = KindWords(
    ask="Where shall we send it?",
    next="We send one email with one button, which leads to the recording. A second one keeps the link for later. "
    "No other email.",
    next_with_box="We send one email with one button, which leads to the recording. A second one keeps the link for "
    "later. No other email, unless you tick the box.",
    press=("Press its button.", "There is only one. It opens a page with the recording."),
    then=("Keep the second email.", "It holds a link, so that you find the recording again."),
    subject="The recording: {title}",
    mail_button="Get the recording",
)


def words_of(magnet: Magnet, now: int) -> KindWords | None:
    """Return what a magnet's pages and mails say at an epoch second; None when they speak of a file."""
    webinar = magnet.webinar
    return RECORDING_WORDS if webinar and webinar.has_ended(now) and webinar.recording else WORDS.get(magnet.kind)


def button_of(magnet: Magnet, now: int) -> str:
    """Return what a form's button says."""
    if not magnet.has_ended(now):
        return magnet.meta.button or BUTTONS[magnet.kind]
    return BUTTON_CLOSED if magnet.is_closed(now) else BUTTON_AFTERWARDS


def label_of(magnet: Magnet, now: int) -> str:
    """Return what stands above the title."""
    if magnet.has_ended(now):
        return LABEL_CLOSED if magnet.is_closed(now) else LABEL_AFTERWARDS
    return LABELS[magnet.kind]


def said_day(webinar: Webinar) -> str:
    """Return the day of a webinar: "Thursday, 4 March 2027"."""
    start = webinar.start
    weekday, month = WEEKDAYS[start.weekday()], MONTHS[start.month - 1]
    return DAY.format(weekday=weekday, day=start.day, month=month, year=start.year)


def said_time(webinar: Webinar) -> str:
    """Return when it begins, in the zone that its writer named: "16:00 Berlin time (UTC+1)"."""
    start = webinar.start
    hour, minute = f"{start.hour:02}", f"{start.minute:02}"
    if webinar.zone in {"UTC", "Etc/UTC"}:
        return TIME_UTC.format(hour=hour, minute=minute)
    city = webinar.zone.rpartition("/")[2].replace("_", " ")
    return TIME.format(hour=hour, minute=minute, city=city, offset=_offset(start.utcoffset()))


def said_duration(webinar: Webinar) -> str:
    """Return how long it takes: "1 hour 30 minutes"."""
    hours, minutes = divmod(int(webinar.duration.total_seconds()) // 60, 60)
    return " ".join(_count(count, forms) for count, forms in ((hours, HOURS), (minutes, MINUTES)) if count)


def said_place(webinar: Webinar) -> str:
    """Return where it is, as everybody may know it."""
    if not webinar.is_online:
        return webinar.place
    return ONLINE_TOO.format(place=webinar.place) if webinar.place else ONLINE


def _count(count: int, forms: tuple[str, str]) -> str:
    return forms[count != 1].format(count=count)


def _offset(offset: timedelta | None) -> str:
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    sign, (hours, rest) = "+" if minutes >= 0 else "-", divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
