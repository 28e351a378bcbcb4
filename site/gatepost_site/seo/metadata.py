"""What the world is told about one page, decided once: every value from front matter, else from the page itself."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from gatepost_site.seo.cards import card_of
from gatepost_site.seo.descriptions import description_of
from gatepost_site.seo.front_matter import generated, mapping, one_line, text_of
from gatepost_site.seo.titles import heading_of, title_of

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site, SitePage

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class SharedPicture:
    """The picture that stands for a page elsewhere."""

    #: Full address.
    address: str
    #: Both in pixels, 0 when unknown.
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Metadata:
    """What the world is told about one page."""

    #: As a result page or a browser's tab shows it, the site's name with it.
    title: str
    #: As the page itself shows it.
    heading: str
    #: "" when there is nothing to say.
    description: str
    #: Full address under which search engines list the page; "" when the site does not know its own.
    canonical: str
    #: For search engines, such as "noindex".
    robots: str
    picture: SharedPicture | None
    is_article: bool
    authors: tuple[str, ...]
    #: Both ISO 8601; "" when unknown.
    published: str
    modified: str
    #: BCP 47.
    language: str


def metadata_of(page: SitePage, site: Site) -> Metadata:
    """Return what the world is told about a page."""
    return Metadata(
        title=title_of(page, site),
        heading=heading_of(page, site),
        description=description_of(page, site),
        canonical=_canonical(page, site),
        robots=one_line(page.meta.get("robots")) or "max-image-preview:large",
        picture=picture_of(page, site),
        is_article=is_article(page),
        authors=page.authors,
        published=_day(page.published or page.meta.get("date"), "created"),
        modified=_modified(page),
        language=page.language or site.facts.language,
    )


def is_article(page: SitePage) -> bool:
    """Whether a page is somebody's text of some day, and not a page of the site such as its privacy notice."""
    return page.kind == "post" or (page.kind == "page" and bool(page.authors or page.meta.get("date")))


def address_of(path: str, site: Site) -> str:
    """Return the full address of a path below the site, "" when the site does not know its own."""
    # Not urljoin(), which takes a path such as "a:b/" for an address.
    return site.facts.url + quote(path, safe="/%#?=&:@!$'()*+,;~") if site.facts.url else ""


def picture_of(page: SitePage, site: Site) -> SharedPicture | None:
    """Return the picture that stands for a page: the writer's own, else its share card, else its magnet's cover."""
    if path := own_picture(page):
        address = path if _ADDRESS.match(path) else address_of(path, site)
        width, height = site.pictures.get(path, (0, 0))
        alt = text_of(page, "image_alt") or heading_of(page, site)
        return SharedPicture(address, width, height, alt) if address else None
    if card := card_of(page, site):
        return SharedPicture(address_of(card.path, site), card.WIDTH, card.HEIGHT, heading_of(page, site))
    cover = mapping(generated(page).get("cover"))
    if cover and site.facts.url:
        return SharedPicture(address_of(cover["path"], site), cover["width"], cover["height"], heading_of(page, site))
    return None


def own_picture(page: SitePage) -> str:
    """Return the picture that front matter names: a full address, or a path below the site; "" when it names none."""
    named = text_of(page, "image")
    if not named or _ADDRESS.match(named):
        return named
    if named.startswith("."):
        named = posixpath.join(posixpath.dirname(page.source), named)
    return posixpath.normpath(named.lstrip("/"))


def _canonical(page: SitePage, site: Site) -> str:
    named = text_of(page, "canonical")
    if _ADDRESS.match(named):
        return named
    return address_of(named.lstrip("/") or page.url, site)


def _modified(page: SitePage) -> str:
    written = page.meta.get("updated") or mapping(page.meta.get("date")).get("updated")
    if written:
        return _day(written, "updated")
    return datetime.fromtimestamp(page.updated, UTC).isoformat() if page.updated else ""


def _day(value: object, key: str) -> str:
    """Return a date as ISO 8601, "" for what is none. Material's blog also takes a mapping of dates."""
    if isinstance(value, dict):
        value = value.get(key)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return ""
    return value.isoformat() if isinstance(value, date) else ""
