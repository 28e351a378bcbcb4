"""From a magnet to its files: the book as PDF, and its cover as a picture."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

from PIL import Image

from gatepost_site.ebook.contents import ChapterTitle, titles
from gatepost_site.ebook.epub import epub
from gatepost_site.ebook.keeping import book_key, cover_key, is_kept, keep, read_record
from gatepost_site.ebook.manuscripts import book_manuscript, cover_manuscript
from gatepost_site.ebook.patience import patience
from gatepost_site.ebook.typesetting import pictures, typeset

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project

_log = logging.getLogger(__name__)
#: Bytes of a cover that is drawn; what is larger holds a photograph.
_LARGE = 250_000


def build_ebook(magnet: Magnet, project: Project) -> Path:
    """Return the path of a magnet's PDF, made anew only when something in it changed.

    Raises ContentError with every mistake of every chapter.
    """
    output = project.private / "ebooks" / magnet.filename
    key = book_key(magnet)
    if is_kept(output, key):
        return output
    with patience(output.name):
        manuscript = book_manuscript(magnet, project)
        book = typeset(manuscript)
    contents = [(title.title, title.sections) for title in titles(chapter for _, chapter in manuscript.starts)]
    keep(output, book.pdf, key, {"pages": book.pages, "contents": contents})
    _log.info("%s: %d pages, %d KiB", output.name, book.pages, len(book.pdf) // 1024)
    return output


def build_epub(magnet: Magnet, project: Project) -> Path | None:
    """Return the path of a magnet's book as EPUB, made anew only when something in it changed; None when it has none.

    Raises ContentError with every mistake of every chapter.
    """
    output = magnet.epub_path(project)
    if output is None:
        return None
    key = book_key(magnet)
    if not is_kept(output, key):
        # Typesetting finds mistakes that nothing else does.
        build_ebook(magnet, project)
        with patience(output.name):
            data = epub(magnet, project, _large_cover(magnet))
        keep(output, data, key, {})
    return output


def _large_cover(magnet: Magnet) -> tuple[str, bytes]:
    """Return the cover's file name and bytes, as large as an e-reader's screen: a photograph as JPEG, else PNG."""
    png = pictures(cover_manuscript(magnet), width=1400)[0]
    if len(png) <= _LARGE:
        return "cover.png", png
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(out, "JPEG", quality=86, optimize=True)
    return "cover.jpg", out.getvalue()


def cover_png(magnet: Magnet, project: Project) -> Path:
    """Return the path of a picture of the cover, about 800 pixels wide, made anew only when the cover changed."""
    output = project.private / "ebooks" / f"{magnet.stem}.png"
    key = cover_key(magnet)
    if not is_kept(output, key):
        keep(output, pictures(cover_manuscript(magnet))[0], key, {})
    return output


def page_count(path: Path) -> int:
    """Return how many pages a built book has. Raises FileNotFoundError for one that was not built."""
    return int(read_record(path)["pages"])


def contents_of(magnet: Magnet, project: Project) -> tuple[ChapterTitle, ...]:
    """Return the chapters of a magnet's book, () when it has none. Makes the book when it is not made yet.

    Raises ContentError with every mistake of every chapter.
    """
    if not magnet.is_ebook:
        return ()
    contents = read_record(build_ebook(magnet, project))["contents"]
    return tuple(
        ChapterTitle(number, title, tuple(sections)) for number, (title, sections) in enumerate(contents, start=1)
    )
