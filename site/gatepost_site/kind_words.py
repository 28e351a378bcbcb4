"""The words in which the kinds of magnet differ: which of a language's words each kind says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from gatepost_site.magnets import Magnet, MagnetKind
    from gatepost_site.webinars import Webinar
    from gatepost_site.words.words import Words

#: What a form's button says when its writer says nothing else.
BUTTONS: Mapping[MagnetKind, str] = {
    "ebook": "button.ebook",
    "checklist": "button.checklist",
    "template": "button.template",
    "course": "button.course",
    "webinar": "button.webinar",
}
#: What stands above a landing page's title.
LABELS: Mapping[MagnetKind, str] = {
    "ebook": "kind.ebook",
    "checklist": "kind.checklist",
    "template": "kind.template",
    "course": "kind.course",
    "webinar": "kind.webinar",
}


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
    press: str
    press_why: str
    then: str
    then_why: str
    #: Subject and button of the mail that asks for a confirmation.
    subject: str
    mail_button: str


def words_of(magnet: Magnet, words: Words, now: int) -> KindWords | None:
    """Return what a magnet's pages say at an epoch second; None when they speak of a file."""
    say, title = words.say, magnet.meta.title
    webinar = magnet.webinar
    if webinar and webinar.has_ended(now) and webinar.recording:
        return _of_recording(words, title)
    if webinar:
        return _of_webinar(words, title)
    if not magnet.is_course:
        return None
    return KindWords(
        ask=say("landing.where"),
        next=f"{say('course.next')} {say('course.each')}",
        next_with_box="",
        press=say("thanks.press"),
        press_why=say("course.press_why"),
        then=say("course.then"),
        then_why=say("course.then_why"),
        subject=say("mail.course_subject", title=title),
        mail_button=say("button.course"),
    )


def _of_webinar(words: Words, title: str) -> KindWords:
    say = words.say
    return KindWords(
        ask=say("webinar.ask"),
        next=f"{say('webinar.next')} {say('form.nothing_else')}",
        next_with_box=f"{say('webinar.next')} {say('form.unless_ticked')}",
        press=say("thanks.press"),
        press_why=say("webinar.press_why"),
        then=say("thanks.keep"),
        then_why=say("webinar.then_why"),
        subject=say("mail.webinar_subject", title=title),
        mail_button=say("button.webinar"),
    )


def _of_recording(words: Words, title: str) -> KindWords:
    say = words.say
    return KindWords(
        ask=say("landing.where"),
        next=f"{say('recording.next')} {say('form.nothing_else')}",
        next_with_box=f"{say('recording.next')} {say('form.unless_ticked')}",
        press=say("thanks.press"),
        press_why=say("recording.press_why"),
        then=say("thanks.keep"),
        then_why=say("recording.then_why"),
        subject=say("recording.title", title=title),
        mail_button=say("recording.button"),
    )


def button_of(magnet: Magnet, words: Words, now: int) -> str:
    """Return what a form's button says."""
    if not magnet.has_ended(now):
        return magnet.meta.button or words.say(BUTTONS[magnet.kind])
    return words.say("button.closed" if magnet.is_closed(now) else "button.afterwards")


def label_of(magnet: Magnet, words: Words, now: int) -> str:
    """Return what stands above the title."""
    if magnet.has_ended(now):
        return words.say("kind.closed" if magnet.is_closed(now) else "kind.afterwards")
    return words.say(LABELS[magnet.kind])


def said_end(webinar: Webinar, words: Words) -> str:
    """Return that a webinar is over, and whether there is a recording."""
    ended = words.say("webinar.ended", day=said_day(webinar, words))
    return f"{ended} {words.say('webinar.recorded' if webinar.recording else 'webinar.closed')}"


def said_day(webinar: Webinar, words: Words) -> str:
    """Return the day of a webinar: "Thursday, 4 March 2027"."""
    return words.day(webinar.start.date(), with_weekday=True)


def said_time(webinar: Webinar, words: Words) -> str:
    """Return when it begins, in the zone that its writer named: "16:00 Berlin time (UTC+1)"."""
    return say_time(webinar.start, webinar.zone, words)


def say_time(moment: datetime, zone: str, words: Words) -> str:
    """Return the time of day in a zone, of which it is: "16:00 Berlin time (UTC+1)"."""
    time = f"{moment.hour:02}:{moment.minute:02}"
    if zone in {"UTC", "Etc/UTC"}:
        return words.say("webinar.time_utc", time=time)
    city = zone.rpartition("/")[2].replace("_", " ")
    return words.say("webinar.time", time=time, city=city, offset=_offset(moment.utcoffset()))


def said_when(webinar: Webinar, words: Words) -> dict[str, str]:
    """Return a webinar's day, time and duration under these names, as templates show them."""
    return {
        "day": said_day(webinar, words),
        "time": said_time(webinar, words),
        "duration": said_duration(webinar, words),
    }


def said_duration(webinar: Webinar, words: Words) -> str:
    """Return how long it takes: "1 hour 30 minutes"."""
    return words.duration(int(webinar.duration.total_seconds()))


def said_place(webinar: Webinar, words: Words) -> str:
    """Return where it is, as everybody may know it."""
    if not webinar.is_online:
        return webinar.place
    return words.say("webinar.online_too", place=webinar.place) if webinar.place else words.say("webinar.online")


def _offset(offset: timedelta | None) -> str:
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    sign, (hours, rest) = "+" if minutes >= 0 else "-", divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
