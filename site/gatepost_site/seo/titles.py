"""What a page is called: by itself, and in a list of pages from everywhere."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from gatepost_site.seo.front_matter import generated, one_line, seo_text_of

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site, SitePage

_HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_PERMALINK = re.compile(r"<a\b[^>]*class=\"headerlink\".*?</a>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def first_heading(content: str) -> str:
    """Return the text of the main heading of a page's body, "" when it has none."""
    found = _HEADING.search(content)
    text = _TAG.sub("", _PERMALINK.sub("", found[1])) if found else ""
    return " ".join(unescape(text).split())


def heading_of(page: SitePage, site: Site) -> str:
    """Return what a page calls itself. A home page without a title of its own is the site."""
    return site.facts.name if _is_site(page) else page.title or site.facts.name


def title_of(page: SitePage, site: Site) -> str:
    """Return a page's title for result lists and tabs: with the site's name, unless that is part of it already."""
    ready = seo_text_of(page, "title") or one_line(generated(page).get("head_title"))
    name, heading = site.facts.name, heading_of(page, site)
    if ready or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", heading, re.IGNORECASE):
        return ready or heading
    return f"{heading} - {name}"


def _is_site(page: SitePage) -> bool:
    return page.kind == "home" and not page.meta.get("title")
