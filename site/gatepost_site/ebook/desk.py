"""What every part of the converter has before it: the chapter, the book around it, and a list for mistakes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gatepost_site.ebook.chapters import Chapter


class Spot(Enum):
    """Where on the page text stands, as far as that changes how it is set."""

    TEXT = auto()
    CELL = auto()
    NOTE = auto()
    HEADING = auto()


@dataclass
class Desk:
    """One chapter at work."""

    chapter: Chapter
    chapters: Sequence[Chapter]
    #: The magnet's folder, the only one that pictures may come from.
    folder: Path
    findings: list[Finding] = field(default_factory=list)
    #: Footnotes that are set already: a second mark points to the first.
    noted: set[str] = field(default_factory=set)

    def find(self, what: str, *snippets: str, found: str = "", write: str = "") -> None:
        """Note a mistake at the first of the snippets that stands in the chapter."""
        source = self.chapter.source
        self.findings.append(Finding(source.file, *source.place(*snippets), what, found, write))
