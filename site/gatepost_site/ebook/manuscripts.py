"""A magnet's chapters and front matter as one Typst source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.ebook.blocks import Blocks
from gatepost_site.ebook.chapters import read_chapters
from gatepost_site.ebook.cover import COLUMNS, palette, tiles
from gatepost_site.ebook.desk import Desk, Spot
from gatepost_site.ebook.literals import array, dictionary, literal
from gatepost_site.ebook.typesetting import Manuscript, template, theme
from gatepost_site.ebook.words import words_of
from gatepost_site.findings import ContentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gatepost_site.ebook.chapters import Chapter
    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project

_FRONT_MATTER = "#cover()\n#verso()\n#contents()\n"


def book_manuscript(magnet: Magnet, project: Project) -> Manuscript:
    """Return the source of a magnet's book. Raises ContentError with every mistake of every chapter."""
    chapters = read_chapters(magnet, project)
    source = _opening(magnet) + _FRONT_MATTER
    starts: list[tuple[int, Chapter]] = []
    for chapter, markup in zip(chapters, _markup(chapters, magnet), strict=True):
        starts.append((source.count("\n") + 1, chapter))
        source += markup
    return Manuscript(magnet.document.file, source + "#links()\n#opens()\n", magnet.folder, tuple(starts))


def preview_manuscript(magnet: Magnet, project: Project, opens: Sequence[int], *, last: int) -> Manuscript:
    """Return the source of a book's first pages, up to page `last`.

    `opens` are the pages that its chapters, and the links after them, open on.
    Chapters further on are there by their headings, which the contents name. Raises ContentError.
    """
    chapters = read_chapters(magnet, project)
    for chapter, page in zip(chapters, opens, strict=False):
        if page > last:
            _keep_headings(chapter)
    source = _opening(magnet, array(map(str, opens))) + _FRONT_MATTER + "#let link = faint-link\n"
    source += "".join(_markup(chapters, magnet))
    if len(opens) > len(chapters):
        source += "#links-heading()\n"
    return Manuscript(magnet.document.file, source, magnet.folder)


def _markup(chapters: Sequence[Chapter], magnet: Magnet) -> list[str]:
    """Return each chapter's markup. Raises ContentError with every mistake of every chapter."""
    desks = [Desk(chapter, chapters, magnet.folder) for chapter in chapters]
    markup = [Blocks(desk).inside(desk.chapter.root, Spot.TEXT) + "\n\n" for desk in desks]
    if findings := [finding for desk in desks for finding in desk.findings]:
        raise ContentError(findings)
    return markup


def _keep_headings(chapter: Chapter) -> None:
    headings = [element for element in chapter.root.iter() if element.tag in {"h1", "h2"}]
    chapter.root[:] = headings


def cover_manuscript(magnet: Magnet) -> Manuscript:
    """Return the source of a page with nothing but the cover."""
    return Manuscript(magnet.document.file, _opening(magnet) + "#cover()\n", magnet.folder)


def _opening(magnet: Magnet, opens: str = "none") -> str:
    """Return the book's facts, on one line, and the design that uses them."""
    meta = magnet.meta
    language, *more = magnet.book_language.split("-")
    region = next((part.lower() for part in more if len(part) == 2), "")
    facts = dictionary(
        {
            "title": literal(meta.title),
            "subtitle": literal(meta.subtitle),
            "author": literal(meta.author),
            "description": literal(meta.description),
            "keywords": array(literal(word) for word in meta.keywords),
            "date": _day(meta.published),
            "lang": literal(language),
            "region": literal(region) if region else "none",
            "words": dictionary({name: literal(text) for name, text in _printed(magnet.book_language).items()}),
            "palette": palette(magnet),
            "cover-image": literal(f"/{meta.cover.image}") if meta.cover.image else "none",
            "whole-cover": str(meta.cover.whole).lower(),
            "columns": str(COLUMNS),
            "tiles": tiles(magnet.slug),
            "opens": opens,
            "theme": f"bytes({literal(theme())})",
        }
    )
    return f"#let book = {facts}\n{template()}\n"


def _day(day: date | None) -> str:
    return f"datetime(year: {day.year}, month: {day.month}, day: {day.day})" if day else "none"


def _printed(language: str) -> dict[str, str]:
    """Return a book's own words under the names that the design has for them."""
    return {name.replace("_", "-"): text for name, text in vars(words_of(language)).items()}
