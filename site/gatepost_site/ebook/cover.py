"""What makes one book's cover differ from the next: its colours and its pattern, from its name or from its writer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.ebook.colours import contrast, darkened, mixed
from gatepost_site.ebook.literals import array, dictionary, literal

if TYPE_CHECKING:
    from gatepost_site.magnets import Magnet

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

    @property
    def accent(self) -> str:
        """The ground, dark enough for type on white paper."""
        return darkened(self.ground, "#ffffff", 5.5)

    @property
    def title(self) -> str:
        """Paper, or ink where the ground is light: the colour of the cover's own type."""
        best = max((self.paper, _INK), key=lambda colour: contrast(colour, self.ground))
        # On a middling grey only the ends of the scale can be read.
        plain = max(("#ffffff", "#000000"), key=lambda colour: contrast(colour, self.ground))
        return best if contrast(best, self.ground) >= 4.5 else plain


_INK = "#14201d"
_PALETTES = (
    Palette("#2f4b52", "#21363c", "#8fa9ad", "#d9a441", "#f1ebdd"),
    Palette("#1f5f4a", "#164638", "#7fa893", "#e2a33c", "#f4ead7"),
    Palette("#27476b", "#1a3350", "#8aa5c0", "#e0a458", "#f3ecdf"),
    Palette("#5b3a56", "#432a40", "#ac8fa8", "#dc9a5b", "#f5ebe1"),
    Palette("#7a3b2e", "#5a2a20", "#c59a8a", "#e3b04b", "#f6ecdc"),
)


def palette_of(magnet: Magnet) -> Palette:
    """Return a magnet's colours: those that its writer chose, or that its name does."""
    if colour := magnet.meta.cover.colour:
        return _around(colour)
    return _PALETTES[sum(magnet.slug.encode()) % len(_PALETTES)]


def _around(colour: str) -> Palette:
    # A light ground gives the neighbours room on the dark side alone.
    light = contrast(colour, "#ffffff") < 2
    soft = mixed(colour, "#ffffff", 0.35 if light else 0.5)
    # Ochre on a yellow or orange ground would be lost.
    warm = next((warm for warm in ("#e2a33c", "#7a3b2e") if contrast(warm, colour) >= 1.7), "#27476b")
    return Palette(colour, mixed(colour, "#000000", 0.3), soft, warm, "#f6efe2")


def palette(magnet: Magnet) -> str:
    """Return a magnet's colours as a Typst dictionary."""
    chosen = palette_of(magnet)
    colours = {**vars(chosen), "accent": chosen.accent, "title": chosen.title}
    return dictionary({name: f"rgb({literal(value)})" for name, value in colours.items()})


def tiles(slug: str) -> str:
    """Return a magnet's pattern: for each tile its shape, its quarter turns and its colours, as a Typst array."""
    bits = hashlib.shake_256(slug.encode()).digest(COLUMNS * ROWS * 3)
    return array(f"({bits[at] % _SHAPES}, {bits[at + 1] % 4}, {bits[at + 2] % 6})" for at in range(0, len(bits), 3))
