"""A share card a page: what is on it, and the path that its picture has below the site."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, fields
from functools import cache, cached_property
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote, urlsplit

from gatepost_site.seo.descriptions import description_of, shortened
from gatepost_site.seo.front_matter import generated, mapping
from gatepost_site.seo.titles import heading_of

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site, SitePage

FOLDER = "assets/cards"
#: Written from right to left.
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
#: Unicode's categories of pictures, and of what is no character.
_UNDRAWN = frozenset({"So", "Cs", "Co", "Cn"})
#: What changes the look of the emoji before it.
_MODIFIERS = re.compile("[\ufe00-\ufe0f\u200d\U0001f3fb-\U0001f3ff]")
#: Files that decide how a card looks.
_DRAWN_BY = ("card.typ", "colours.py", "lettering.py", "painting.py", "pattern.py")
_TILES = 8
#: How many shapes can be drawn in a tile, and how many pairs of colours.
_SHAPES, _COLOURS = 7, 6


@dataclass(frozen=True)
class Card:
    """What is on one page's card."""

    WIDTH: ClassVar[int] = 1200
    HEIGHT: ClassVar[int] = 630

    site: str
    #: Below the site's address; "" for none.
    logo: str
    colour: str
    eyebrow: str
    title: str
    description: str
    foot: str
    #: BCP 47.
    language: str
    #: Decides the pattern.
    seed: str
    #: The picture of a magnet's cover, below the site's address; "" for none.
    cover: str = ""
    #: What kind of magnet without a cover is given away; "" for none.
    kind: str = ""

    @property
    def path(self) -> str:
        """Below the site's address; another for what else it may say, so that no network shows an old card."""
        slug = re.sub(r"\W+", "-", unquote(self.seed).removesuffix("index.html")).strip("-").lower() or "home"
        return f"{FOLDER}/{slug[:60]}-{self.key[:10]}.png"

    @property
    def words(self) -> str:
        """All that is written on it."""
        return self.site + self.eyebrow + self.title + self.description + self.foot

    @cached_property
    def key(self) -> str:
        """Hexadecimal SHA-256 of everything on the card, and of how it is drawn."""
        facts = [getattr(self, item.name) for item in fields(self)]
        return hashlib.sha256(json.dumps([facts, _design()]).encode()).hexdigest()

    @property
    def is_right_to_left(self) -> bool:
        """Whether its words run from right to left."""
        return self.language.partition("-")[0].lower() in _RIGHT_TO_LEFT

    @property
    def tiles(self) -> tuple[tuple[int, int, int], ...]:
        """Its pattern: of each tile its shape, its quarter turns and its colours."""
        bits = hashlib.shake_256(self.seed.encode()).digest(_TILES * 3)
        return tuple((bits[at] % _SHAPES, bits[at + 1] % 4, bits[at + 2] % _COLOURS) for at in range(0, len(bits), 3))


def card_of(page: SitePage, site: Site) -> Card | None:
    """Return a page's card; None when it is hidden, or when the site has no address, without which nobody sees it."""
    facts = site.facts
    # Nobody shares a preview.
    if not (facts.cards and facts.url) or facts.is_preview or page.is_hidden:
        return None
    data = generated(page)
    cover = str(mapping(data.get("cover")).get("path", ""))
    return Card(
        site=facts.name,
        logo=facts.logo,
        colour=facts.colour,
        eyebrow=_drawable(str(data.get("kind", "")) or _section(page, site)),
        title=_drawable(heading_of(page, site)),
        description=_drawable(shortened(description_of(page, site))),
        foot=_drawable(" · ".join([*page.authors[:2], urlsplit(facts.url).netloc.removeprefix("www.")])),
        language=page.language or facts.language,
        seed=page.url,
        cover=cover,
        kind=_kind(page, site) if not cover else "",
    )


def design() -> str:
    """Return the Typst source that draws cards."""
    return (files("gatepost_site.seo") / "card.typ").read_text(encoding="utf-8")


@cache
def _design() -> str:
    sources = [(files("gatepost_site.seo") / name).read_bytes() for name in _DRAWN_BY]
    return hashlib.sha256(b"".join([version("typst").encode(), version("pillow").encode(), *sources])).hexdigest()


def _kind(page: SitePage, site: Site) -> str:
    magnet = site.magnets.get(page.magnet) if page.kind == "landing" else None
    return magnet.kind if magnet else ""


def _section(page: SitePage, site: Site) -> str:
    """Say where on the site a page belongs: a post's category, else the page above it."""
    categories = page.meta.get("categories")
    if page.kind == "post" and isinstance(categories, list) and categories:
        return str(categories[0])
    above = [upper for upper in site.above(page) if upper.kind != "home"]
    return above[-1].title if above else ""


def _drawable(text: str) -> str:
    """Return text without pictures such as emoji, which no font of the cards has."""
    if text.isascii():
        return " ".join(text.split())
    kept = (sign for sign in text if sign < "\u2600" or unicodedata.category(sign) not in _UNDRAWN)
    return " ".join(_MODIFIERS.sub("", "".join(kept)).split())
