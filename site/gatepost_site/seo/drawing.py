"""Share cards drawn with Typst, each once: what is on a card names its picture, and the picture is kept."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import re
import secrets
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import typst
from PIL import Image

from gatepost_site.ebook.literals import array, dictionary, literal
from gatepost_site.seo.cards import FOLDER, Card, card_of, design
from gatepost_site.seo.metadata import own_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from typst import PDFStandard

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site

#: A page of the design is as many points wide as its picture has pixels.
_PPI = 72
#: Cards in one Typst document: enough that starting it is nothing, few enough for every core to have some.
_BATCH = 12
#: Colours of a flat design with softened edges; more are not seen, and cost bytes.
_COLOURS = 96
#: zlib's. Its best takes ten times as long, for a tenth of the bytes.
_COMPRESSION = 4
#: What the fonts that Typst brings along can write: Latin, Greek, Cyrillic, Hebrew, and the usual signs.
_BUNDLED = re.compile(
    "[\x20-\u0377\u037a-\u03ff\u0400-\u052f\u05d0-\u05ea\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff]*"
)

#: The name of a picture that is not there.
_NONE = "0"

# Below the name whose warnings a build shows.
_log = logging.getLogger(f"mkdocs.{__name__}")


def draw_cards(site: Site, public: Path, project: Project) -> None:
    """Put the cards of a site's pages into its output folder. Only those that say something new are drawn."""
    pages = (page for page in site.pages.values() if not own_picture(page))
    cards = {card.path: card for page in pages if (card := card_of(page, site))}
    if not cards:
        return
    studio = Studio(public, project.private / "cards")
    studio.draw(list(cards.values()))
    (public / FOLDER).mkdir(parents=True, exist_ok=True)
    for path, card in cards.items():
        _publish(studio.kept(card), public / path)


def _publish(kept: Path, target: Path) -> None:
    """Put a card in its place: as a second name of the kept file, which costs nothing, else as a copy."""
    target.unlink(missing_ok=True)
    try:
        os.link(kept, target)
    except OSError:
        shutil.copyfile(kept, target)


@dataclass
class Studio:
    """Draws cards, and keeps them."""

    #: Where logos and covers are.
    public: Path
    folder: Path
    _digests: dict[str, str] = field(default_factory=dict)

    def kept(self, card: Card) -> Path:
        """Return where a card's picture is, or will be."""
        return self.folder / ("-".join([card.key[:24], self._digest(card.logo), self._digest(card.cover)]) + ".png")

    def draw(self, cards: Sequence[Card]) -> None:
        """Draw the cards that are not there yet, on all cores."""
        missing = [card for card in cards if not self.kept(card).is_file()]
        own = [card for card in missing if _BUNDLED.fullmatch(_words(card))]
        foreign = [card for card in missing if not _BUNDLED.fullmatch(_words(card))]
        batches = [part[at : at + _BATCH] for part in (own, foreign) for at in range(0, len(part), _BATCH)]
        self.folder.mkdir(parents=True, exist_ok=True)
        # Threads do: Typst and Pillow let go of the interpreter while they work.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self._draw_batch, batches))

    def _draw_batch(self, cards: Sequence[Card]) -> None:
        for card, picture in zip(cards, drawn(cards, self._readable, self.public), strict=True):
            _write(self.kept(card), small(picture))

    def _readable(self, path: str) -> bool:
        return self._digest(path) != _NONE

    def _digest(self, path: str) -> str:
        """Name the content of a logo or cover; a file that is missing, or that Typst cannot read, is like none."""
        if path not in self._digests:
            file = self.public / path
            usable = bool(path) and file.is_file() and _compiles(f"#image({literal('/' + path)})", self.public)
            self._digests[path] = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if usable else _NONE
        return self._digests[path]


def drawn(cards: Sequence[Card], readable: Callable[[str], bool], public: Path) -> list[bytes]:
    """Return each card as PNG, 1200 by 630 pixels.

    Words in a script that no font of this machine has are left out: a card with boxes on it is worse than none.
    """
    bundled = all(_BUNDLED.fullmatch(_words(card)) for card in cards)
    if not bundled:
        cards = [_printable(card) for card in cards]
    compiler = typst.Compiler(_source(cards, readable).encode(), root=public, ignore_system_fonts=bundled)
    made = compiler.compile(format="png", ppi=_PPI)
    return [made] if isinstance(made, bytes) else list(made or [])


def small(picture: bytes) -> bytes:
    """Return a PNG with as few colours as a card needs: a third of the bytes, and no difference to the eye."""
    with Image.open(io.BytesIO(picture)) as image:
        # As it comes, with an alpha channel: that is twice as fast as without one. Nothing in it is transparent.
        reduced = image.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    reduced.putpalette(reduced.getpalette("RGB") or [])
    target = io.BytesIO()
    reduced.save(target, "png", compress_level=_COMPRESSION)
    return target.getvalue()


def _words(card: Card) -> str:
    return card.site + card.eyebrow + card.title + card.description + card.foot


def _printable(card: Card) -> Card:
    """Return a card with what the fonts of this machine can write."""
    if _can_write(_words(card)):
        return card
    _log.warning("No font on this machine can write %r: its share card shows the site alone.", card.title)
    bare = replace(card, eyebrow="", title=card.site, description="")
    return bare if _can_write(_words(bare)) else replace(bare, site="", title="", foot="")


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


def _source(cards: Sequence[Card], readable: Callable[[str], bool]) -> str:
    def image(path: str) -> str:
        return literal(f"/{path}") if readable(path) else "none"

    first = cards[0]
    house = {"colour": literal(first.colour), "name": literal(first.site), "logo": image(first.logo)}
    calls = (f"#card({_call(card, cover=image(card.cover))})\n" for card in cards)
    return f"#let house = {dictionary(house)}\n{design()}\n" + "".join(calls)


def _call(card: Card, *, cover: str) -> str:
    values = {
        **{name: literal(getattr(card, name)) for name in ("eyebrow", "title", "description", "foot", "kind")},
        "lang": literal(card.language.partition("-")[0].lower() or "en"),
        "dir": "rtl" if card.is_right_to_left else "ltr",
        "tiles": array(array(str(number) for number in tile) for tile in card.tiles),
        "cover": cover,
    }
    return ", ".join(f"{name}: {value}" for name, value in values.items())


def _write(path: Path, data: bytes) -> None:
    # In one step, and under a name of its own: two builds at once may not write into one file.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    temporary.write_bytes(data)
    temporary.replace(path)
