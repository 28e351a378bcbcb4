"""Pictures of a chapter: only from the magnet's own folder, and never without words for those who cannot see them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gatepost_site.book_cover import BEGINNINGS
from gatepost_site.ebook.literals import literal, words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from gatepost_site.ebook.desk import Desk

SUFFIXES = frozenset(BEGINNINGS)
#: What a drawing must not do in a reader program: run something, or fetch something.
_ACTIVE = re.compile(rb"<script\b|\bon\w+\s*=|\bhref\s*=\s*[\"'](?!#|data:)", re.IGNORECASE)
_PERCENT = re.compile(r"(?:100|[1-9]?\d)%")


def figure(element: Element, desk: Desk) -> str:
    """Return a picture that stands alone, with its caption: the title, or the alternative text."""
    path = _path(element, desk)
    caption = element.get("title") or element.get("alt", "")
    width = element.get("width", "")
    size = width if _PERCENT.fullmatch(width) else "auto"
    return f"#picture({path}, {literal(element.get('alt', ''))}, {size})[{words(caption)}]" if path else ""


def inline_picture(element: Element, desk: Desk) -> str:
    """Return a picture within a line of text, as high as the line."""
    path = _path(element, desk)
    return f"#small-picture({path}, {literal(element.get('alt', ''))});" if path else ""


def _path(element: Element, desk: Desk) -> str:
    """Return the path as Typst takes it, from the magnet's folder; "" with a finding when it cannot be had."""
    address = element.get("src", "")
    where = (f"]({address}", address)
    folder = desk.folder.resolve()
    path = (desk.chapter.path.parent / unquote(address)).resolve()
    if not element.get("alt", "").strip():
        desk.find("picture without words", *where, found=f"'{address}'", write=f"'![What it shows]({address})'")
    if ":" in address or not path.is_relative_to(folder):
        write = "the path of a file in the magnet's folder"
        desk.find("picture is outside the magnet", *where, found=f"'{address}'", write=write)
        return ""
    if path.suffix.lower() not in SUFFIXES:
        write = "a file ending in " + ", ".join(sorted(SUFFIXES))
        desk.find("not a kind of picture that prints", *where, found=f"'{address}'", write=write)
        return ""
    if not path.is_file():
        write = "the path of a picture, from the chapter's folder"
        desk.find("no such picture", *where, found=f"'{address}'", write=write)
        return ""
    data = path.read_bytes()
    if path.suffix.lower() == ".svg" and _ACTIVE.search(data):
        write = "the drawing saved as plain SVG, with everything in it"
        desk.find("drawing with a script or a foreign file in it", *where, found=f"'{address}'", write=write)
        return ""
    if not data.startswith(BEGINNINGS[path.suffix.lower()]):
        write = "a picture of the kind that its name ends in"
        desk.find("not the picture that its name says", *where, found=f"'{address}'", write=write)
        return ""
    return literal("/" + path.relative_to(folder).as_posix())
