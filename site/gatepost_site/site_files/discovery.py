"""Tells programs in a page's head where its feed and its Markdown twin are."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from gatepost_site.site_files.indexable import language_of, relative
from gatepost_site.site_files.twins import twin_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.site_pages import Site, SitePage

# The blank is no slip: Material asks for a sitemap.xml beside each link whose `rel` is exactly "alternate", which it
# takes for a site in another language. To everybody else, blanks around the words of `rel` mean nothing.
ALTERNATE = "alternate "
_FORMATS = (("xml", "application/atom+xml"), ("json", "application/feed+json"))
_BLOG = frozenset({"home", "post", "listing"})


def link_alternates(html: str, page: SitePage, site: Site) -> str:
    """Add the links to the pages that have something to link to: the feed on the home page and in the blog."""
    links = "".join(
        f'<link rel="{ALTERNATE}" type="{kind}"{title} href="{escape(relative(path, page))}">'
        for kind, title, path in _alternates(page, site)
    )
    return html.replace("</head>", f"{links}</head>", 1) if links else html


def _alternates(page: SitePage, site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield (media type, title attribute, path below the site)."""
    if page.kind in _BLOG:
        for language, name in site.facts.feeds:
            if language == language_of(page, site):
                title = f' title="{escape(site.facts.name)}"'
                yield from ((kind, title, f"{name}.{ending}") for ending, kind in _FORMATS)
    if twin := twin_path(page, site):
        yield "text/markdown", "", twin
