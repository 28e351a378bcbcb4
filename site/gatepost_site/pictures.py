"""Pictures as a page needs them: where they are below the site, and how large, so that nothing jumps while loading."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.late import Late

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image
else:
    Image = Late("PIL.Image")

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Picture:
    """A picture of the built site."""

    #: Below the site's address, such as "get/checklist/cover.png".
    path: str
    #: Both in pixels.
    width: int
    height: int


def png_size(file: Path) -> tuple[int, int]:
    """Return (width, height) of a PNG file in pixels. Raises ValueError when it is none."""
    with file.open("rb") as stream:
        head = stream.read(24)
    if not head.startswith(_PNG) or len(head) < 24:
        raise ValueError(f"{file} is not a PNG file")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def picture_size(file: Path) -> tuple[int, int] | None:
    """Return (width, height) of a picture in pixels; None when it cannot be read, as an SVG cannot."""
    try:
        with Image.open(file) as image:
            return image.size
    except OSError:
        return None
