"""Share cards set with Typst: those with a cover, in other scripts, and those whose words must be hyphenated."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import typst
from PIL import Image

from gatepost_site.ebook.literals import array, dictionary, literal
from gatepost_site.seo.cards import design
from gatepost_site.seo.colours import shades_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from typst import PDFStandard

    from gatepost_site.seo.cards import Card

#: A page of the design is as many points wide as its picture has pixels.
_PPI = 72
#: Colours of a flat design with softened edges; more are not seen, and cost bytes.
_COLOURS = 96
#: zlib's. Its best takes ten times as long, for a tenth of the bytes.
_COMPRESSION = 4
#: What the fonts that Typst brings along can write: Latin, Greek, Cyrillic, Hebrew, and the usual signs.
_BUNDLED = re.compile(
    "[\x20-\u0377\u037a-\u03ff\u0400-\u052f\u05d0-\u05ea\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff]*"
)

# Below the name whose warnings a build shows.
_log = logging.getLogger(f"mkdocs.{__name__}")


def typeset(cards: Sequence[Card], readable: Callable[[str], bool], public: Path) -> list[bytes]:
    """Return each card as PNG, 1200 by 630 pixels.

    Words in a script that no font of this machine has are left out: a card with boxes on it is worse than none.
    """
    bundled = all(map(is_bundled, cards))
    if not bundled:
        cards = [_printable(card) for card in cards]
    calls = (f"#card({_call(card, cover=_image(card.cover, readable))})\n" for card in cards)
    return _drawn(_house(cards[0], readable) + "".join(calls), public, bundled=bundled)


def typeset_brand(card: Card, width: int, height: int, public: Path) -> Image.Image:
    """Return a site's logo and name as they are on a card, on the card's ground."""
    direction = "rtl" if card.is_right_to_left else "ltr"
    page = f"#page(width: {width}pt, height: {height}pt, {{ set text(dir: {direction}); brand-line(house.logo) }})\n"
    [picture] = _drawn(_house(card, lambda _: True) + page, public, bundled=is_bundled(card))
    with Image.open(io.BytesIO(picture)) as image:
        return image.convert("RGB")


def small(picture: bytes) -> bytes:
    """Return a PNG with as few colours as a card needs: a third of the bytes, and no difference to the eye."""
    with Image.open(io.BytesIO(picture)) as image:
        # As it comes, with an alpha channel: that is twice as fast as without one. Nothing in it is transparent.
        reduced = image.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    reduced.putpalette(reduced.getpalette("RGB") or [])
    target = io.BytesIO()
    reduced.save(target, "png", compress_level=_COMPRESSION)
    return target.getvalue()


def is_bundled(card: Card) -> bool:
    """Whether the fonts that Typst brings along can write a card."""
    return _BUNDLED.fullmatch(card.words) is not None


def is_readable(path: str, public: Path) -> bool:
    """Whether Typst can read a picture, whose path is below the site's address."""
    return _compiles(f"#image({literal('/' + path)})", public)


def _drawn(source: str, public: Path, *, bundled: bool) -> list[bytes]:
    compiler = typst.Compiler(source.encode(), root=public, ignore_system_fonts=bundled)
    made = compiler.compile(format="png", ppi=_PPI)
    return [made] if isinstance(made, bytes) else list(made or [])


def _printable(card: Card) -> Card:
    """Return a card with what the fonts of this machine can write."""
    if _can_write(card.words):
        return card
    _log.warning("No font on this machine can write %r: its share card shows the site alone.", card.title)
    bare = replace(card, eyebrow="", title=card.site, description="")
    return bare if _can_write(bare.words) else replace(bare, site="", title="", foot="")


def _can_write(words: str) -> bool:
    # Accessible PDF alone takes a character that no font has for an error.
    source = f'#set document(title: "Words", date: none)\n#{literal(words)}\n'
    return _compiles(source, None, standard="ua-1")


def _compiles(source: str, root: Path | None, *, standard: PDFStandard | None = None) -> bool:
    try:
        typst.Compiler(source.encode(), root=root).compile(format="pdf", pdf_standards=standard)
    except typst.TypstError:
        return False
    return True


def _house(card: Card, readable: Callable[[str], bool]) -> str:
    """Return the design, with what all cards of a site share before it."""
    values = {name: literal(value) for name, value in vars(shades_of(card.colour)).items()}
    values |= {"name": literal(card.site), "logo": _image(card.logo, readable)}
    return f"#let house = {dictionary(values)}\n{design()}\n"


def _image(path: str, readable: Callable[[str], bool]) -> str:
    return literal(f"/{path}") if readable(path) else "none"


def _call(card: Card, *, cover: str) -> str:
    values = {
        **{name: literal(getattr(card, name)) for name in ("eyebrow", "title", "description", "foot", "kind")},
        "lang": literal(card.language.partition("-")[0].lower() or "en"),
        "dir": "rtl" if card.is_right_to_left else "ltr",
        "tiles": array(array(str(number) for number in tile) for tile in card.tiles),
        "cover": cover,
    }
    return ", ".join(f"{name}: {value}" for name, value in values.items())
