"""The blocks of a chapter: headings, paragraphs, lists, tables, code, call-outs, quotations and figures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatepost_site.ebook.chapters import heading_text
from gatepost_site.ebook.desk import Spot
from gatepost_site.ebook.inlines import Inlines, tail
from gatepost_site.ebook.links import label
from gatepost_site.ebook.lists import definitions, ordered, task_state, unordered
from gatepost_site.ebook.literals import literal, words
from gatepost_site.ebook.pictures import figure
from gatepost_site.ebook.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from gatepost_site.ebook.desk import Desk

_LANGUAGE = re.compile(r"(?:^| )language-([\w+#.-]+)")
#: A word longer than a line of the smallest type (template.typ: 102 mm, 6 pt) has nowhere to break.
_LONG = re.compile(r"(\S{78})(?=\S)")
#: Characters up to which a call-out stays on one page.
_SHORT = 900
#: Lines up to which code stays on one page.
_WHOLE = 22


class Blocks:
    """Turns a chapter's elements into Typst markup."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._inlines = Inlines(desk, lambda item: self.inside(item, Spot.NOTE))
        self._kinds: dict[str, Callable[[Element, Spot], str]] = {
            **{f"h{level}": self._heading for level in range(1, 7)},
            "blockquote": lambda element, spot: f"#quote(block: true)[{self.inside(element, spot)}]",
            "details": self._callout,
            "div": self._division,
            "dl": lambda element, spot: definitions(element, lambda item: self.inside(item, spot)),
            "hr": lambda _element, _spot: "#divider()",
            "ol": lambda element, spot: ordered(element, lambda item: self.inside(item, spot)),
            "p": self._paragraph,
            "pre": lambda element, _spot: _code(element, ""),
            "table": lambda element, _spot: table(element, self._inlines.inside),
            "ul": lambda element, spot: unordered(element, lambda item: self.inside(item, spot)),
        }

    def inside(self, element: Element, spot: Spot) -> str:
        """Return the markup of everything in an element, text and blocks in turn."""
        parts, line = [], words((element.text or "").lstrip())
        for child in element:
            if (block := self._kinds.get(child.tag)) is not None:
                parts += [line, self._anchored(child, block(child, spot))]
                line = words((child.tail or "").lstrip())
            elif task_state(child) is None:
                line += self._inlines.one(child, spot) + tail(child)
            else:
                # The box itself is the list's marker.
                line += words((child.tail or "").lstrip())
        return "\n\n".join(part for part in [*parts, line] if part)

    def _anchored(self, element: Element, markup: str) -> str:
        """Give a block its label, so that links can name it; headings carry their own."""
        anchor = element.get("id")
        if not anchor or not markup or element.tag.startswith("h"):
            return markup
        return f"#anchor({label(self._desk.chapter.name, anchor)})\n{markup}"

    def _heading(self, element: Element, spot: Spot) -> str:
        if spot is Spot.NOTE:
            words_of = heading_text(element)
            self._desk.find(
                "heading in a footnote", f"# {words_of}", words_of, found=f"'{words_of}'", write="plain text"
            )
            return ""
        level, name = int(element.tag[1]), self._desk.chapter.name
        body = self._inlines.inside(element, Spot.HEADING)
        # A chapter is linked to by its file's name alone as well.
        anchors = ["", element.get("id", "")] if level == 1 else [element.get("id", "")]
        marks = "".join(f"#anchor({label(name, anchor)});" for anchor in anchors[:-1])
        return f"#heading(level: {level})[{body}]#{label(name, anchors[-1])}{marks}"

    def _paragraph(self, element: Element, spot: Spot) -> str:
        children = list(element)
        if len(children) == 1 and children[0].tag == "img" and not _text_around(element):
            return figure(children[0], self._desk)
        body = self.inside(element, spot)
        introduces = spot is Spot.TEXT and "".join(element.itertext()).rstrip().endswith(":")
        # What ends in a colon must not stand at the foot of a page, away from what it announces.
        return f"#block(sticky: true)[{body}]" if introduces else body

    def _division(self, element: Element, spot: Spot) -> str:
        classes = element.get("class", "").split()
        if "admonition" in classes:
            return self._callout(element, spot)
        code = element.find("pre")
        if code is None or "highlight" not in classes:
            return self.inside(element, spot)
        language = _LANGUAGE.search(element.get("class", ""))
        title = element.findtext("span[@class='filename']", "")
        return _code(code, language[1] if language else "", title)

    def _callout(self, element: Element, spot: Spot) -> str:
        classes = [name for name in element.get("class", "").split() if name != "admonition"]
        title = next((child for child in element if child.get("class") == "admonition-title"), element.find("summary"))
        heading = ""
        if title is not None:
            heading = self._inlines.inside(title, Spot.CELL)
            element.remove(title)
        whole = str(len("".join(element.itertext())) <= _SHORT and element.find(".//pre") is None).lower()
        kind = literal(classes[0] if classes else "note")
        return f"#callout({kind}, {whole}, [{heading}])[{self.inside(element, spot)}]"


def _text_around(element: Element) -> bool:
    return bool((element.text or "").strip() or (element[0].tail or "").strip())


def _code(element: Element, language: str, title: str = "") -> str:
    lines = _LONG.sub(r"\1\n", "".join(element.itertext()).expandtabs(4).rstrip("\n")).split("\n")
    columns = max(len(line) for line in lines)
    whole = str(len(lines) <= _WHOLE).lower()
    lang = "none" if language in {"", "text"} else literal(language)
    text = literal("\n".join(lines))
    return f"#listing({text}, {lang}, {columns}, {whole}, {literal(title)})"
