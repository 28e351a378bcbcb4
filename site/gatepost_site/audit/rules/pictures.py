"""Pictures: what they say to those who do not see them, and what they weigh."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from PIL import Image

from gatepost_site.audit.registry import rule
from gatepost_site.documents import shown
from gatepost_site.findings import Finding
from gatepost_site.images.measuring import UnreadableImageError, measure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_site.audit.inquiry import Inquiry

#: Bytes, and pixels on a side, beyond which a picture costs readers more than it shows them.
MAX_BYTES, MAX_PIXELS = 500_000, 2560
_DRAWN = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"})
_PICTURES = _DRAWN | {".svg"}
_NO_WORDS = re.compile(
    r"^(?:image|img|picture|photo|screenshot|bild|foto)?\s*\d*$|\.(?:png|jpe?g|gif|svg|webp|avif)$", re.IGNORECASE
)


@rule(
    "alt-missing",
    "Pictures have a text for those who do not see them",
    "Screen readers read out the file's name instead, and search engines learn nothing.",
    "warning",
)
def missing_alt(inquiry: Inquiry) -> Iterator[Finding]:
    """Find pictures without alternative text; `role=presentation` or `alt=""` in HTML says that one only decorates."""
    for draft in inquiry.drafts:
        for link in draft.markup.links:
            if not link.is_picture or link.is_decoration:
                continue
            if _NO_WORDS.search((link.text or "").strip()):
                name = posixpath.basename(link.target)
                found = f"'{link.text}'" if link.text else "no text"
                what = f"picture '{name}' has no text for those who do not see it"
                yield Finding(draft.file, link.line, link.column, what, found, "what the picture shows, in a few words")


@rule(
    "image-bytes",
    "Pictures weigh less than 500 kB",
    "On a telephone, a heavy picture is most of the time that readers wait.",
    "warning",
)
def heavy_image(inquiry: Inquiry) -> Iterator[Finding]:
    """Find picture files of many bytes."""
    for file in _files(inquiry):
        size = file.stat().st_size
        if size > MAX_BYTES:
            write = f"at most {MAX_BYTES // 1000} kB: fewer pixels, or WebP"
            yield Finding(shown(file, inquiry.project.root), 1, 1, "picture is heavy", f"{size // 1000} kB", write)


@rule(
    "image-pixels",
    "Pictures are no larger than screens",
    "Nobody sees the pixels beyond 2560, and everybody loads them.",
    "warning",
)
def large_image(inquiry: Inquiry) -> Iterator[Finding]:
    """Find picture files of many pixels."""
    for file in _files(inquiry):
        width, height = _size(file)
        if max(width, height) > MAX_PIXELS:
            where = (shown(file, inquiry.project.root), 1, 1)
            yield Finding(
                *where, "picture is larger than screens", f"{width} x {height}", f"at most {MAX_PIXELS} a side"
            )


@rule(
    "image-broken",
    "Files that are called pictures are some",
    "Browsers show a torn frame in its place.",
    "error",
)
def broken_image(inquiry: Inquiry) -> Iterator[Finding]:
    """Find picture files that nothing can open, such as a download of an error page, or a pointer of Git LFS."""
    for file in _files(inquiry):
        try:
            measure(file)
        except (UnreadableImageError, OSError):
            where = (shown(file, inquiry.project.root), 1, 1)
            yield Finding(*where, "not a picture that can be read", write="the picture saved anew")


def _files(inquiry: Inquiry) -> Iterator[Path]:
    names = inquiry.config.files if inquiry.config else frozenset()
    for name in sorted(names):
        file = inquiry.project.content / name
        if posixpath.splitext(name)[1].lower() in _PICTURES and file.is_file():
            yield file


def _size(file: Path) -> tuple[int, int]:
    """Return a picture's size in pixels from its first bytes, (0, 0) when it cannot be told."""
    if file.suffix.lower() not in _DRAWN:
        return 0, 0
    try:
        with Image.open(file) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return 0, 0
