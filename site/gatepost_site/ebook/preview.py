"""The first pages of a book as pictures, as many as its writer lets a landing page show."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from gatepost_site.ebook.keeping import book_key, is_kept, keep, read_record
from gatepost_site.ebook.manuscripts import book_manuscript, preview_manuscript
from gatepost_site.ebook.patience import patience
from gatepost_site.ebook.typesetting import opening_pages, pictures

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project

#: Cover and imprint come before it: what a preview begins with are the contents.
_FIRST = 3


@dataclass(frozen=True)
class PagePicture:
    """One page of a book as a WebP picture."""

    #: In the project's private folder; its name is unlike that of any other magnet's picture.
    file: Path
    #: Both in pixels; the width is about 800.
    width: int
    height: int
    #: The page's number in the book, from 1.
    page: int


def preview_pages(magnet: Magnet, project: Project, most: int) -> tuple[PagePicture, ...]:
    """Return pictures of a book's first pages, its contents first, made anew only when the book changed.

    At most `most` of them, and never more than the magnet's key `preview` allows; () for a magnet that is no book.
    Raises ContentError with every mistake of every chapter.
    """
    count = min(most, magnet.meta.preview) if magnet.is_ebook else 0
    if count <= 0:
        return ()
    files = {page: _file(magnet, project, page) for page in range(_FIRST, _FIRST + count)}
    key = f"{book_key(magnet)}-{count}"
    if not all(is_kept(file, key) for file in files.values()):
        with patience(f"preview of {magnet.slug}"):
            _draw(magnet, project, files, key)
    return tuple(
        _picture(file, page) for page, file in files.items() if is_kept(file, key) and read_record(file)["width"]
    )


def _draw(magnet: Magnet, project: Project, files: dict[int, Path], key: str) -> None:
    opens = opening_pages(book_manuscript(magnet, project))
    drawn = pictures(preview_manuscript(magnet, project, opens, last=max(files)))
    for page, file in files.items():
        # A book may be shorter than its preview: then nothing is kept, so that it is known not to be there.
        data, width, height = _webp(drawn[page - 1]) if page <= len(drawn) else (b"", 0, 0)
        keep(file, data, key, {"width": width, "height": height})


def _webp(png: bytes) -> tuple[bytes, int, int]:
    with Image.open(io.BytesIO(png)) as image:
        out = io.BytesIO()
        image.convert("RGB").save(out, "WEBP", quality=82, method=4)
        return out.getvalue(), image.width, image.height


def _picture(file: Path, page: int) -> PagePicture:
    record = read_record(file)
    return PagePicture(file, record["width"], record["height"], page)


def _file(magnet: Magnet, project: Project, page: int) -> Path:
    return project.private / "ebooks" / f"{magnet.filename.removesuffix('.pdf')}-page-{page}.webp"
