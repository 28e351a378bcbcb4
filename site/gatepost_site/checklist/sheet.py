"""A checklist's Markdown as Typst source: headings, paragraphs, and lists of which every point has a box."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from gatepost_site.documents import read_text
from gatepost_site.ebook.chapters import Chapter
from gatepost_site.ebook.cover import palette
from gatepost_site.ebook.literals import dictionary, literal, words
from gatepost_site.ebook.sources import Source
from gatepost_site.ebook.tree import parse
from gatepost_site.ebook.typesetting import Manuscript
from gatepost_site.findings import ContentError, Finding

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
    from gatepost_site.words.words import Words

_GRAMMAR = "headings, paragraphs, lists, links and emphasis"


def sheet_manuscript(magnet: Magnet, project: Project, said: Words) -> Manuscript:
    """Return the source of a checklist's sheet. Raises ContentError with every mistake."""
    path = magnet.folder / magnet.meta.file
    file = path.relative_to(project.root).as_posix()
    text = _text(path, file)
    tree = parse(text)
    source = Source(file, text)
    sheet = _Sheet(source)
    for raw in tree.raw_html:
        sheet.find("HTML does not print in a checklist", raw, "Markdown")
    body = sheet.blocks(tree.root)
    if not sheet.points and not sheet.findings:
        sheet.findings.append(Finding(file, 1, 1, "a checklist without anything to tick", write="'- [ ] A point'"))
    if sheet.findings:
        raise ContentError(sheet.findings)
    opening = _opening(magnet, sheet.points, said)
    # What Typst refuses in the list is then placed there, and not in magnet.md.
    lines = ((opening.count("\n") + 1, Chapter(path.name, path, source, tree.root)),)
    return Manuscript(magnet.document.file, f"{opening}{body}\n", magnet.folder, lines)


def _text(path: Path, file: str) -> str:
    text = read_text(path, file)
    if text.startswith("---\n"):
        write = "its title into magnet.md, and the list here, without keys"
        raise ContentError([Finding(file, 1, 1, "a checklist takes no front matter", write=write)])
    return text


def _opening(magnet: Magnet, points: int, said: Words) -> str:
    """Return the sheet's facts, on one line, and the design that uses them."""
    meta = magnet.meta
    facts = dictionary(
        {
            "title": literal(meta.title),
            "subtitle": literal(meta.subtitle),
            "author": literal(meta.author),
            "description": literal(meta.description),
            "language": literal(said.language.partition("-")[0]),
            "kind": literal(said.say("sheet.kind")),
            "points": literal(said.say("sheet.points", count=points)),
            "whom": literal(said.say("sheet.whom")),
            "date": literal(said.say("sheet.date")),
            "palette": palette(magnet),
        }
    )
    template = (files("gatepost_site.checklist") / "template.typ").read_text(encoding="utf-8")
    return f"#let sheet = {facts}\n{template}\n"


class _Sheet:
    """Turns a checklist's elements into Typst markup."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.findings: list[Finding] = []
        #: Boxes to tick.
        self.points = 0
        self._blocks: dict[str, Callable[[Element], str]] = {
            "blockquote": lambda element: f"#aside[{self.blocks(element)}]",
            "h2": lambda element: f"#heading(level: 1)[{self._line(element)}]",
            "h3": lambda element: f"#heading(level: 2)[{self._line(element)}]",
            "ol": lambda element: f"#enum({self._items(element)})",
            "p": self._paragraph,
            "ul": self._boxes,
        }
        self._inlines: dict[str, Callable[[Element], str]] = {
            "a": self._link,
            "br": lambda _element: "#linebreak();",
            "code": lambda element: f"#raw({literal(''.join(element.itertext()))});",
            "em": lambda element: f"#emph[{self._line(element)}];",
            "input": lambda _element: "",
            "strong": lambda element: f"#strong[{self._line(element)}];",
        }

    def find(self, what: str, found: str, write: str) -> None:
        """Note a mistake where its text stands."""
        first = found.splitlines()[0]
        shown = first if len(first) <= 60 else first[:57] + "..."
        where = self._source.place(found)
        self.findings.append(Finding(self._source.file, *where, what, f"'{shown}'" if shown else "", write))

    def blocks(self, element: Element) -> str:
        """Return the markup of everything in an element, text and blocks in turn."""
        parts, line = [], words((element.text or "").lstrip())
        for child in element:
            if (block := self._blocks.get(child.tag)) is not None:
                parts += [line, block(child)]
                line = words((child.tail or "").lstrip())
            else:
                line += self._inline(child)
        return "\n\n".join(part for part in [*parts, line] if part)

    def _boxes(self, element: Element) -> str:
        self.points += len(element.findall("li"))
        return f"#boxes({self._items(element)})"

    def _items(self, element: Element) -> str:
        return ", ".join(f"[{self.blocks(item)}]" for item in element.findall("li"))

    def _paragraph(self, element: Element) -> str:
        return self._line(element)

    def _line(self, element: Element) -> str:
        start = words(element.text)
        return start + "".join(self._inline(child) for child in element)

    def _inline(self, element: Element) -> str:
        text = element.tail or ""
        after = words(text.lstrip() if element.tag in {"br", "input"} else text)
        if (inline := self._inlines.get(element.tag)) is not None:
            return inline(element) + after
        start = " ".join("".join(element.itertext()).split())[:40] or element.get("alt", "")
        if element.tag == "h1":
            self.find("the title stands in magnet.md already", start, f"'## {start}'")
        else:
            self.find(f"<{element.tag}> does not print in a checklist", start, _GRAMMAR)
        return after

    def _link(self, element: Element) -> str:
        address, body = element.get("href", ""), self._line(element)
        if not address.startswith(("https://", "http://", "mailto:")):
            self.find("a link leads nowhere from paper", address, "an address with https://")
            return body
        shown = address.split("://", 1)[-1].removeprefix("mailto:").rstrip("/")
        on_paper = "" if shown in "".join(element.itertext()) else f"#address({literal(address)}, {literal(shown)});"
        return f"#link({literal(address)})[{body}];{on_paper}"
