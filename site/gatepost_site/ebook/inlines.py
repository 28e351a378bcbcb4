"""What stands within a line: emphasis, code, links, footnote marks and pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatepost_site.ebook.desk import Spot
from gatepost_site.ebook.links import is_external, jump, on_paper
from gatepost_site.ebook.literals import literal, words
from gatepost_site.ebook.pictures import inline_picture
from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from gatepost_site.ebook.desk import Desk

#: Characters of a word of code that may not fit on a line, and where it breaks: after a sign, or after some letters.
_LONG = 40
_BREAKS = re.compile(r"[^\w\s]+(?=\w)|_(?=\w)|\w{24}(?=\w)")


def tail(element: Element) -> str:
    """Return the markup of the text after an element; a new line does not start with a space."""
    text = element.tail or ""
    return words(text.lstrip() if element.tag == "br" else text)


class Inlines:
    """Turns the inside of a paragraph, a heading or a cell into Typst markup."""

    def __init__(self, desk: Desk, note: Callable[[Element], str]) -> None:
        """Take what turns a footnote's list item into markup."""
        self._desk = desk
        self._note = note
        self._kinds: dict[str, Callable[[Element, Spot], str]] = {
            "a": self._link,
            "br": lambda _element, _spot: "#linebreak();",
            "code": lambda element, _spot: f"#raw({literal(_folded(element))});",
            "em": lambda element, spot: f"#emph[{self.inside(element, spot)}];",
            "img": lambda element, _spot: inline_picture(element, self._desk),
            "span": self.inside,
            "strong": lambda element, spot: f"#strong[{self.inside(element, spot)}];",
            "sup": self._mark,
        }

    def inside(self, element: Element, spot: Spot) -> str:
        """Return the markup of an element's text and children."""
        return words(element.text) + "".join(self.one(child, spot) + tail(child) for child in element)

    def one(self, element: Element, spot: Spot) -> str:
        """Return the markup of one element within a line, without the text after it."""
        kind = self._kinds.get(element.tag)
        if kind is None:
            start = " ".join("".join(element.itertext()).split())[:40]
            self._desk.find(f"<{element.tag}> does not print in an ebook here", start, write="plain text")
            return ""
        return kind(element, spot)

    def _link(self, element: Element, spot: Spot) -> str:
        address, body = element.get("href", ""), self.inside(element, spot)
        if is_external(address):
            link = f"#link({literal(address)})[{body}];"
            return link + self._address(address, "".join(element.itertext()), spot)
        target = jump(address, self._desk.chapter, self._desk.chapters)
        if isinstance(target, Finding):
            self._desk.findings.append(target)
            return body
        return f"#link({target})[{body}];"

    def _address(self, address: str, shown: str, spot: Spot) -> str:
        """Return the address for readers on paper: at the foot of the page, or in brackets where no mark fits."""
        plain = on_paper(address, shown)
        if not plain or spot is Spot.HEADING:
            return ""
        code = f"({literal(address)}, {literal(plain)});"
        return f"#address-note{code}" if spot is Spot.TEXT else f"#address{code}"

    def _mark(self, element: Element, spot: Spot) -> str:
        """Return a footnote at its first mark, and a pointer to it at each further one."""
        link = element.find("a[@class='footnote-ref']")
        name = (link.get("href", "") if link is not None else "").removeprefix("#")
        item = self._desk.chapter.notes.get(name)
        if item is None:
            return self.inside(element, spot)
        if spot in {Spot.HEADING, Spot.NOTE}:
            where = "a heading" if spot is Spot.HEADING else "a footnote"
            mark = f"[^{name.partition(':')[2]}]"
            self._desk.find(f"footnote mark in {where}", mark, found=f"'{mark}'", write="it in the text")
            return ""
        code = f"label({literal(f'{self._desk.chapter.name}#{name}')})"
        if name in self._desk.noted:
            return f"#footnote({code});"
        self._desk.noted.add(name)
        return f"#footnote[{self._note(item)}]#{code};"


def _folded(element: Element) -> str:
    """Return code as one line; a word as long as a line of print is given places to break."""
    words = "".join(element.itertext()).split()
    return " ".join(_BREAKS.sub("\\g<0>\N{ZERO WIDTH SPACE}", word) if len(word) > _LONG else word for word in words)
