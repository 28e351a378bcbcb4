"""Links that share a page, at the end of posts and articles: plain links, so that no network learns who only reads."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from gatepost_site.seo.metadata import is_article, metadata_of

if TYPE_CHECKING:
    from gatepost_site.seo.metadata import Metadata
    from gatepost_site.site_pages import Site, SitePage
    from gatepost_site.words.words import Words

#: Network -> its address for sharing. Where {text} is all there is, the link goes in with the words.
_NETWORKS = {
    "LinkedIn": "https://www.linkedin.com/sharing/share-offsite/?url={url}",
    "Bluesky": "https://bsky.app/intent/compose?text={text}%20{url}",
    # Mastodon's own page, which asks for the reader's server and keeps it in their browser.
    "Mastodon": "https://share.joinmastodon.org/#text={text}%20{url}",
    "X": "https://x.com/intent/post?text={text}&url={url}",
    "Facebook": "https://www.facebook.com/sharer/sharer.php?u={url}",
    "Email": "mailto:?subject={text}&body={url}",
}
_STYLE = (
    "<style>"
    ".gatepost-share{display:flex;flex-wrap:wrap;gap:.25rem .5rem;align-items:center;margin:2.5rem 0 0;"
    "padding-top:1rem;border-top:1px solid var(--md-default-fg-color--lightest,#ccc);font-size:.875em}"
    ".gatepost-share b{font-weight:700}"
    ".gatepost-share a{display:inline-flex;align-items:center;min-height:2.2em;padding:.1em .9em;"
    "border:1px solid var(--md-default-fg-color--lighter,#999);border-radius:2em;text-decoration:none}"
    ".gatepost-share a:is(:hover,:focus-visible){border-color:currentcolor}"
    "@media print{.gatepost-share{display:none}}"
    "</style>"
)
#: The end of what a page says, in Material and in most other themes.
_END = re.compile(r"</article>|</main>")


def add_share_links(html: str, page: SitePage, site: Site) -> str:
    """Return a post's or an article's HTML with links that share it; any other page's as it is.

    `share: true` in front matter adds them to any page, `share: false` leaves them out.
    """
    wanted = page.meta.get("share", site.facts.share and is_article(page))
    ends = list(_END.finditer(html)) if wanted is True and site.facts.url and not page.is_hidden else []
    if not ends:
        return html
    articles = [end for end in ends if end[0] == "</article>"]
    at = (articles or ends)[-1].start()
    html = html[:at] + _links(metadata_of(page, site), site.words(page)) + "\n" + html[at:]
    return html.replace("</head>", f"{_STYLE}\n</head>", 1)


def _links(metadata: Metadata, words: Words) -> str:
    values = {"url": quote(metadata.canonical, safe=""), "text": quote(metadata.heading, safe="")}
    names = {name: name for name in _NETWORKS} | {"Email": words.html("share.email")}
    links = "".join(
        f'<a href="{escape(address.format_map(values))}"{_rel(address)}>{names[name]}</a>'
        for name, address in _NETWORKS.items()
    )
    label, heard = words.html("share.label"), words.html("share.heard")
    return f'<nav class="gatepost-share" aria-label="{heard}" data-search-exclude><b>{label}</b>{links}</nav>'


def _rel(address: str) -> str:
    return "" if address.startswith("mailto:") else ' rel="nofollow noopener"'
