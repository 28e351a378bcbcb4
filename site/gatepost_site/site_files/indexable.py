"""Which pages others may list: the one answer for sitemap, feeds, llms.txt, related pages and search."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site, SitePage

#: What stays as it is in a path; "%" too, because a path may be quoted already.
_SAFE = "/%:@!$&'()*+,;=~?#[]"
#: A path below the site without a step back, a second slash, or a sign that means something in an address.
_PLAIN = re.compile(r"(?:[\w-][\w.-]*/)*(?:[\w-][\w.-]*)?", re.ASCII)


def indexable(site: Site) -> list[SitePage]:
    """Return the pages that search engines may list, by address."""
    return sorted((page for page in site.pages.values() if is_indexable(page, site)), key=lambda page: page.url)


def is_indexable(page: SitePage, site: Site) -> bool:
    """Whether search engines may list a page: nobody hid it, and it stands for itself."""
    return page.kind != "thanks" and not page.is_hidden and not _stands_for_another(page, site)


def address(path: str, site: Site) -> str:
    """Return the full address of a path below the site, such as "blog/first/"; without a site's address, the path."""
    return _joined(site.facts.url, path)


# Each page's is asked for again and again.
@lru_cache(maxsize=16_384)
def _joined(base: str, path: str) -> str:
    # Most paths need neither quoting nor thought, which take ten times as long.
    if base.endswith("/") and _PLAIN.fullmatch(path):
        return base + path
    return urljoin(base, quote(path, safe=_SAFE))


def language_of(page: SitePage, site: Site) -> str:
    """Return the language that a page is written in."""
    return page.language or site.facts.language


def _stands_for_another(page: SitePage, site: Site) -> bool:
    canonical = str(page.meta.get("canonical") or "").lstrip("/")
    return bool(canonical) and address(canonical, site) != address(page.url, site)


def relative(path: str, page: SitePage) -> str:
    """Return the link from a page to a path below the site."""
    start = posixpath.dirname(page.path) or "."
    way = posixpath.relpath(path or ".", start)
    return quote(f"{way}/" if path.endswith("/") or not path else way, safe=_SAFE)
