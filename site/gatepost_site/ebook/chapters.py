"""The chapters of a book: read, parsed, and judged for what a printed book cannot hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatepost_site.documents import read_text, shown
from gatepost_site.ebook.sources import Source
from gatepost_site.ebook.tree import parse
from gatepost_site.findings import ContentError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project

_HEADING = re.compile(r"h[1-6]")
# Typst, like XML, has no use for these; they come from a copy out of some other program.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_UNDEFINED_NOTE = re.compile(r"\[\^[^\]\s]+\]")


@dataclass
class Chapter:
    """One chapter, parsed."""

    #: Name of the file: what other chapters link to.
    name: str
    path: Path
    source: Source
    root: Element
    #: Footnote id -> its list item.
    notes: dict[str, Element] = field(default_factory=dict)
    #: What links into this chapter may name after '#'.
    anchors: frozenset[str] = frozenset()


def read_chapters(magnet: Magnet, project: Project) -> list[Chapter]:
    """Read every chapter of a magnet in reading order. Raises ContentError with all mistakes of all chapters."""
    chapters, findings = [], []
    for path in magnet.chapter_paths():
        try:
            chapter, mistakes = _read(path, shown(path, project.root), magnet.book_language)
        except ContentError as error:
            findings += error.findings
            continue
        chapters.append(chapter)
        findings += mistakes
    if findings:
        raise ContentError(findings)
    return chapters


def _read(path: Path, file: str, language: str) -> tuple[Chapter, list[Finding]]:
    text = read_text(path, file)
    source = Source(file, text)
    if control := _CONTROL.search(text):
        found = f"U+{ord(control[0]):04X}"
        raise ContentError([Finding(file, *source.character(control[0]), "a control character", found, "none")])
    if text.startswith("---\n"):
        write = "the chapter's title as '# Title' at the top, and no keys"
        raise ContentError([Finding(file, 1, 1, "a chapter takes no front matter", write=write)])
    try:
        tree = parse(text, language)
    except RecursionError as error:
        raise ContentError([Finding(file, 1, 1, "nested too deeply", write="at most a few levels")]) from error
    chapter = Chapter(path.name, path, source, tree.root)
    _take_notes(chapter)
    chapter.anchors = frozenset(_anchors(tree.root))
    findings = [_raw_html(source, raw) for raw in tree.raw_html]
    headings = _headings(chapter)
    findings += [*_title_findings(chapter, headings), *_level_findings(file, headings), *_note_findings(chapter)]
    return chapter, findings


def _take_notes(chapter: Chapter) -> None:
    """Move the footnotes out of the chapter's end: in a book each stands at the foot of its page."""
    for block in [element for element in chapter.root if element.get("class") == "footnote"]:
        chapter.root.remove(block)
        chapter.notes |= {item.get("id", ""): item for item in block.iter("li") if item.get("id", "").startswith("fn")}
    for item in chapter.notes.values():
        _drop_back_links(item)


def _drop_back_links(note: Element) -> None:
    """Take out the arrows back to the text, and the space before them."""
    for parent in list(note.iter()):
        for link in parent.findall("a[@class='footnote-backref']"):
            parent.remove(link)
            if len(parent):
                parent[-1].tail = (parent[-1].tail or "").rstrip()
            else:
                parent.text = (parent.text or "").rstrip()


def _anchors(root: Element) -> Iterator[str]:
    for element in root.iter():
        if (anchor := element.get("id")) and not anchor.startswith("fnref"):
            yield anchor


def heading_text(element: Element) -> str:
    """Return a heading's words."""
    return " ".join("".join(element.itertext()).split())


@dataclass(frozen=True)
class _Heading:
    level: int
    words: str
    place: tuple[int, int]


def _headings(chapter: Chapter) -> list[_Heading]:
    return [
        _Heading(int(element.tag[1]), heading_text(element), _heading_place(chapter.source, element))
        for element in chapter.root.iter()
        if _HEADING.fullmatch(element.tag)
    ]


def _heading_place(source: Source, element: Element) -> tuple[int, int]:
    """Find a heading by its first words, which come before anything that Markdown changes."""
    words = heading_text(element)
    start = re.split("[\u2013\u2014\u2018\u2019\u201c\u201d]", element.text or words)[0].strip()
    return source.heading(int(element.tag[1]), start, whole=not words)


def _raw_html(source: Source, raw: str) -> Finding:
    first = raw.splitlines()[0]
    found = first if len(first) <= 60 else first[:57] + "..."
    return Finding(source.file, *source.place(raw), "HTML does not print in an ebook", f"'{found}'", "Markdown")


def _title_findings(chapter: Chapter, headings: Sequence[_Heading]) -> Iterator[Finding]:
    file = chapter.source.file
    titles = [heading for heading in headings if heading.level == 1]
    if not titles:
        yield Finding(file, 1, 1, "chapter has no title", write="'# Title' as its first line")
        return
    for title in titles[1:]:
        found, write = f"'# {title.words}'", "'## ' for a section"
        yield Finding(file, *title.place, "chapter has two titles", found, write)
    first = next((element for element in chapter.root if element.tag != "p" or len(element) or element.text), None)
    if first is None or first.tag != "h1":
        yield Finding(file, 1, 1, "text before the chapter's title", write="'# Title' as its first line")


def _level_findings(file: str, headings: Sequence[_Heading]) -> Iterator[Finding]:
    """Find headings without words, and those that skip a level: a screen reader's outline would have a hole there."""
    last = 1
    for heading in headings:
        marks = "#" * heading.level
        if not heading.words:
            yield Finding(file, *heading.place, "heading is empty", f"'{marks}'", f"'{marks} ' and its words")
        if heading.level > last + 1:
            found, write = f"'{marks} {heading.words}'", f"'{'#' * (last + 1)}' before it"
            yield Finding(file, *heading.place, "heading skips a level", found, write)
        last = heading.level


def _note_findings(chapter: Chapter) -> Iterator[Finding]:
    """Find footnotes without a mark, and marks without a footnote."""
    links = {(link.get("href") or "").removeprefix("#") for link in chapter.root.iter("a")}
    inner = {(link.get("href") or "").removeprefix("#") for note in chapter.notes.values() for link in note.iter("a")}
    for name in chapter.notes:
        if name not in links | inner:
            mark = f"[^{name.partition(':')[2]}]"
            place = chapter.source.place(f"{mark}:")
            yield Finding(chapter.source.file, *place, "footnote has no mark in the text", f"'{mark}'", f"'{mark}'")
    for mark in _undefined(chapter.root):
        write = f"'{mark}: The note.' below"
        yield Finding(chapter.source.file, *chapter.source.place(mark), "no such footnote", f"'{mark}'", write)


def _undefined(element: Element) -> Iterator[str]:
    """Yield the footnote marks that Markdown left as text, code apart."""
    if element.tag in {"code", "pre"}:
        return
    yield from _UNDEFINED_NOTE.findall(element.text or "")
    for child in element:
        yield from _undefined(child)
        yield from _UNDEFINED_NOTE.findall(child.tail or "")
