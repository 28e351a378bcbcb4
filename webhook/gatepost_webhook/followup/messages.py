"""Messages as people see them: subject, HTML and text, all from one Markdown file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import css_inline
from jinja2 import Environment
from markupsafe import Markup

from gatepost_site.documents import read_document
from gatepost_site.kind_words import said_day, said_duration, said_time
from gatepost_site.words.languages import Languages
from gatepost_webhook.errors import RenderError
from gatepost_webhook.followup import markup
from gatepost_webhook.followup.formats import MessageMeta
from gatepost_webhook.followup.lead_text import body_text, header_text
from gatepost_webhook.followup.plain import plain_text
from gatepost_webhook.followup.steps import Message
from gatepost_webhook.followup.templates import CLOSE, CLOSE_URL, OPEN, OPEN_URL, fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2 import Template

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
    occasion: Occasion, sequence: Sequence, step: Step, *, answers: Mapping[str, str], download_url: str
) -> Rendered:
    """Render a step of a sequence. `answers` has every field that a message may name, "" when it was not answered.

    Raises RenderError.
    """
    values = _step_values(sequence, answers) | {"download_url": download_url}
    return _rendered(step.message, occasion, values)


def step_subject(sequence: Sequence, step: Step, answers: Mapping[str, str], magnet_title: str) -> str:
    """Return the subject with which a step would be sent. Raises RenderError."""
    known = {"magnet_title": magnet_title, "site_name": "", "download_url": ""}
    return _line(step.message.subject, _step_values(sequence, answers) | known)


def _step_values(sequence: Sequence, answers: Mapping[str, str]) -> dict[str, str]:
    given = {name: answer for name, value in answers.items() if (answer := body_text(value))}
    return dict.fromkeys(answers, "") | dict(sequence.fallbacks) | given


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
    urls = {str(index): markup.address(url, slots, occasion.site_url) for index, url in enumerate(body.urls)}
    urls |= {"unsubscribe": occasion.unsubscribe_url, "landing": occasion.landing_url}
    html = markup.fill(_shell(body.html, occasion.kind, occasion.words), texts, urls)
    if len(html.encode()) > MAX_HTML:
        raise RenderError(f"{message.file}: too long, found {len(html) // 1000} KB of HTML; write at most 100")
    footer = markup.Skeleton(_footer(occasion.kind, occasion.words), ())
    plain = f"{plain_text(body, texts, urls)}\n{_RULE}\n\n{plain_text(footer, texts, urls)}"
    return Rendered(subject, preheader, html, plain, content_hash(message))


def content_hash(message: Message) -> str:
    """Return the hexadecimal SHA-256 of a message's source."""
    return hashlib.sha256("\0".join((message.subject, message.preheader, message.body)).encode()).hexdigest()


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


@lru_cache(maxsize=512)
def _shell(content: str, kind: str, words: Words) -> str:
    """Put content into the layout and the style sheet into the elements; slots stay to be filled."""
    page = _layout("mail.html").render(
        text=_text_slot,
        url=_url_slot,
        words=words,
        css=Markup(_style(words.direction)),  # noqa: S704 - our own file
        content=Markup(content),  # noqa: S704 - made of allowed elements, values still outside
        footer=Markup(_footer(kind, words)),  # noqa: S704 - our own template
    )
    inliner = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)
    return inliner.inline(page)


@lru_cache(maxsize=64)
def _footer(kind: str, words: Words) -> str:
    return _layout("footer.html").render(text=_text_slot, url=_url_slot, say=words.html, kind=kind)


def _style(direction: str) -> str:
    """Return the style sheet; mail programs know no logical properties, so what is left is right from right to left."""
    css = _file("mail.css")
    return css if direction == "ltr" else re.sub(r"\bleft\b", "right", css)


def _text_slot(name: str) -> Markup:
    return Markup(f"{OPEN}{name}{CLOSE}")  # noqa: S704 - a slot, filled escaped


def _url_slot(name: str) -> Markup:
    return Markup(f"{OPEN_URL}{name}{CLOSE_URL}")  # noqa: S704 - a slot, filled escaped


def _layout(name: str) -> Template:
    return Environment(autoescape=True).from_string(_file(name))


def _file(name: str) -> str:
    return (files("gatepost_webhook.followup") / "layout" / name).read_text(encoding="utf-8")


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
