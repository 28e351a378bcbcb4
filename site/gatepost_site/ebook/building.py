"""From a magnet to its files: the book as PDF, and its cover as a picture."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from gatepost_site.ebook.keeping import book_key, cover_key, is_kept, keep, read_record
from gatepost_site.ebook.manuscripts import book_manuscript, cover_manuscript
from gatepost_site.ebook.typesetting import picture, typeset

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project

_log = logging.getLogger(__name__)


def build_ebook(magnet: Magnet, project: Project) -> Path:
    """Return the path of a magnet's PDF, made anew only when something in it changed.

    Raises ContentError with every mistake of every chapter.
    """
    output = project.private / "ebooks" / magnet.filename
    key = book_key(magnet)
    if is_kept(output, key):
        return output
    started = time.perf_counter()
    book = typeset(book_manuscript(magnet, project))
    keep(output, book.pdf, key, {"pages": book.pages})
    seconds = time.perf_counter() - started
    _log.info("%s: %d pages, %d KiB, in %.1f s", output.name, book.pages, len(book.pdf) // 1024, seconds)
    return output


def cover_png(magnet: Magnet, project: Project) -> Path:
    """Return the path of a picture of the cover, about 800 pixels wide, made anew only when the cover changed."""
    output = project.private / "ebooks" / f"{magnet.stem}.png"
    key = cover_key(magnet)
    if not is_kept(output, key):
        keep(output, picture(cover_manuscript(magnet)), key, {})
    return output


def page_count(path: Path) -> int:
    """Return how many pages a built book has. Raises FileNotFoundError for one that was not built."""
    return int(read_record(path)["pages"])
