"""Links of a book: those inside it become jumps, those out of it stay readable on paper."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from gatepost_site.ebook.literals import literal
from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_site.ebook.chapters import Chapter

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


def label(chapter: str, anchor: str) -> str:
    """Return Typst code for the label of an anchor; of the chapter itself when the anchor is empty."""
    return f"label({literal(f'{chapter}#{anchor}')})"


def is_external(address: str) -> bool:
    """Tell whether an address leads out of the book to somewhere that it may lead to."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() in _SCHEMES and bool(parts.netloc or parts.path)


def on_paper(address: str, shown: str) -> str:
    """Return the address as print shows it, "" when the link's own words already do."""
    plain = address.removeprefix("mailto:").removeprefix("tel:")
    bare = plain.removeprefix("https://").removeprefix("http://").removesuffix("/")
    return "" if shown.strip().removesuffix("/") in {bare, plain.removesuffix("/"), f"www.{bare}"} else plain


@dataclass(frozen=True)
class Place:
    """Where a link inside a book leads to."""

    chapter: Chapter
    #: "" is the chapter's beginning.
    anchor: str


def place_of(address: str, chapter: Chapter, chapters: Sequence[Chapter]) -> Place | Finding:
    """Return where an address inside the book leads to, or what is wrong with it."""
    path, _, anchor = unquote(address).partition("#")
    name = posixpath.normpath(path) if path else chapter.name
    target = next((other for other in chapters if other.name == name), None)
    file, place = chapter.source.file, chapter.source.place(f"]({address}", address)
    if target is None:
        names = ", ".join(f"'{other.name}'" for other in chapters[:3])
        write = f"a full address as 'https://...', or a chapter as {names}"
        return Finding(file, *place, "link leads nowhere in this book", f"'{address}'", write)
    if anchor and anchor not in target.anchors:
        write = f"'#' and a heading's own anchor in {target.name}, or no '#'"
        return Finding(file, *place, "no such anchor", f"'{address}'", write)
    return Place(target, anchor)


def jump(address: str, chapter: Chapter, chapters: Sequence[Chapter]) -> str | Finding:
    """Return the label that an address inside the book leads to, or what is wrong with it."""
    place = place_of(address, chapter, chapters)
    return place if isinstance(place, Finding) else label(place.chapter.name, place.anchor)
