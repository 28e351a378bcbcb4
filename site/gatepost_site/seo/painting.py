"""Paints the share cards of pages: words beside a pattern, in a few colours. The design is that of card.typ."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from gatepost_site.seo import lettering, pattern
from gatepost_site.seo.cards import Card
from gatepost_site.seo.colours import channels_of, mixed, shades_of
from gatepost_site.seo.lettering import CAPITALS, REGULAR, SEMIBOLD

if TYPE_CHECKING:
    from gatepost_site.seo.lettering import Font

#: Beside the words and above them, and the room that is theirs.
_SIDE, _TOP = 68, 52
ROOM = Card.WIDTH - pattern.WIDTH - 2 * _SIDE + 12
_HEIGHT = 526
BRAND_HEIGHT = 50
#: Steps from the ground to the colour of words. Those beside the title go as far as `faint` is from the ground.
_INK, _FAINT = 15, 12
#: Steps from the lower to the upper colour of a tile.
_STEPS = 8
_PAIRS = (
    ("deep", "soft"), ("deep", "paper"), ("soft", "deep"), ("ground", "warm"), ("ground", "soft"), ("deep", "ground"),
)  # fmt: skip
# Where colours are in the palette: those of words, of each pair, of the picture of logo and name.
_PAIR_STARTS = [_INK + 1 + pair * _STEPS for pair in range(len(_PAIRS))]
_BRAND_START = _INK + 1 + len(_PAIRS) * _STEPS
_WARM = _PAIR_STARTS[3] + _STEPS - 1

_TITLE_SIZES = (80, 72, 64, 56, 50, 44)
_TITLE_HEIGHT, _TITLE_AND_SUMMARY_HEIGHT = 280, 312
#: From one base line to the next, as a share of the size.
_TITLE_LEADING, _LEADING = CAPITALS + 0.36, CAPITALS + 0.5
_NAME: Font = (SEMIBOLD, 27)
_EYEBROW: Font = (REGULAR, 25)
_SUMMARY: Font = (REGULAR, 27)
_FOOT: Font = (REGULAR, 23)
#: The stroke before the eyebrow, and the space between them.
_STROKE, _GAP = 42, 16
#: Below the eyebrow, and below the title.
_BELOW_EYEBROW, _BELOW_TITLE = 32, 40
#: Share of the free room that is above the words in the middle.
_ABOVE = 1 / 2.1
#: zlib's: runs of one colour are most of a card, and to look for more takes half as long again for little.
_RUNS = 3


def can_paint(card: Card) -> bool:
    """Whether there is nothing on a card but words, and all of them can be written here, each on a line."""
    if card.cover or card.kind or not lettering.can_write(card.words):
        return False
    single = ((card.site, _NAME), (card.foot, _FOOT), (card.eyebrow, _EYEBROW))
    return all(lettering.width(text, font) <= ROOM - _STROKE - _GAP for text, font in single)


class Painter:
    """Paints the cards of one site. `brand` is a picture of its logo and name; without one, the name is written."""

    def __init__(self, colour: str, brand: Image.Image | None = None) -> None:
        shades = vars(shades_of(colour))
        ramps = [(shades["ground"], shades["paper"], _INK + 1)]
        ramps += [(shades[under], shades[over], _STEPS) for under, over in _PAIRS]
        colours = [mixed(under, over, step / (steps - 1)) for under, over, steps in ramps for step in range(steps)]
        self._palette = bytes(channel for colour in colours for channel in channels_of(colour))
        self._brand: Image.Image | None = None
        if brand:
            few = brand.convert("RGB").quantize(256 - _BRAND_START)
            self._brand = Image.frombytes("L", few.size, bytes(_BRAND_START + index for index in few.tobytes()))
            self._palette += bytes(few.getpalette() or ())

    def paint(self, card: Card) -> bytes | None:
        """Return a card as PNG, 1200 by 630 pixels; None when its words do not fit without being broken."""
        title, summary = _title(card.title), lettering.broken(card.description, _SUMMARY, ROOM, even=False)
        if title is None or summary is None:
            return None
        # The palette's numbers, which become colours at the end.
        image = Image.new("L", (Card.WIDTH, Card.HEIGHT))
        _lay_tiles(image, card)
        page = _Words(image, rtl=card.is_right_to_left)
        if self._brand:
            image.paste(self._brand, (page.left, _TOP))
        else:
            page.line(card.site, _NAME, _TOP + (BRAND_HEIGHT + CAPITALS * _NAME[1]) / 2, ink=_INK)
        page.set(card, title, summary)
        image.putpalette(self._palette)
        target = io.BytesIO()
        image.save(target, "png", compress_level=1, compress_type=_RUNS)
        return target.getvalue()


class _Words:
    """The words on a picture, one below the other."""

    def __init__(self, image: Image.Image, *, rtl: bool) -> None:
        self._draw = ImageDraw.Draw(image)
        self._pen = lettering.Pen(self._draw, rtl)
        self.left = Card.WIDTH - _SIDE - ROOM if rtl else _SIDE

    def line(self, text: str, font: Font, base: float, *, ink: int = _FAINT, indent: int = 0) -> None:
        """Write one line."""
        x = self.left + ROOM - indent if self._pen.rtl else self.left + indent
        self._pen.write((x, base), text, font, ink)

    def set(self, card: Card, title: tuple[Font, list[str]], summary: list[str]) -> None:
        """Write everything below the name: what belongs together a little above the middle, the rest at the foot."""
        font, lines = title
        room = _HEIGHT - BRAND_HEIGHT - CAPITALS * _FOOT[1]
        heading = _height(lines, font, _TITLE_LEADING)
        below = _height(summary, _SUMMARY, _LEADING) if card.description else 0
        if heading + below > _TITLE_AND_SUMMARY_HEIGHT:
            below = 0
        eyebrow = CAPITALS * _EYEBROW[1] + _BELOW_EYEBROW if card.eyebrow else 0
        free = room - eyebrow - heading - (below + _BELOW_TITLE if below else 0)
        top = _TOP + BRAND_HEIGHT + free * _ABOVE
        if card.eyebrow:
            self._eyebrow(card.eyebrow, top + CAPITALS * _EYEBROW[1])
        self._lines(lines, font, top + eyebrow, _TITLE_LEADING, ink=_INK)
        if below:
            self._lines(summary, _SUMMARY, top + eyebrow + heading + _BELOW_TITLE, _LEADING, ink=_FAINT)
        self.line(card.foot, _FOOT, _TOP + _HEIGHT)

    def _eyebrow(self, text: str, base: float) -> None:
        left = self.left + ROOM - _STROKE if self._pen.rtl else self.left
        bottom = round(base) - 6
        self._draw.rounded_rectangle((left, bottom - 5, left + _STROKE - 1, bottom - 1), 2, fill=_WARM)
        self.line(text, _EYEBROW, base, indent=_STROKE + _GAP)

    def _lines(self, lines: list[str], font: Font, top: float, leading: float, *, ink: int) -> None:
        for number, text in enumerate(lines):
            self.line(text, font, top + font[1] * (CAPITALS + number * leading), ink=ink)


def _lay_tiles(image: Image.Image, card: Card) -> None:
    for (x, y, width, height), (shape, turns, pair) in zip(pattern.PLACES, card.tiles, strict=True):
        left = pattern.WIDTH - x - width if card.is_right_to_left else Card.WIDTH - pattern.WIDTH + x
        image.paste(_PAIR_STARTS[pair], (left, y, left + width, y + height))
        image.paste(_PAIR_STARTS[pair] + _STEPS - 1, (left, y), pattern.shape(shape, turns, width, height))


def _title(text: str) -> tuple[Font, list[str]] | None:
    """Return the largest font in which a title fits its room, and its lines; None when it fits in none."""
    for size in _TITLE_SIZES:
        font = (SEMIBOLD, size)
        lines = lettering.broken(text, font, ROOM, even=True)
        if lines and _height(lines, font, _TITLE_LEADING) <= _TITLE_HEIGHT:
            return font, lines
    return None


def _height(lines: list[str], font: Font, leading: float) -> float:
    return font[1] * (CAPITALS + (len(lines) - 1) * leading)
