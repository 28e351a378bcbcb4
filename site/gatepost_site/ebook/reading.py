"""A chapter's elements as an e-reader's page: the same text as in print, in XHTML that flows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from gatepost_site.ebook.chapters import Chapter, heading_text
from gatepost_site.ebook.links import Place, is_external, place_of
from gatepost_site.ebook.lists import task_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gatepost_site.ebook.words import Words

#: Attributes that an element keeps: whatever else a chapter gives it is for a browser, or for harm.
_KEPT = frozenset({"alt", "start"})
_NO_NAME = re.compile(r"[^\w.-]")
_CALLOUTS = {
    **dict.fromkeys(("tip", "hint", "important", "success", "example", "check"), "tip"),
    **dict.fromkeys(("warning", "caution", "attention", "danger", "error", "bug", "failure"), "warning"),
}
_PERCENT = re.compile(r"(?:100|[1-9]?\d)%")
#: Role of an element, told to programs that know EPUB's words and to those that know ARIA's.
_NOTE_MARK = {"epub:type": "noteref", "role": "doc-noteref"}
_NOTE = {"epub:type": "footnote", "role": "doc-footnote"}
_BACK = {"epub:type": "backlink", "role": "doc-backlink"}


@dataclass
class Reader:
    """Turns the chapters of one book into pages for e-readers."""

    chapters: Sequence[Chapter]
    #: Chapter's file name -> name of its page, such as "chapter-01.xhtml".
    pages: Mapping[str, str]
    words: Words
    #: The magnet's folder.
    folder: Path
    #: Picture -> its name in the book.
    pictures: dict[Path, str] = field(default_factory=dict)

    def body(self, chapter: Chapter, number: int) -> ET.Element:
        """Return a chapter as the `body` of its page; its number stands above its title."""
        return _Page(self, chapter).body(number)

    def headings(self, chapter: Chapter) -> list[tuple[str, str]]:
        """Return (anchor, words) of a chapter's title and of its sections."""
        found = (element for element in chapter.root.iter() if element.tag in {"h1", "h2"})
        return [(_xml_name(element.get("id", "")), heading_text(element)) for element in found]

    def picture(self, path: Path) -> str:
        """Return the name of a picture in the book."""
        name = f"images/{len(self.pictures) + 1:02d}{path.suffix.lower()}"
        return self.pictures.setdefault(path, name)


class _Page:
    """One chapter at work."""

    def __init__(self, reader: Reader, chapter: Chapter) -> None:
        self._reader = reader
        self._chapter = chapter
        self._marks: dict[str, list[str]] = {}
        self._kinds: dict[str, Callable[[ET.Element], ET.Element | None]] = {
            "a": self._link,
            "details": self._callout,
            "div": self._division,
            "img": self._image,
            "input": self._box,
            "p": self._paragraph,
            "span": self._span,
            "sup": self._mark,
            "table": self._table,
            "td": self._cell,
            "th": self._cell,
        }

    def body(self, number: int) -> ET.Element:
        """Return the chapter, its footnotes after it."""
        body = ET.Element("body")
        section = ET.SubElement(body, "section", {"epub:type": "chapter", "role": "doc-chapter"})
        self._fill(section, self._chapter.root)
        if (title := section.find("h1")) is not None:
            mark = ET.Element("span", {"class": "number"})
            mark.text, mark.tail, title.text = str(number), f" {title.text or ''}", None
            title.insert(0, mark)
        if self._marks:
            ET.SubElement(section, "hr", {"class": "notes"})
        section.extend([self._note(name) for name in self._marks])
        return body

    def _fill(self, target: ET.Element, source: ET.Element) -> ET.Element:
        """Give an element the text and the converted children of another."""
        target.text = source.text
        for child in source:
            made = self._kinds.get(child.tag, self._plain)(child)
            if made is not None:
                made.tail = child.tail
                target.append(made)
            elif child.tail:
                _add_text(target, child.tail)
        return target

    def _plain(self, element: ET.Element) -> ET.Element:
        made = self._fill(self._like(element), element)
        if element.tag == "li" and "task-list-item" in element.get("class", ""):
            made.set("class", "task")
        return made

    def _like(self, element: ET.Element, tag: str = "") -> ET.Element:
        """Return an empty element with what may stay of another's attributes."""
        kept = {name: value for name, value in element.items() if name in _KEPT}
        if anchor := element.get("id"):
            kept["id"] = _xml_name(anchor)
        return ET.Element(tag or element.tag, kept)

    def _link(self, element: ET.Element) -> ET.Element:
        made = self._fill(self._like(element), element)
        address = element.get("href", "")
        if is_external(address):
            made.set("href", address)
        elif isinstance(place := place_of(address, self._chapter, self._reader.chapters), Place):
            # The page itself is its chapter's beginning.
            anchor = f"#{_xml_name(place.anchor)}" if place.anchor else ""
            made.set("href", self._reader.pages[place.chapter.name] + anchor)
        return made

    def _mark(self, element: ET.Element) -> ET.Element:
        link = element.find("a[@class='footnote-ref']")
        name = (link.get("href", "") if link is not None else "").removeprefix("#")
        if name not in self._chapter.notes:
            return self._plain(element)
        marks = self._marks.setdefault(name, [])
        marks.append(_xml_name(f"{name}-mark-{len(marks) + 1}"))
        number = list(self._marks).index(name) + 1
        made = ET.Element("a", {"id": marks[-1], "href": f"#{_xml_name(name)}", "class": "mark", **_NOTE_MARK})
        made.text = str(number)
        return made

    def _note(self, name: str) -> ET.Element:
        made = ET.Element("aside", {"id": _xml_name(name), **_NOTE})
        self._fill(made, self._chapter.notes[name])
        number = list(self._marks).index(name) + 1
        first = made.find("p")
        if first is None:
            # A note of one line has no paragraph of its own.
            first = ET.Element("p")
            first.text, made.text = made.text, None
            first.extend(list(made))
            made[:] = [first]
        back = ET.Element("a", {"href": f"#{self._marks[name][0]}", "aria-label": self._reader.words.back, **_BACK})
        back.text, back.tail = f"{number}.", f" {(first.text or '').lstrip()}"
        first.text = None
        first.insert(0, back)
        return made

    def _division(self, element: ET.Element) -> ET.Element:
        classes = element.get("class", "").split()
        if "admonition" in classes:
            return self._callout(element)
        if "highlight" in classes:
            return self._code(element)
        return self._plain(element)

    def _callout(self, element: ET.Element) -> ET.Element:
        classes = [name for name in element.get("class", "").split() if name != "admonition"]
        kind = _CALLOUTS.get(classes[0] if classes else "", "note")
        title = next((child for child in element if child.get("class") == "admonition-title"), element.find("summary"))
        made = ET.Element("aside", {"class": f"callout {kind}", "role": "note"})
        name = str(getattr(self._reader.words, kind))
        heading = ET.SubElement(made, "p", {"class": "callout-title"})
        heading.text = name
        if title is not None and heading_text(title) not in {"", name, (classes or [""])[0].capitalize()}:
            heading.text = f"{name}: "
            heading.append(self._fill(ET.Element("strong"), title))
        rest = ET.Element("div")
        rest[:] = [child for child in element if child is not title]
        made.extend(self._fill(ET.Element("div"), rest))
        return made

    def _code(self, element: ET.Element) -> ET.Element:
        made = ET.Element("div", {"class": "listing"})
        if title := element.findtext("span[@class='filename']"):
            ET.SubElement(made, "p", {"class": "listing-title"}).text = title
        code = ET.SubElement(ET.SubElement(made, "pre"), "code")
        if (source := element.find("pre/code")) is not None:
            self._fill(code, source)
        return made

    def _span(self, element: ET.Element) -> ET.Element | None:
        if not element.text and not len(element):
            return None
        made = self._fill(self._like(element), element)
        # The classes of code are its colours.
        if name := element.get("class"):
            made.set("class", name)
        return made

    def _paragraph(self, element: ET.Element) -> ET.Element | None:
        children = list(element)
        alone = len(children) == 1 and not (element.text or "").strip() and not (children[0].tail or "").strip()
        if alone and children[0].tag == "img":
            return self._figure(children[0])
        return self._plain(element)

    def _figure(self, image: ET.Element) -> ET.Element:
        made = ET.Element("figure")
        made.append(self._image(image))
        if caption := image.get("title"):
            ET.SubElement(made, "figcaption").text = caption
        return made

    def _image(self, element: ET.Element) -> ET.Element:
        path = (self._chapter.path.parent / unquote(element.get("src", ""))).resolve()
        made = self._like(element)
        made.set("src", self._reader.picture(path))
        width = element.get("width", "")
        if _PERCENT.fullmatch(width):
            made.set("style", f"width: {width}")
        return made

    def _box(self, element: ET.Element) -> ET.Element:
        done = bool(task_state(element))
        label = self._reader.words.done if done else self._reader.words.open
        made = ET.Element("span", {"class": "box", "role": "img", "aria-label": label})
        made.text = "\N{BALLOT BOX WITH CHECK}" if done else "\N{BALLOT BOX}"
        return made

    def _table(self, element: ET.Element) -> ET.Element:
        made = ET.Element("div", {"class": "table"})
        made.append(self._plain(element))
        return made

    def _cell(self, element: ET.Element) -> ET.Element:
        made = self._plain(element)
        side = next((side for side in ("right", "center") if side in element.get("style", "")), "")
        if side:
            made.set("class", side)
        if element.tag == "th":
            made.set("scope", "col")
        return made


def _add_text(target: ET.Element, text: str) -> None:
    if len(target):
        target[-1].tail = (target[-1].tail or "") + text
    else:
        target.text = (target.text or "") + text


def _xml_name(anchor: str) -> str:
    """Return an anchor as XML allows it: no colon, and no digit at its beginning."""
    return f"a-{_NO_NAME.sub('-', anchor)}"
