"""Words on a picture: how wide they are, where their lines break, and how they are drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont, features

#: A file of the folder fonts, and a size in pixels.
Font: TypeAlias = "tuple[str, int]"

REGULAR, SEMIBOLD = "LibertinusSerif-Regular.otf", "LibertinusSerif-Semibold.otf"
_FONTS = Path(__file__).parent / "fonts"
#: Height of its capitals, as a share of the size.
CAPITALS = 0.645
#: What both fonts can write, of what is written with letters.
_COVERED = re.compile(
    "[\x20-~\xa0-\xac\xae-\u023f\u0250-\u02e4\u0300-\u0331\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f"
    "\u0490-\u04c4\u04d0-\u04f9\u05b0-\u05c3\u05d0-\u05ea\u05f0-\u05f4\u1e00-\u1e9b\u1e9e\u1ea0-\u1ef9\u1f00-\u1f15"
    "\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fc4\u1fc6-\u1fd3\u1fd6-\u1fdb"
    "\u1fdd-\u1fef\u1ff2-\u1ff4\u1ff6-\u1ffe\u2010-\u2027\u2030-\u2037\u2039-\u203e\u2044\u2070\u2074-\u208e\u20a2-\u20a4"
    "\u20a7\u20a8\u20ab\u20ac\u20af\u20b1\u20bf\u2116\u2122\u2126\u2153-\u215e\u2190-\u2199\u2212\u221e\u2248\u2260\u2264\u2265]*"
)
_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff]")
#: Pictures of words to remember: a few megabytes.
_REMEMBERED = 2048


def can_write(text: str) -> bool:
    """Whether the fonts here have every letter of a text, and this machine the library that sets them right."""
    return bool(features.check("raqm")) and _COVERED.fullmatch(text) is not None


@lru_cache(maxsize=32 * _REMEMBERED)
def width(text: str, font: Font) -> float:
    """Return the pixels that a text takes on a line."""
    return _font(font).getlength(text)


def broken(text: str, font: Font, room: float, *, even: bool) -> list[str] | None:
    """Break a text into as few lines as possible; None when a word is wider than the room.

    `even` makes all lines about as long as each other; otherwise the last may be short, though no single word.
    """
    words = text.split(" ")
    widths = [width(word, font) for word in words]
    if max(widths) > room:
        return None
    space = width(" ", font)
    # Of the words from each one on: (number of lines, how uneven they are, where the second begins).
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)] * (len(words) + 1)
    for start in range(len(words) - 1, -1, -1):
        ways, length = [], -space
        for end in range(start + 1, len(words) + 1):
            length += space + widths[end - 1]
            if length > room:
                break
            lines, rest, _ = best[end]
            slack = 0.0 if end == len(words) and not even and end - start > 1 else (room - length) ** 2
            ways.append((lines + 1, rest + slack, end))
        best[start] = min(ways)
    starts = [0]
    while starts[-1] < len(words):
        starts.append(best[starts[-1]][2])
    return [" ".join(words[start:end]) for start, end in pairwise(starts)]


@dataclass(frozen=True)
class Pen:
    """Writes on a picture."""

    draw: ImageDraw.ImageDraw
    #: Whether lines run from the right.
    rtl: bool

    def write(self, place: tuple[float, float], text: str, font: Font, ink: int) -> None:
        """Write a line. `place` is where it begins on its base line: at its right when it runs from there."""
        x, y = place
        if self.rtl or _FROM_THE_RIGHT.search(text):
            direction, anchor = ("rtl", "rs") if self.rtl else ("ltr", "ls")
            self.draw.text((round(x), round(y)), text, ink, _font(font), anchor=anchor, direction=direction)
            return
        space = width(" ", font)
        for word in text.split(" "):
            # Drawn once: a few hundred words are most of what anybody writes.
            image, left, top = _drawn(word, font)
            self.draw.bitmap((round(x) + left, round(y) + top), image, fill=ink)
            x += width(word, font) + space


@lru_cache(maxsize=_REMEMBERED)
def _drawn(word: str, font: Font) -> tuple[Image.Image, int, int]:
    left, top, right, bottom = (round(edge) for edge in _font(font).getbbox(word, anchor="ls"))
    image = Image.new("L", (max(right - left, 1), max(bottom - top, 1)))
    ImageDraw.Draw(image).text((-left, -top), word, 255, _font(font), anchor="ls")
    return image, left, top


@cache
def _font(font: Font) -> ImageFont.FreeTypeFont:
    name, size = font
    return ImageFont.truetype(str(_FONTS / name), size, layout_engine=ImageFont.Layout.RAQM)
