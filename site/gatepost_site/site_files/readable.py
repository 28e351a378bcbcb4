"""A page's text for readers who are elsewhere: links in full, and nothing that works only on the page itself."""

from __future__ import annotations

import html
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    _Attributes = Sequence[tuple[str, str | None]]

#: Left out with all that is in them.
_DROPPED = frozenset({"script", "style", "form", "button", "svg", "iframe", "object", "template"})
_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"})
_KEPT = frozenset(
    {"alt", "cite", "colspan", "controls", "datetime", "dir", "height", "href", "id", "lang", "open", "poster",
     "reversed", "rowspan", "scope", "src", "srcset", "start", "title", "type", "value", "width"}
)  # fmt: skip
_LINKS = frozenset({"href", "src", "poster", "cite"})


def readable(content: str, *, here: str, offer: Callable[[str], str]) -> str:
    """Return a page's HTML without its title, with full links.

    `here` is the page's address; `offer` gives the HTML that stands for a form with the action it is called with.
    """
    reader = _Reader(here, offer)
    reader.feed(content)
    reader.close()
    return "".join(reader.pieces).strip()


class _Reader(HTMLParser):
    """Writes what it reads, changed; `pieces` is the result."""

    def __init__(self, here: str, offer: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []
        self._here = here
        self._offer = offer
        #: The element that is being left out, and how deep it is nested in itself.
        self._dropping = ""
        self._depth = 0
        self._titled = False

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        """Write an element's beginning, or begin to leave it out."""
        if self._dropping:
            self._depth += tag == self._dropping
            return
        if self._leaves_out(tag, attrs):
            if tag not in _VOID:
                self._dropping, self._depth = tag, 1
            if tag == "form":
                self.pieces.append(self._offer(dict(attrs).get("action") or ""))
            return
        self.pieces.append(f"<{tag}{self._attributes(attrs)}>")

    def handle_startendtag(self, tag: str, attrs: _Attributes) -> None:
        """Write an element without content."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Write an element's end, or end leaving it out."""
        if not self._dropping:
            if tag not in _VOID:
                self.pieces.append(f"</{tag}>")
            return
        self._depth -= tag == self._dropping
        if not self._depth:
            self._dropping = ""

    def handle_data(self, data: str) -> None:
        """Write text."""
        if not self._dropping:
            self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        """Write a character by its name."""
        # XML knows five of these names; a feed is read by both kinds of parsers.
        self.handle_data(html.escape(html.unescape(f"&{name};")))

    def handle_charref(self, name: str) -> None:
        """Write a character by its number."""
        self.handle_data(html.escape(html.unescape(f"&#{name};")))

    def _leaves_out(self, tag: str, attrs: _Attributes) -> bool:
        if tag == "h1" and not self._titled:
            self._titled = True
            return True
        return tag in _DROPPED or (tag in {"a", "input"} and _class(attrs) in {"headerlink", "md-toggle"})

    def _attributes(self, attrs: _Attributes) -> str:
        return "".join(self._attribute(name, value) for name, value in attrs if name in _KEPT)

    def _attribute(self, name: str, value: str | None) -> str:
        if value is None:
            return f" {name}"
        if name in _LINKS:
            value = urljoin(self._here, value)
        elif name == "srcset":
            value = ", ".join(_source(part.split(), self._here) for part in value.split(",") if part.strip())
        return f' {name}="{html.escape(value)}"'


def _class(attrs: _Attributes) -> str:
    return (dict(attrs).get("class") or "").partition(" ")[0]


def _source(parts: list[str], here: str) -> str:
    return " ".join([urljoin(here, parts[0]), *parts[1:]])
