"""What a book holds, by its chapters' titles: the list that a landing page shows before anybody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.ebook.chapters import heading_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatepost_site.ebook.chapters import Chapter


@dataclass(frozen=True)
class ChapterTitle:
    """One chapter of a book, as its contents name it."""

    #: From 1, in reading order.
    number: int
    #: Plain text.
    title: str
    #: Plain text of its headings of the second level.
    sections: tuple[str, ...]


def titles(chapters: Iterable[Chapter]) -> tuple[ChapterTitle, ...]:
    """Return the titles of chapters, in reading order."""
    return tuple(_title(number, chapter) for number, chapter in enumerate(chapters, start=1))


def _title(number: int, chapter: Chapter) -> ChapterTitle:
    words = [heading_text(element) for element in chapter.root.iter("h1")]
    sections = tuple(heading_text(element) for element in chapter.root.iter("h2"))
    return ChapterTitle(number, words[0] if words else chapter.name, sections)
