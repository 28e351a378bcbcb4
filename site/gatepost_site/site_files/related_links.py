"""The end of an article: what to read next, and what to take along."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from gatepost_site.site_files.indexable import relative
from gatepost_site.site_pages import Related

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_site.site_pages import Site, SitePage, Suggestion

CLASS = "gatepost-related"
STYLESHEET = "assets/gatepost.css"
#: Ends of a page's text, the first that is there: that of Material's article, else of any theme.
_ENDS = ("</article>", "</main>", "</body>")


def show_related(html: str, page: SitePage, site: Site) -> str:
    """Add what a page suggests at the end of its text, and the style for it."""
    end = next((end for end in _ENDS if end in html), "")
    if page.related == Related() or not end:
        return html
    before, after = html.rsplit(end, 1)
    html = f"{before}{related_block(page, site)}{end}{after}"
    if STYLESHEET in html.partition("</head>")[0]:
        return html
    link = f'<link rel="stylesheet" href="{escape(relative(STYLESHEET, page))}">'
    return html.replace("</head>", f"{link}</head>", 1)


def related_block(page: SitePage, site: Site) -> str:
    """Return the block with a page's suggestions as HTML."""
    say = site.words(page).say
    parts = ((page.related.articles, say("around.read_next")), (page.related.magnets, say("around.to_keep")))
    lists = "".join(_list(suggestions, heading, page) for suggestions, heading in parts if suggestions)
    return f'<aside class="{CLASS}">\n{lists}</aside>\n'


def _list(suggestions: Sequence[Suggestion], heading: str, page: SitePage) -> str:
    items = "".join(_item(suggestion, page) for suggestion in suggestions)
    return f'<p class="{CLASS}__heading">{escape(heading)}</p>\n<ul>\n{items}</ul>\n'


def _item(other: Suggestion, page: SitePage) -> str:
    about = f"<span>{escape(other.description)}</span>" if other.description else ""
    return f'<li><a href="{escape(relative(other.url, page))}">{escape(other.title)}</a>{about}</li>\n'
