"""How large a picture is, and what may be done with it."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from gatepost_site.late import Late

if TYPE_CHECKING:
    from pathlib import Path

    import PIL
    from PIL import Image
else:
    PIL, Image = Late("PIL"), Late("PIL.Image")

#: Suffixes of what this package knows.
SUFFIXES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})
#: Pixels. Decoding more takes gigabytes, and nobody means to publish it.
MOST_PIXELS = 64_000_000
_LENGTH = re.compile(r"\s*([0-9.]+)(?:px)?\s*")
#: Position of the camera -> whether width and height change places.
_ORIENTATION, _TURNED = 0x0112, frozenset({5, 6, 7, 8})


class UnreadableImageError(Exception):
    """A file whose name says picture, and whose bytes do not."""


@dataclass(frozen=True)
class Size:
    """A picture as a browser shows it. Both in pixels."""

    width: int
    height: int
    #: Whether smaller files can be made of it: not of drawings, of what moves, nor of rare kinds of colour.
    is_still: bool


def measure(file: Path) -> Size:
    """Return the size of a picture. Raises UnreadableImageError, and OSError when there is no file."""
    return _vector_size(file) if file.suffix.lower() == ".svg" else _raster_size(file)


def _raster_size(file: Path) -> Size:
    try:
        with warnings.catch_warnings(), Image.open(file) as image:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            width, height = image.size
            if image.getexif().get(_ORIENTATION) in _TURNED:
                width, height = height, width
            moves = getattr(image, "n_frames", 1) > 1
            is_still = not moves and image.mode in {"L", "LA", "P", "RGB", "RGBA"} and width * height <= MOST_PIXELS
            return Size(width, height, is_still)
    except (PIL.UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise UnreadableImageError(str(error)) from error


def _vector_size(file: Path) -> Size:
    try:
        # The first element is all there is to know.
        _, root = next(ET.iterparse(file, events=("start",)))  # noqa: S314 - the writer's own file
    except (ET.ParseError, StopIteration) as error:
        raise UnreadableImageError(str(error)) from error
    width, height = _pixels(root.get("width")), _pixels(root.get("height"))
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    ratio = [_pixels(value) for value in box[2:]] if len(box) == 4 else [0.0, 0.0]
    if not (width and height) and all(ratio):
        width, height = (width, width * ratio[1] / ratio[0]) if width else _fitted(height, *ratio)
    return Size(round(width), round(height), is_still=False)


def _fitted(height: float, width_of_box: float, height_of_box: float) -> tuple[float, float]:
    return (height * width_of_box / height_of_box, height) if height else (width_of_box, height_of_box)


def _pixels(length: str | None) -> float:
    """Return a length in pixels, 0 for one that depends on its surroundings, such as "100%" or "2em"."""
    found = _LENGTH.fullmatch(length or "")
    try:
        return float(found[1]) if found else 0
    except ValueError:
        return 0
