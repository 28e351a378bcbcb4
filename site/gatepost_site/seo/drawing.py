"""Share cards drawn, each once: what is on a card names its picture, and the picture is kept."""

from __future__ import annotations

import hashlib
import os
import posixpath
import secrets
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatepost_site.seo.cards import FOLDER, Card, card_of
from gatepost_site.seo.metadata import own_picture
from gatepost_site.speed.workers import spread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.seo.painting import Painter
    from gatepost_site.site_pages import Site

#: Cards in one Typst document: enough that starting it is nothing, few enough for every core to have some.
_BATCH = 12
#: Seconds for which a card that no page has is kept: another branch may have it, or another build be drawing it.
_KEPT_SECONDS = 86_400
#: The name of a picture that is not there.
_NONE = "0"

# Pillow and Typst are loaded when there is something to draw, which most builds have not.


def draw_cards(site: Site, public: Path, project: Project) -> None:
    """Put the cards of a site's pages into its output folder. Only those that say something new are drawn."""
    pages = (page for page in site.pages.values() if not own_picture(page))
    cards = {card.path: card for page in pages if (card := card_of(page, site))}
    _sweep(public / FOLDER, {posixpath.basename(path) for path in cards})
    if not cards:
        return
    studio = Studio(public, project.private / "cards")
    studio.draw(list(cards.values()))
    (public / FOLDER).mkdir(parents=True, exist_ok=True)
    kept, placed = _inodes(studio.folder), _inodes(public / FOLDER)
    for path, card in cards.items():
        name = studio.name(card)
        if placed.get(posixpath.basename(path)) != kept[name]:
            _publish(studio.folder / name, public / path)
    studio.forget_others(cards.values())


def _sweep(folder: Path, wanted: Collection[str]) -> None:
    """Delete the cards of an earlier build that no page has any more; what else lies there has no second name."""
    with suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            if entry.name not in wanted and entry.is_file(follow_symlinks=False) and entry.stat().st_nlink > 1:
                os.unlink(entry)  # noqa: PTH108 - there are thousands of them


def _inodes(folder: Path) -> dict[str, int]:
    """Return the number that the file system gives each file of a folder: second names of a file have the same."""
    with os.scandir(folder) as entries:
        return {entry.name: entry.inode() for entry in entries}


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

    def name(self, card: Card) -> str:
        """Return the name of the file in which a card's picture is kept."""
        return f"{card.key[:24]}-{self._digest(card.logo)}-{self._digest(card.cover)}.png"

    def draw(self, cards: Sequence[Card]) -> None:
        """Draw the cards that are not there yet, on all cores."""
        self.folder.mkdir(parents=True, exist_ok=True)
        there = _inodes(self.folder)
        if missing := [card for card in cards if self.name(card) not in there]:
            self._typeset(self._painted(missing))

    def forget_others(self, cards: Iterable[Card]) -> None:
        """Delete the pictures of cards that no page has any more."""
        wanted, before = {self.name(card) for card in cards}, time.time() - _KEPT_SECONDS
        for path in self.folder.iterdir():
            if path.name not in wanted:
                with suppress(OSError):
                    # Each build that shows a card links to it, and the file system notes that.
                    if path.stat().st_ctime < before:
                        path.unlink()

    def _painted(self, cards: Sequence[Card]) -> list[Card]:
        """Paint cards that are words alone, which takes a tenth of the time; return those that are left."""
        from gatepost_site.seo.painting import can_paint  # noqa: PLC0415

        easy = [card for card in cards if can_paint(card)]
        painters = {house: self._painter(card) for house, card in {_house(card): card for card in easy}.items()}

        def paint(card: Card) -> bool:
            picture = painters[_house(card)].paint(card)
            if picture:
                _write(self.folder / self.name(card), picture)
            return picture is not None

        done = zip(easy, spread(easy, paint), strict=True)
        painted = {card for card, is_done in done if is_done or (is_done is None and paint(card))}
        return [card for card in cards if card not in painted]

    def _painter(self, card: Card) -> Painter:
        from gatepost_site.seo.painting import BRAND_HEIGHT, ROOM, Painter  # noqa: PLC0415
        from gatepost_site.seo.typeset_cards import typeset_brand  # noqa: PLC0415

        drawn = self._readable(card.logo)
        return Painter(card.colour, typeset_brand(card, ROOM, BRAND_HEIGHT, self.public) if drawn else None)

    def _typeset(self, cards: Sequence[Card]) -> None:
        if not cards:
            return
        from gatepost_site.seo.typeset_cards import is_bundled  # noqa: PLC0415

        parts = [card for card in cards if is_bundled(card)], [card for card in cards if not is_bundled(card)]
        batches = [part[at : at + _BATCH] for part in parts for at in range(0, len(part), _BATCH)]
        # Threads do: Typst and Pillow let go of the interpreter while they work.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self._typeset_batch, batches))

    def _typeset_batch(self, cards: Sequence[Card]) -> None:
        from gatepost_site.seo.typeset_cards import small, typeset  # noqa: PLC0415

        for card, picture in zip(cards, typeset(cards, self._readable, self.public), strict=True):
            _write(self.folder / self.name(card), small(picture))

    def _readable(self, path: str) -> bool:
        return self._digest(path) != _NONE

    def _digest(self, path: str) -> str:
        """Name the content of a logo or cover; a file that is missing, or that Typst cannot read, is like none."""
        if path not in self._digests:
            self._digests[path] = self._digest_of(path)
        return self._digests[path]

    def _digest_of(self, path: str) -> str:
        file = self.public / path
        if not path or not file.is_file():
            return _NONE
        from gatepost_site.seo.typeset_cards import is_readable  # noqa: PLC0415

        return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if is_readable(path, self.public) else _NONE


def _house(card: Card) -> tuple[str, str, str, bool]:
    """Return what all cards of one painter share."""
    return card.site, card.logo, card.colour, card.is_right_to_left


def _write(path: Path, data: bytes) -> None:
    # In one step, and under a name of its own: two builds at once may not write into one file.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    temporary.write_bytes(data)
    temporary.replace(path)
