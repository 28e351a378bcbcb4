"""The text part of a mail, from its HTML: complete by itself, wrapped, readable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from gatepost_webhook.followup.lead_text import body_text
from gatepost_webhook.followup.markup import SLOT, URL_SLOT
from gatepost_webhook.followup.templates import CLOSE_URL, OPEN, OPEN_URL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepost_webhook.followup.markup import Skeleton

WIDTH = 76
_BLOCKS = frozenset({"p", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4"})
_MARKS = {"strong": "*", "em": "_", "code": "`"}
_UNDERLINES = {"h1": "=", "h2": "-"}
#: A line break that stays, and the mark of a button's address, which gets a line of its own.
_BREAK, _BUTTON = "\v", "\f"
# No-break spaces stay.
_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True)
class Block:
    """Text that is wrapped, and what begins its lines."""

    text: str
    #: Of the first line, and of the others.
    first: str
    rest: str
    #: Repeated below, for a heading.
    underline: str = ""


def plain_text(source: Skeleton, texts: Mapping[str, str], urls: Mapping[str, str]) -> str:
    """Return a message as text, lines of at most 76 characters where words allow; ends with a newline."""
    lines: list[str] = []
    for part in _outline(source):
        if isinstance(part, str):
            lines.append(_filled(part, texts, urls))
        else:
            lines += _wrapped(part, _filled(part.text, texts, urls))
    return "\n".join(lines).strip("\n") + "\n"


@lru_cache(maxsize=512)
def _outline(source: Skeleton) -> tuple[str | Block, ...]:
    """Return the blocks of a message and the lines between them, slots unfilled."""
    writer = _Writer(source.urls)
    writer.feed(source.html)
    writer.close()
    writer.flush()
    return tuple(writer.parts)


def _filled(text: str, texts: Mapping[str, str], urls: Mapping[str, str]) -> str:
    if OPEN not in text and OPEN_URL not in text:
        return text

    def address(found: re.Match[str]) -> str:
        url = urls[found[2]]
        if not url:
            return ""
        return f":{_BREAK}{url}" if found[1] else f" <{url}>"

    def once(found: re.Match[str]) -> str:
        # What is shown as its own address stands there once. Judged before values are filled in, which stay as typed.
        return found[1] if body_text(texts[found[2]]) == urls[found[3]] else found[0]

    named = _ADDRESS.sub(address, _NAMED.sub(once, text))
    return SLOT.sub(lambda found: body_text(texts[found[1]]), named)


_NAMED = re.compile(f"({SLOT.pattern}){URL_SLOT.pattern}")
_ADDRESS = re.compile(f"({_BUTTON}?){URL_SLOT.pattern}")


# Most paragraphs are the same for everybody, and wrapping is what takes the time.
@lru_cache(maxsize=1024)
def _wrapped(block: Block, text: str) -> tuple[str, ...]:
    lines: list[str] = []
    for part in text.split(_BREAK):
        lines += _broken(part.strip(" "), block.rest if lines else block.first, block.rest)
    if block.underline and lines:
        lines.append(block.underline * min(len(lines[-1]), WIDTH))
    return tuple(lines)


def _broken(text: str, first: str, rest: str) -> list[str]:
    """Break a text at single spaces into lines, as textwrap does, which takes ten times as long."""
    lines, line = [], ""
    indent = first
    for word in text.split(" "):
        if line and len(indent) + len(line) + 1 + len(word) > WIDTH:
            lines.append(indent + line.rstrip(" "))
            indent, line = rest, word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, indent + line] if line.strip(" ") else lines


class _Writer(HTMLParser):
    """Lays out blocks with their prefixes: bullets, numbers, quotes."""

    def __init__(self, urls: Sequence[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str | Block] = []
        self._urls = urls
        self._text = ""
        #: What begins every line at present: quotes and the indent of lists.
        self._prefixes: list[str] = []
        #: What begins the next line instead of the last prefix.
        self._bullet = ""
        #: Per open list: the next number, 0 for bullets.
        self._lists: list[int] = []
        #: Of the open link: its address, where its text starts, the mark of a button.
        self._link = ("", 0, "")
        self._pre = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or mark what is inline."""
        given = dict(attrs)
        if tag in _BLOCKS or tag in ("li", "pre", "hr"):
            self.flush()
            self._begin(tag, given)
        elif tag == "br":
            self._text += _BREAK
        elif tag == "img":
            self._text += f"[{given['alt']}]" if given.get("alt") else ""
        elif tag == "a":
            self._link = (given.get("href") or "", len(self._text), _BUTTON if given.get("class") else "")
        elif tag in _MARKS and not self._pre:
            self._text += _MARKS[tag]

    def handle_endtag(self, tag: str) -> None:
        """End a block, or what was inline."""
        match tag:
            case "li":
                self.flush()
                self._prefixes.pop()
                self._bullet = ""
            case "ul" | "ol":
                self._lists.pop()
            case "blockquote":
                self.flush()
                self._prefixes.pop()
            case "pre":
                self._code()
            case "a":
                self._end_link()
            case _ if tag in _MARKS and not self._pre:
                self._text += _MARKS[tag]
            case _ if tag in _BLOCKS:
                self._block(tag)

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self._text += data if self._pre else _SPACE.sub(" ", data)

    def flush(self) -> None:
        """Write text that stands in no paragraph, as in the items of a tight list."""
        if self._text.strip():
            self._write(tight=bool(self._lists))
        self._text = ""

    def _begin(self, tag: str, given: Mapping[str, str | None]) -> None:
        match tag:
            case "ul" | "ol":
                self._blank(tight=bool(self._lists))
                self._lists.append(int(given.get("start") or 1) if tag == "ol" else 0)
            case "li":
                self._item()
            case "blockquote":
                self._blank(tight=False)
                self._prefixes.append("> ")
            case "hr":
                self._text = "-" * 20
                self._block(tag)
            case "pre":
                self._pre = True

    def _block(self, tag: str) -> None:
        if self._text.strip():
            self._write(tight=bool(self._bullet), underline=_UNDERLINES.get(tag, ""))
        self._text = ""

    def _write(self, *, tight: bool, underline: str = "") -> None:
        self._blank(tight=tight)
        rest = "".join(self._prefixes)
        first = "".join(self._prefixes[:-1]) + self._bullet if self._bullet else rest
        self.parts.append(Block(self._text, first, rest, underline))
        self._text, self._bullet = "", ""

    def _blank(self, *, tight: bool) -> None:
        """Leave a line empty above a block, but not between the items of a list."""
        last = self.parts[-1] if self.parts else ""
        if not tight and (isinstance(last, Block) or last.strip("> ")):
            self.parts.append("".join(self._prefixes).rstrip())

    def _item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        self._bullet = f"{number}. " if number else "- "
        if number:
            self._lists[-1] += 1
        self._prefixes.append(" " * len(self._bullet))

    def _code(self) -> None:
        self._blank(tight=False)
        self.parts += ["".join(self._prefixes) + "    " + line for line in self._text.strip("\n").split("\n")]
        self._text, self._pre = "", False

    def _end_link(self) -> None:
        slot, start, button = self._link
        number = slot.strip(OPEN_URL + CLOSE_URL)
        label = self._text[start:].strip()
        written = self._urls[int(number)] if number.isdigit() else ""
        # An address that is its own text stands once.
        if written and label in (written, written.removeprefix("mailto:")):
            return
        self._text += button + slot
