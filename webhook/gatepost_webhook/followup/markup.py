"""Markdown to the HTML of a mail and to its plain text. Values are put in last, escaped for where they stand."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from markdown import Markdown

from gatepost_webhook.followup.lead_text import body_text
from gatepost_webhook.followup.templates import CLOSE, CLOSE_URL, OPEN, OPEN_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_TAGS = frozenset(
    ["p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h1", "h2", "h3", "h4", "hr", "code", "pre", "a"]
)
_VOID = frozenset({"br", "hr"})
SLOT = re.compile(f"{OPEN}([a-z0-9_]+){CLOSE}")
URL_SLOT = re.compile(f"{OPEN_URL}([a-z0-9_]+){CLOSE_URL}")
_ADDRESS = re.compile(f' (href|src)="{URL_SLOT.pattern}"')
_ANY_SLOT = re.compile(f"{_ADDRESS.pattern}|{SLOT.pattern}")
#: What a link to a magnet's landing page begins with: [the guide](magnet:guide).
MAGNET = "magnet:"
_NOWHERE: Mapping[str, str] = {}
#: A link with this title, as in [Get it](https://example.com "button"), becomes a button.
BUTTON = "button"


@dataclass(frozen=True)
class Skeleton:
    """A message's HTML with slots for its values and its addresses."""

    html: str
    #: Addresses as written, with slots of their own.
    urls: tuple[str, ...]


@lru_cache(maxsize=512)
def skeleton(text: str) -> Skeleton:
    """Turn Markdown with slots into HTML with slots; every element that a mail does not need is dropped."""
    markdown = Markdown(extensions=["sane_lists"], output_format="html")
    markdown.preprocessors.deregister("html_block")
    for pattern in ("html", "image_reference", "short_image_ref"):
        markdown.inlinePatterns.deregister(pattern)
    cleaner = _Cleaner()
    cleaner.feed(markdown.convert(text))
    cleaner.close()
    return Skeleton("".join(cleaner.parts), tuple(cleaner.urls))


def fill(shell: str, texts: Mapping[str, str], urls: Mapping[str, str]) -> str:
    """Put values and addresses into HTML with slots; a link whose address is "" loses it."""

    parts = list(_parts(shell))
    for index, (kind, name) in _blanks(shell):
        # No value is looked at again: each is put where it belongs, escaped.
        parts[index] = _attribute(kind, urls[name]) if kind else html.escape(body_text(texts[name]))
    return "".join(parts)


def _attribute(name: str, url: str) -> str:
    return f' {name}="{html.escape(url)}"' if url else ""


@lru_cache(maxsize=512)
def _parts(shell: str) -> tuple[str, ...]:
    """Return HTML cut at its slots: what is constant, then what a slot stands for, in turns."""
    parts, end = [], 0
    for found in _ANY_SLOT.finditer(shell):
        parts += [shell[end : found.start()], found[0]]
        end = found.end()
    return (*parts, shell[end:])


@lru_cache(maxsize=512)
def _blanks(shell: str) -> tuple[tuple[int, tuple[str, str]], ...]:
    """Return where in its parts HTML has slots: (attribute, name) of an address, ("", name) of a text."""
    found = [_ANY_SLOT.fullmatch(part) for part in _parts(shell)]
    return tuple((index, (one[1] or "", one[2] or one[3])) for index, one in enumerate(found) if one)


def fill_plain(text: str, slots: Sequence[str]) -> str:
    """Put values into a text with slots, as they are."""
    return SLOT.sub(lambda found: slots[int(found[1])], text)


def address(written: str, slots: Sequence[str], site_url: str, places: Mapping[str, str] = _NOWHERE) -> str:
    """Return the absolute address of a link, "" when it is none that a mail may hold (http, https, mailto).

    `places` has those of magnets ("magnet:guide") and pages ("guide/start.md").
    """
    if written.startswith(MAGNET):
        return places.get(written, "")
    if page := page_of(written):
        return _page_address(page, written.partition("#")[2], site_url, places)
    # A value at the start is the address itself; inside one it is a part, and may not change what the rest means.
    filled = SLOT.sub(_value_in(slots), written).strip()
    if filled.startswith("/") and not filled.startswith(("//", "/\\")):
        filled = site_url.rstrip("/") + filled
    if any(ord(char) <= 32 or char in "\\\x7f" for char in filled):
        return ""
    try:
        parts = urlsplit(filled)
    except ValueError:
        return ""
    good = parts.scheme == "mailto" or (parts.scheme in ("http", "https") and parts.hostname)
    return filled if good else ""


def page_of(written: str) -> str:
    """Return the source of the page that a link names, relative to content/, "" when it names none in that way."""
    path = written.partition("#")[0]
    if not path.endswith(".md") or ":" in path or OPEN in path:
        return ""
    return re.sub(r"^(?:\.\./)*(?:content/)?", "", path.removeprefix("/").removeprefix("./"))


def _page_address(page: str, anchor: str, site_url: str, places: Mapping[str, str]) -> str:
    # The build says where each page is; before there was one, where MkDocs puts it unless told otherwise.
    usual = re.sub(r"(?:^|(?<=/))index$", "", page.removesuffix(".md"))
    usual = f"{site_url.rstrip('/')}/{usual}" + ("" if usual == "" or usual.endswith("/") else "/")
    return places.get(page, usual) + (f"#{anchor}" if anchor else "")


def _value_in(slots: Sequence[str]) -> Callable[[re.Match[str]], str]:
    def value(found: re.Match[str]) -> str:
        text = body_text(slots[int(found[1])])
        return text if found.start() == 0 else quote(text, safe="")

    return value


class _Cleaner(HTMLParser):
    """Rebuilds HTML from allowed elements, and takes the addresses out of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write an element without its attributes, but for an address, a picture's words and a list's start."""
        given = dict(attrs)
        if tag == "a":
            self.parts.append(self._link(given))
        elif tag == "img":
            self.parts.append(self._picture(given))
        elif tag == "ol" and (given.get("start") or "").isdigit():
            self.parts.append(f'<ol start="{given["start"]}">')
        elif tag in _TAGS:
            self.parts.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag in _TAGS and tag not in _VOID:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Write text."""
        self.parts.append(html.escape(data, quote=False))

    def _picture(self, given: Mapping[str, str | None]) -> str:
        self.urls.append(given.get("src") or "")
        alt = html.escape(given.get("alt") or "")
        return f'<img src="{OPEN_URL}{len(self.urls) - 1}{CLOSE_URL}" alt="{alt}">'

    def _link(self, given: Mapping[str, str | None]) -> str:
        self.urls.append(given.get("href") or "")
        kind = ' class="button"' if given.get("title") == BUTTON else ""
        return f'<a{kind} href="{OPEN_URL}{len(self.urls) - 1}{CLOSE_URL}">'
