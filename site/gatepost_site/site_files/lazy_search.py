"""Lets Material fetch its search index, megabytes on a large site, when somebody searches, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site, SitePage

#: Material's field to type into.
_FIELD = 'data-md-component="search-query"'
# Holds back the one request for the index until the search is opened. An address with ?q= opens the search at once,
# and with ?h= the page marks what was found, which takes the index too.
SCRIPT = (
    "<script>!function(x,o,s,h,i){if(/[?&][qh]=/.test(location.search))return;"
    "x.open=function(m,u){this.late=/search\\/search_index\\.json$/.test(u);return o.apply(this,arguments)};"
    "x.send=function(){this.late?h.push(this):s.apply(this,arguments)};"
    'function go(e){e=e.target;if(e&&(e.name=="query"||e.id=="__search")){'
    "x.open=o;x.send=s;h.splice(0).forEach(function(r){s.call(r)})}}"
    'for(i of["focusin","change","input"])addEventListener(i,go,!0)'
    "}(XMLHttpRequest.prototype,XMLHttpRequest.prototype.open,XMLHttpRequest.prototype.send,[])</script>"
)


def delay_search(html: str, _: SitePage, site: Site) -> str:
    """Add the script to a page that has Material's search."""
    return delayed(html, site)


def delayed(html: str, site: Site) -> str:
    """Return a page's HTML with the script, where it has Material's search."""
    if not site.facts.adds.lazy_search or _FIELD not in html:
        return html
    return html.replace("</head>", f"{SCRIPT}</head>", 1)
