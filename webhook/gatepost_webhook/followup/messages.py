"""Messages as people see them: subject, HTML and text, all from one Markdown file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from jinja2 import Environment

from gatepost_site.documents import read_document
from gatepost_site.kind_words import said_day, said_duration, said_time
from gatepost_site.words.languages import Languages
from gatepost_webhook.errors import RenderError, TooLargeError
from gatepost_webhook.followup import markup, visits
from gatepost_webhook.followup.formats import MessageMeta
from gatepost_webhook.followup.lead_text import answer_text, header_text
from gatepost_webhook.followup.letterhead import OWN, Letterhead, footer
from gatepost_webhook.followup.message import Message
from gatepost_webhook.followup.plain import plain_text
from gatepost_webhook.followup.templates import fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Sequence as Row

    from gatepost_site.webinars import Webinar
    from gatepost_site.words.words import Words
    from gatepost_webhook.followup.steps import Sequence, Step

#: Octets. Mail programs cut off longer messages, with the unsubscribe link.
MAX_HTML = 100_000
#: Characters of a subject.
MAX_SUBJECT = 200
_RULE = "-" * 20
#: Kinds whose mails do not speak of a file to download.
_OWN_WORDS = frozenset({"course", "recording", "webinar"})


@dataclass(frozen=True)
class Rendered:
    """One message, ready to be put into MIME."""

    subject: str
    preheader: str
    html: str
    text: str
    #: Hexadecimal SHA-256 of the Markdown file's content: the same for everybody who got this text.
    content_hash: str
    #: Name of that file.
    file: str = ""


@dataclass(frozen=True)
class Seat:
    """When and where a webinar is, in words, for those who have a seat."""

    day: str
    time: str
    duration: str
    place: str
    join_url: str

    @classmethod
    def of(cls, webinar: Webinar | None, words: Words) -> Seat | None:
        """Return a webinar in words, None for what is none."""
        if webinar is None:
            return None
        return cls(
            said_day(webinar, words),
            said_time(webinar, words),
            said_duration(webinar, words),
            webinar.place,
            join_url=webinar.join_url,
        )

    @property
    def values(self) -> dict[str, str]:
        """What a message may name."""
        return {f"webinar_{name}": value for name, value in vars(self).items()}


@dataclass(frozen=True)
class Occasion:
    """Why somebody gets a mail, and from whom."""

    #: confirm, delivery or drip; of a course, whose mails were asked for, lesson.
    kind: str
    site_name: str
    site_url: str
    magnet_title: str
    #: Address of the page with the form.
    landing_url: str
    #: Epoch second of the request.
    asked_at: int
    sender: str
    postal_address: str
    unsubscribe_url: str
    #: The box was ticked, or a course was asked for, and nobody has confirmed that yet.
    asking: bool = False
    #: The file is to be had as EPUB too.
    epub: bool = False
    #: Of the language in which the recipient asked.
    words: Words = field(default_factory=lambda: Languages().words("en"))
    #: What was asked for: a kind of magnet, or recording.
    magnet_kind: str = "template"
    #: Of a webinar.
    seat: Seat | None = None
    #: Of the page where the recipient chooses what is sent; the one to unsubscribe leads there too.
    preferences_url: str = ""
    letterhead: Letterhead = OWN
    #: Absolute address of what a link may name in another way: "magnet:guide", or a page's source "guide/start.md".
    places: Mapping[str, str] = field(default_factory=dict)
    #: Where a link leads that may be noted -> the address that stands for it; without one the link is plain.
    visits: Mapping[str, str] = field(default_factory=dict)

    def address(self, written: str, slots: Row[str]) -> str:
        """Return the address of a link as the mail holds it, "" when it leads nowhere."""
        target = visits.target_of(written)
        address = markup.address(target or written, slots, self.site_url, self.places)
        return self.visits.get(target, address) if address else ""


def render_confirm(occasion: Occasion, confirm_url: str) -> Rendered:
    """Render the mail that asks for a confirmation. Nothing in it was typed by whoever sent the form."""
    seat = occasion.seat.values if occasion.seat else {}
    return _rendered(_of_kind("confirm", occasion), occasion, seat | {"confirm_url": confirm_url})


def render_delivery(occasion: Occasion, download_url: str, confirm_url: str = "", epub_url: str = "") -> Rendered:
    """Render the mail that brings the file's link; with `confirm_url` it also asks whether more mail is wanted.

    With `epub_url` it offers the book as EPUB beside the button.
    """
    urls = {"download_url": download_url, "epub_url": epub_url}
    if occasion.magnet_kind in _OWN_WORDS:
        seat = occasion.seat.values if occasion.seat else {}
        return _rendered(_of_kind("delivery", occasion), occasion, seat | urls | {"confirm_url": confirm_url})
    if confirm_url:
        return _rendered(_own("delivery-asking", occasion.words), occasion, urls | {"confirm_url": confirm_url})
    return _rendered(_own("delivery", occasion.words), occasion, urls)


def render_step(
    occasion: Occasion, sequence: Sequence, message: Message, *, answers: Mapping[str, str], download_url: str
) -> Rendered:
    """Render a message of a sequence, whose language and subject have been chosen.

    `answers` has every field that a message may name, "" when it was not answered. Raises RenderError.
    """
    values = {"sequence_title": sequence.title, "asked_on": say_date(occasion.asked_at, occasion.words)}
    values |= _answered(sequence, message, answers) | {"download_url": download_url}
    return _rendered(message, occasion, values)


def step_subject(sequence: Sequence, step: Step, answers: Mapping[str, str], magnet_title: str) -> str:
    """Return the subject with which a step would be sent, all of them when some compete. Raises RenderError."""
    message = step.message
    given = _answered(sequence, message, answers)
    known = given | dict.fromkeys(("asked_on", "download_url", "site_name"), "")
    known |= {"magnet_title": magnet_title, "sequence_title": sequence.title}
    if not message.subjects:
        return _line(message.subject, known)
    return " | ".join(f"{one.name} ({one.weight}%): {_line(one.text, known)}" for one in message.subjects)


def _answered(sequence: Sequence, message: Message, answers: Mapping[str, str]) -> dict[str, str]:
    given = {name: answer for name, value in answers.items() if (answer := answer_text(name, value))}
    return dict.fromkeys(answers, "") | dict(sequence.fallbacks) | dict(message.fallbacks) | given


def _rendered(message: Message, occasion: Occasion, values: Mapping[str, str]) -> Rendered:
    known = {**values, "magnet_title": occasion.magnet_title, "site_name": occasion.site_name}
    subject = _line(message.subject, known)
    if not subject:
        raise RenderError(f"{message.file}: the subject is empty")
    preheader = _line(message.preheader, known)
    text, slots = fill_in(message.body, known)
    body = markup.skeleton(text)
    texts = _texts(occasion) | {"subject": subject, "preheader": preheader}
    texts |= {str(index): slot for index, slot in enumerate(slots)}
    urls = {str(index): occasion.address(url, slots) for index, url in enumerate(body.urls)}
    urls |= {"unsubscribe": occasion.unsubscribe_url, "landing": occasion.landing_url}
    urls |= {"preferences": occasion.preferences_url or occasion.unsubscribe_url}
    shell = occasion.letterhead.shell(body.html, occasion.kind, occasion.words, occasion.site_url)
    html = markup.fill(shell, texts, urls)
    if (size := len(html.encode())) > MAX_HTML:
        told = f"{message.file}: too long, found {size // 1000} KB of HTML; write at most {MAX_HTML // 1000}"
        raise TooLargeError(told, size=size)
    below = markup.Skeleton(footer(occasion.kind, occasion.words), ())
    plain = f"{plain_text(body, texts, urls)}\n{_RULE}\n\n{plain_text(below, texts, urls)}"
    return Rendered(subject, preheader, html, plain, message.content_hash, message.file)


def say_date(at: int, words: Words) -> str:
    """Return the day of an epoch second in words, in UTC."""
    return words.day(datetime.fromtimestamp(at, UTC).date())


def _line(source: str, values: Mapping[str, str]) -> str:
    """Render what becomes a header or a line of preview."""
    text, slots = fill_in(source, values)
    return header_text(markup.fill_plain(text, [header_text(slot) for slot in slots]), MAX_SUBJECT)


def _texts(occasion: Occasion) -> dict[str, str]:
    return {
        "site_name": occasion.site_name,
        "magnet_title": occasion.magnet_title,
        "asked_on": say_date(occasion.asked_at, occasion.words),
        "imprint": _imprint(occasion),
    }


def _imprint(occasion: Occasion) -> str:
    """Say who writes and where they are, the name once."""
    if occasion.postal_address.startswith(occasion.sender):
        return occasion.postal_address
    return " · ".join(filter(None, (occasion.sender, occasion.postal_address)))


def _of_kind(name: str, occasion: Occasion) -> Message:
    """Return our own message in the words that fit what was asked for."""
    kind = occasion.magnet_kind
    return _own(f"{name}-{kind}" if kind in _OWN_WORDS else name, occasion.words)


@lru_cache(maxsize=64)
def _own(name: str, words: Words) -> Message:
    """Return one of our own messages in a language."""
    with as_file(files("gatepost_webhook.followup") / "layout" / f"{name}.md") as path:
        document = read_document(path, MessageMeta, root=path.parent)
    subject, preheader = (_worded(line, words.say) for line in (document.meta.subject, document.meta.preheader))
    return Message(document.file, subject, preheader, _worded(document.body, words.markdown))


def _worded(text: str, say: Callable[..., str]) -> str:
    """Put the words of a language into a text of ours, between << and >>; {{ }} stays for the values of a mail."""
    # What comes out is Markdown with values still to come; each value is escaped when its slot is filled.
    marks = Environment(
        variable_start_string="<<", variable_end_string=">>", block_start_string="<%", block_end_string="%>",
        comment_start_string="<#", comment_end_string="#>", autoescape=False, keep_trailing_newline=True,  # noqa: S701
    )  # fmt: skip
    return marks.from_string(text).render(say=say)
