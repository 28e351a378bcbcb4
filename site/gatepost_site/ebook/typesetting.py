"""Typst, called from one place: only the fonts of its wheel, no packages, no dates, and its errors in our words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import typst

from gatepost_site.findings import ContentError, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gatepost_site.ebook.chapters import Chapter

#: Accessible PDF. It also turns a character that no font has into an error, where plain PDF prints a blank.
STANDARD: Final = "ua-1"
#: Width of A5 in inches.
_INCHES = 148 / 25.4

_BLOCK = re.compile(r"^error: (?P<message>.+?)\n(?P<rest>.*?)(?=^error: |\Z)", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"\.typ:(\d+):\d+")
_PAGES = re.compile(rb"/Type/Pages/Count (\d+)")
_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')


@dataclass(frozen=True)
class Manuscript:
    """Typst source, and which of its lines come from which file."""

    file: str
    source: str
    #: The folder that pictures are in.
    folder: Path
    #: First line of each chapter in the source, in order.
    starts: Sequence[tuple[int, Chapter]] = ()


@dataclass(frozen=True)
class Typeset:
    """A finished book."""

    pdf: bytes
    pages: int


def template() -> str:
    """Return the book's design."""
    return (files("gatepost_site.ebook") / "template.typ").read_text(encoding="utf-8")


def theme() -> str:
    """Return the colours of code."""
    return (files("gatepost_site.ebook") / "code.tmTheme").read_text(encoding="utf-8")


def typeset(manuscript: Manuscript) -> Typeset:
    """Make the PDF. Raises ContentError when Typst refuses, which checked chapters hardly ever cause."""
    try:
        pdf = _one(_compiler(manuscript).compile(format="pdf", pdf_standards=[STANDARD]))
    except typst.TypstError as error:
        raise ContentError(_findings(error, manuscript)) from error
    # Asking Typst would cost a second layout. The tree of pages is the first object that it writes.
    pages = _PAGES.search(pdf)
    return Typeset(pdf, int(pages[1]) if pages else 0)


def opening_pages(manuscript: Manuscript) -> list[int]:
    """Return the pages, from 1, that a book's chapters open on. Raises ContentError when Typst refuses."""
    try:
        found: list[int] = json.loads(_compiler(manuscript).query("<opens>", field="value", one=True))
    except typst.TypstError as error:
        raise ContentError(_findings(error, manuscript)) from error
    return found


def pictures(manuscript: Manuscript, *, width: int = 800) -> list[bytes]:
    """Draw the pages of a manuscript as PNG, about `width` pixels wide. Raises ContentError when Typst refuses."""
    try:
        drawn = _compiler(manuscript).compile(format="png", ppi=width / _INCHES)
    except typst.TypstError as error:
        raise ContentError(_findings(error, manuscript)) from error
    return drawn if isinstance(drawn, list) else [drawn or b""]


def _compiler(manuscript: Manuscript) -> typst.Compiler:
    return typst.Compiler(manuscript.source.encode(), root=manuscript.folder, ignore_system_fonts=True)


def _one(result: bytes | list[bytes] | None) -> bytes:
    """Return the one file that Typst made."""
    result = result[0] if isinstance(result, list) else result
    return result or b""


def _findings(error: typst.TypstError, manuscript: Manuscript) -> list[Finding]:
    """Say each of Typst's errors in one line, at the chapter that it comes from."""
    blocks = [(match["message"], match["rest"]) for match in _BLOCK.finditer(error.diagnostic)]
    return [_finding(message, rest, manuscript) for message, rest in blocks or [(error.message, "")]]


def _finding(message: str, rest: str, manuscript: Manuscript) -> Finding:
    # An error inside the design names the chapter further down, as the caller: the last line of the source.
    number = max((int(line) for line in _LINE.findall(rest)), default=0)
    chapter = next((chapter for start, chapter in reversed(manuscript.starts) if start <= number), None)
    glyph = _GLYPH.search(message)
    if glyph is None:
        file = chapter.source.file if chapter else manuscript.file
        if message.endswith("depth exceeded"):
            return Finding(file, 1, 1, "nested too deeply", write="at most a few levels")
        return Finding(file, 1, 1, f"the ebook cannot be typeset ({message.splitlines()[0]})")
    found = " ".join(f"'{character}' (U+{ord(character):04X})" for character in glyph[1])
    what, write = "no font has this character", "another character, or words"
    if chapter is None:
        return Finding(manuscript.file, 1, 1, what, found, write)
    return Finding(chapter.source.file, *chapter.source.character(glyph[1]), what, found, write)
