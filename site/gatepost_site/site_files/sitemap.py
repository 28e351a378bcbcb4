"""sitemap.xml: every page that search engines may list, when it last changed, its pictures and its translations."""

from __future__ import annotations

import gzip
import html
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin
from xml.sax.saxutils import escape, quoteattr

from gatepost_site.links import led_to
from gatepost_site.site_files.indexable import address, indexable, is_indexable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage

#: What search engines read of one file: addresses, and bytes.
MAX_ADDRESSES = 50_000
MAX_BYTES = 50_000_000
_MAX_IMAGES = 1_000
_IMAGE = re.compile(r"<img\b[^>]*?\bsrc=\"([^\"]+)\"")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def write_sitemap(site: Site, public: Path, project: Project) -> None:
    """Write sitemap.xml and its compressed copy; over 50,000 addresses, an index and numbered files."""
    if not site.facts.adds.sitemap or not site.facts.url or (project.content / "sitemap.xml").is_file():
        return
    parts = [_urlset(part) for part in _parts([_entry(page, site) for page in indexable(site)])]
    names = ["sitemap.xml"] if len(parts) == 1 else [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, text in zip(names, parts, strict=True):
        _write(public / name, text)
    if len(parts) > 1:
        _write(public / "sitemap.xml", _index(names, site))


def last_changed(page: SitePage) -> str:
    """Return the day of a page's last change as sitemaps have it, "" when that is not known."""
    return datetime.fromtimestamp(page.updated, UTC).date().isoformat() if page.updated else ""


def _parts(entries: Sequence[str]) -> Iterator[list[str]]:
    """Yield the entries in pieces, each of a size that search engines read; one empty piece when there is none."""
    part: list[str] = []
    size = 0
    for entry in entries:
        length = len(entry.encode())
        if part and (len(part) == MAX_ADDRESSES or size + length > MAX_BYTES - 1_000):
            yield part
            part, size = [], 0
        part.append(entry)
        size += length
    yield part


def _entry(page: SitePage, site: Site) -> str:
    lines = [f"<loc>{escape(address(page.url, site))}</loc>"]
    if day := last_changed(page):
        lines.append(f"<lastmod>{day}</lastmod>")
    lines += [
        f'<xhtml:link rel="alternate" hreflang={quoteattr(language)} href={quoteattr(address(other.url, site))}/>'
        for language, other in _translations(page, site)
    ]
    lines += [f"<image:image><image:loc>{escape(image)}</image:loc></image:image>" for image in _images(page, site)]
    return "<url>" + "".join(lines) + "</url>\n"


def _translations(page: SitePage, site: Site) -> list[tuple[str, SitePage]]:
    """Return (language, page) of a page in all its languages, itself too; nothing when it has one only."""
    found = [pair for pair in site.translations_of(page).items() if is_indexable(pair[1], site)]
    return found if len(found) > 1 else []


def _images(page: SitePage, site: Site) -> list[str]:
    """Return the addresses of a page's own pictures, each once."""
    here, folder = address(page.url, site), page.url.rpartition("/")[0]
    sources = _IMAGE.findall(page.content) if "<img" in page.content else ()
    found = [
        address(path, site) if (path := led_to(folder, source)) else urljoin(here, html.unescape(source))
        for source in sources
    ]
    if cover := (page.meta.get("gatepost") or {}).get("cover"):
        found.insert(0, address(cover["path"], site))
    own = (urldefrag(image).url for image in found if image.startswith(site.facts.url))
    return list(dict.fromkeys(own))[:_MAX_IMAGES]


def _urlset(entries: Sequence[str]) -> str:
    return f"{_HEAD}<urlset {_SPACES}>\n{''.join(entries)}</urlset>\n"


def _index(names: Sequence[str], site: Site) -> str:
    entries = "".join(f"<sitemap><loc>{escape(address(name, site))}</loc></sitemap>\n" for name in names)
    return f'{_HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</sitemapindex>\n'


def _write(file: Path, text: str) -> None:
    data = text.encode()
    file.write_bytes(data)
    # No date inside, so that the same site is the same bytes.
    file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(data, mtime=0))
