"""The page for an address that leads nowhere: it searches, guesses what was meant, and shows where to begin."""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gatepost_site.site_files.indexable import indexable, language_of

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site, SitePage
    from gatepost_site.words.words import Words

#: What Material, and this package's own template, leave to be said. A site's own page says something else, and stays.
_PLACE = re.compile(r"<h1>404 - Not found</h1>")
_SEARCH = 'data-md-component="search-query"'
_STARTS = 6
_MAGNETS = 2
# Compares pairs of letters of the address with those of each page in the sitemap, as spelling checkers do.
_GUESS = """<script>
!function (base, list) {
  function pairs(path) {
    var found = new Set, i
    try { path = decodeURIComponent(path) } catch (error) {}
    path = path.toLowerCase().replace(/\\.\\w+$/, "").replace(/[^\\p{L}\\p{N}]+/gu, " ").trim()
    for (i = 0; i < path.length - 1; i++) found.add(path.slice(i, i + 2))
    return found
  }
  var asked = pairs(location.pathname.slice(base.length)), near = []
  fetch(base + "sitemap.xml").then(function (answer) { return answer.text() }).then(function (text) {
    text.replace(/<loc>([^<]+)/g, function (_, address) {
      var path = new URL(address).pathname, own = pairs(path.slice(base.length)), same = 0
      own.forEach(function (pair) { same += asked.has(pair) })
      var alike = 2 * same / (asked.size + own.size || 1)
      if (alike > 0.4) near.push([alike, path])
    })
    near.sort(function (a, b) { return b[0] - a[0] }).slice(0, 3).forEach(function (one) {
      var link = document.createElement("a"), item = document.createElement("li")
      link.href = one[1]
      link.textContent = decodeURIComponent(one[1])
      item.append(link)
      list.append(item)
    })
    list.parentNode.hidden = !near.length
  }).catch(function () {})
}(%s, document.getElementById("gatepost-meant"))
</script>"""


def complete_not_found(html: str, site: Site) -> str:
    """Return the theme's 404 page with everything that helps, unless the site has words of its own there."""
    if not site.facts.adds.not_found or not _PLACE.search(html):
        return html
    found = _PLACE.sub(lambda _: not_found_block(site, searches=_SEARCH in html), html, count=1)
    # On a host that knows no 404, the page must not be found by a search.
    return found.replace("</head>", '<meta name="robots" content="noindex"></head>', 1)


def not_found_block(site: Site, *, searches: bool) -> str:
    """Return what the page says. `searches` is whether the site's pages open a search for `?q=`."""
    say = site.words().html
    base = urlsplit(site.facts.url).path or "/"
    starts = "".join(_start(page, base) for page in _starts(site))
    return (
        f"<h1>{say('around.lost')}</h1>\n<p>{say('around.lost_why')}</p>\n"
        f"{_form(base, site.words()) if searches else ''}"
        f'<div hidden>\n<h2>{say("around.meant")}</h2>\n<ul id="gatepost-meant"></ul>\n</div>\n'
        f"<h2>{say('around.start')}</h2>\n<ul>\n{starts}</ul>\n" + _GUESS % json.dumps(base).replace("<", "\\u003c")
    )


def _form(base: str, words: Words) -> str:
    """Return a search that needs no script to be sent; the page that it opens shows what was found."""
    size = "box-sizing:border-box;height:2.9em;margin:0;font:inherit"
    look = f"{size};flex:1 1 12em;min-width:0;padding:0 .8em;color:inherit;background:transparent;border:1px solid"
    row = "display:flex;flex-wrap:wrap;gap:.6em;max-width:30em"
    return (
        f'<form role="search" action="{escape(base)}" method="get" style="{row}">\n'
        f'<input name="q" type="search" required aria-label="{words.html("around.search_for")}" style="{look}">\n'
        f'<button type="submit" class="md-button" style="{size};font-weight:700">'
        f"{words.html('around.search')}</button>\n</form>\n"
    )


def _starts(site: Site) -> list[SitePage]:
    """Return the pages to begin with: the home page, those that stand for a folder, and what can be had."""
    own = [page for page in indexable(site) if language_of(page, site) == site.facts.language]
    ranks = [page for page in own if page.kind == "home"]
    ranks += [page for page in own if page.kind == "listing" and page.source.endswith("index.md")]
    ranks += [page for page in own if page.kind == "page" and page.source.count("/") == 1 and _is_index(page)]
    ranks += [page for page in own if page.kind == "landing"][:_MAGNETS]
    mine = {page.source for page in own}
    ranks += [page for page in site.pages.values() if page.source in mine and _is_top(page)]
    return list({page.source: page for page in ranks}.values())[:_STARTS]


def _is_top(page: SitePage) -> bool:
    return page.kind == "page" and "/" not in page.source


def _is_index(page: SitePage) -> bool:
    return page.source.endswith("/index.md")


def _start(page: SitePage, base: str) -> str:
    return f'<li><a href="{escape(base + page.url)}">{escape(page.title)}</a></li>\n'
