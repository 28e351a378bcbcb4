"""What makes one book's cover differ from the next: its colours and its pattern, both drawn from the slug."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from gatepost_site.ebook.literals import array, dictionary, literal

#: Tiles across and down.
COLUMNS, ROWS = 5, 4
#: How many shapes template.typ can draw in a tile.
_SHAPES = 7


@dataclass(frozen=True)
class Palette:
    """Colours that go together: the cover's ground, two darker and lighter neighbours, a warm one, and paper."""

    ground: str
    deep: str
    soft: str
    warm: str
    paper: str


_PALETTES = (
    Palette("#2f4b52", "#21363c", "#8fa9ad", "#d9a441", "#f1ebdd"),
    Palette("#1f5f4a", "#164638", "#7fa893", "#e2a33c", "#f4ead7"),
    Palette("#27476b", "#1a3350", "#8aa5c0", "#e0a458", "#f3ecdf"),
    Palette("#5b3a56", "#432a40", "#ac8fa8", "#dc9a5b", "#f5ebe1"),
    Palette("#7a3b2e", "#5a2a20", "#c59a8a", "#e3b04b", "#f6ecdc"),
)


def palette(slug: str) -> str:
    """Return a magnet's colours as a Typst dictionary."""
    chosen = _PALETTES[sum(slug.encode()) % len(_PALETTES)]
    return dictionary({name: f"rgb({literal(value)})" for name, value in vars(chosen).items()})


def tiles(slug: str) -> str:
    """Return a magnet's pattern: for each tile its shape, its quarter turns and its colours, as a Typst array."""
    bits = hashlib.shake_256(slug.encode()).digest(COLUMNS * ROWS * 3)
    return array(f"({bits[at] % _SHAPES}, {bits[at + 1] % 4}, {bits[at + 2] % 6})" for at in range(0, len(bits), 3))
