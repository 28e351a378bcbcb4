"""A magnet's chapters and front matter as one Typst source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.ebook.blocks import Blocks
from gatepost_site.ebook.chapters import read_chapters
from gatepost_site.ebook.cover import COLUMNS, palette, tiles
from gatepost_site.ebook.desk import Desk, Spot
from gatepost_site.ebook.literals import dictionary, literal
from gatepost_site.ebook.typesetting import Manuscript, template, theme
from gatepost_site.findings import ContentError

if TYPE_CHECKING:
    from gatepost_site.ebook.chapters import Chapter
    from gatepost_site.findings import Finding
    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project


def book_manuscript(magnet: Magnet, project: Project) -> Manuscript:
    """Return the source of a magnet's book. Raises ContentError with every mistake of every chapter."""
    chapters = read_chapters(magnet, project)
    source = _opening(magnet) + "#cover()\n#verso()\n#contents()\n"
    starts: list[tuple[int, Chapter]] = []
    findings: list[Finding] = []
    for chapter in chapters:
        desk = Desk(chapter, chapters, magnet.folder)
        starts.append((source.count("\n") + 1, chapter))
        source += Blocks(desk).inside(chapter.root, Spot.TEXT) + "\n\n"
        findings += desk.findings
    if findings:
        raise ContentError(findings)
    return Manuscript(magnet.document.file, source, magnet.folder, tuple(starts))


def cover_manuscript(magnet: Magnet) -> Manuscript:
    """Return the source of a page with nothing but the cover."""
    return Manuscript(magnet.document.file, _opening(magnet) + "#cover()\n", magnet.folder)


def _opening(magnet: Magnet) -> str:
    """Return the book's facts, on one line, and the design that uses them."""
    meta = magnet.meta
    facts = dictionary(
        {
            "title": literal(meta.title),
            "subtitle": literal(meta.subtitle),
            "author": literal(meta.author),
            "description": literal(meta.description),
            "palette": palette(magnet.slug),
            "columns": str(COLUMNS),
            "tiles": tiles(magnet.slug),
            "theme": f"bytes({literal(theme())})",
        }
    )
    return f"#let book = {facts}\n{template()}\n"
