"""Small faults in the HTML of Material for MkDocs, mended on each page: nothing that anybody sees changes.

Each was found by axe or by the Nu HTML checker, and the acceptance tests ask both. Pages of other themes have none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site, SitePage

_SEARCH = re.compile(
    r'(<div class="md-search" data-md-component="search" role="dialog"|<div class="md-search__inner" role="search")>'
)
_SEARCH_WORD = re.compile(r'<input [^>]*class="md-search__input"[^>]* aria-label="([^"]*)"')
#: The theme's switches for menus are boxes, on which `autocomplete` means nothing.
_SWITCH = re.compile(r'(<input class="md-[^>]*? type="checkbox" id="__[^>]*?) autocomplete="off">')
_EMPTY_TABINDEX = re.compile(r'(<label class="md-nav__[^>]*?) tabindex="">')
#: A menu, named by a label that may hold a picture only; its title has the words.
_MENU = re.compile(
    r'(<nav class="md-nav" data-md-level="\d+") aria-labelledby="__nav_[\d_]+label"( aria-expanded="\w+">\s*'
    r'<label class="md-nav__title" for="__nav_[\d_]+">\s*<span class="md-nav__icon md-icon"></span>\s*)([^<]*?)(\s*<)'
)
#: Parts of a post in a list, each marked as a menu of the site, and the place for page numbers that are not there.
_NO_MENU = re.compile(r'<nav class="(md-post__(?:authors|action)[^"]*)">(.*?)</nav>', re.DOTALL)
_EMPTY_MENU = re.compile(r'<nav class="md-pagination">(\s*)</nav>')


def mend_theme(html: str, page: SitePage, site: Site) -> str:  # noqa: ARG001 - every step takes all three
    """Return a page without the theme's faults."""
    return mended(html)


def mended(html: str) -> str:
    """Return HTML whose search has a name, whose menus are told apart, and whose attributes fit their elements."""
    if word := _SEARCH_WORD.search(html):
        html = _SEARCH.sub(rf'\1 aria-label="{word[1]}">', html)
    html = _SWITCH.sub(r"\1>", html)
    html = _EMPTY_TABINDEX.sub(r"\1>", html)
    html = _MENU.sub(_named, html)
    if 'id="__toc"' not in html:
        # On a section's own page the list of headings has its title, and not the switch that this is the label of.
        html = html.replace('<label class="md-nav__title" for="__toc">', '<label class="md-nav__title">')
    html = _NO_MENU.sub(r'<div class="\1">\2</div>', html)
    return _EMPTY_MENU.sub(r'<div class="md-pagination">\1</div>', html)


def _named(menu: re.Match[str]) -> str:
    name = menu[3].replace('"', "&quot;")
    return f'{menu[1]} aria-label="{name}"{menu[2]}{menu[3]}{menu[4]}'
