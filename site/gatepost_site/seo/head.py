"""What stands in a page's <head> for search engines and social networks, instead of what the theme put there."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from gatepost_site.seo.json_ld import script_of
from gatepost_site.seo.locales import locale_of
from gatepost_site.seo.metadata import address_of, metadata_of
from gatepost_site.site_files.discovery import ALTERNATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.seo.metadata import Metadata
    from gatepost_site.site_pages import Site, SitePage

_TITLE = re.compile(r"<title\b[^>]*>.*?</title>", re.DOTALL)
_TAG = re.compile(r"""(?:\n[ \t]*)?<(?:meta|link)\b((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_NAME = re.compile(r"""\b(?:name|property|rel)\s*=\s*["']?([\w:.-]+)""")
#: The family of a network's tag: "og:image" of "og:image:width".
_FAMILY = re.compile(r"""<meta\b[^>]*\b(?:name|property)=["']?((?:og|twitter|article|fediverse):\w+)""")
_X = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/(\w{1,15})/?", re.IGNORECASE)
_FEDIVERSE = re.compile(r"https?://([\w.-]+)/@(\w+)/?", re.IGNORECASE)


def complete_head(html: str, page: SitePage, site: Site) -> str:
    """Return a page's HTML with everything in its <head> that search engines and networks read.

    Title, description, robots and canonical address replace what the theme wrote. A network's tag that a theme or
    another plugin wrote stays, and this adds none of its kind. HTML without a <head> comes back as it is.
    """
    head, end, body = html.partition("</head>")
    if not end:
        return html
    metadata = metadata_of(page, site)
    alternates = () if page.is_hidden else tuple(_alternates(page, site))
    head, indent = _without_replaced(head, page, site, metadata, alternates=bool(alternates))
    search = [*_search_tags(metadata, page), *alternates]
    social = [] if page.is_hidden else [*_unknown(_social_tags(metadata, page, site), head)]
    script = [] if page.is_hidden or not site.facts.url else [script_of(metadata, page, site)]
    if _HERE in head:
        head = head.replace(_HERE, f"\n{indent}".join(search), 1)
    else:
        social = search + social
    stem = head.rstrip()
    return stem + "".join(f"\n{indent}{tag}" for tag in social + script) + "\n" + end + body


#: Stands where the title stood, while tags are taken out. No page has such a character.
_HERE = "\0"


def _without_replaced(
    head: str, page: SitePage, site: Site, metadata: Metadata, *, alternates: bool
) -> tuple[str, str]:
    """Return the head without what is said anew, a mark where the title was, and how far its line is indented."""
    # Material does not escape these two: a quotation mark in them ends the tag early, so they are known by their text.
    for name, text in (
        ("description", page.meta.get("description")),
        ("description", site.facts.description),
        ("author", page.meta.get("author")),
    ):
        if text:
            head = head.replace(f'<meta name="{name}" content="{text}">', "")

    def kept(tag: re.Match[str]) -> str:
        found = _NAME.search(tag[1])
        name = found[1].lower() if found else ""
        is_foreign = alternates and "hreflang=" in tag[1]
        # On pages of our own, an older template of the site's may still say it.
        is_old = bool(page.magnet) and name.startswith(("og:", "twitter:"))
        return "" if name in replaced or is_foreign or is_old else tag[0]

    replaced = {"description", "robots", "canonical", *(["author"] if metadata.authors else [])}
    head = _TAG.sub(kept, head)
    title = _TITLE.search(head)
    if title is None:
        return head, ""
    line = head[head.rfind("\n", 0, title.start()) + 1 : title.start()]
    before, after = head[: title.start()], head[title.end() :]
    return before + _HERE + after, "" if line.strip() else line


def _search_tags(metadata: Metadata, page: SitePage) -> Iterator[str]:
    yield f"<title>{escape(metadata.title, quote=False)}</title>"
    if metadata.description:
        yield _meta("name", "description", metadata.description)
    if metadata.authors:
        yield _meta("name", "author", ", ".join(metadata.authors))
    yield _meta("name", "robots", metadata.robots)
    if metadata.canonical and not page.is_hidden:
        yield f'<link rel="canonical" href="{escape(metadata.canonical)}">'


def _alternates(page: SitePage, site: Site) -> Iterator[str]:
    """Name the page in each language, for search engines to choose from; each of them names them all."""
    group = site.translations_of(page) if site.facts.url else {}
    listed = {language: other for language, other in group.items() if not other.is_hidden}
    if len(listed) < 2:
        return
    default = listed.get(site.facts.language) or next(iter(listed.values()))
    for language, other in [*listed.items(), ("x-default", default)]:
        address = escape(address_of(other.url, site))
        yield f'<link rel="{ALTERNATE}" hreflang="{escape(language)}" href="{address}">'


def _social_tags(metadata: Metadata, page: SitePage, site: Site) -> Iterator[tuple[str, str]]:
    """Yield (property, value). X reads the tags of the others wherever it has none of its own."""
    yield "og:type", "article" if metadata.is_article else "website"
    yield "og:site_name", site.facts.name
    yield "og:title", metadata.heading
    yield "og:description", metadata.description
    yield "og:url", metadata.canonical
    yield "og:locale", locale_of(metadata.language)
    for language in site.translations_of(page):
        if language != metadata.language:
            yield "og:locale:alternate", locale_of(language)
    if picture := metadata.picture:
        yield "og:image", picture.address
        yield "og:image:width", str(picture.width or "")
        yield "og:image:height", str(picture.height or "")
        yield "og:image:alt", picture.alt
    if metadata.is_article:
        yield "article:published_time", metadata.published
        yield "article:modified_time", metadata.modified
        yield from (("article:author", author) for author in metadata.authors)
        yield from (("article:tag", tag) for tag in page.tags)
    yield "twitter:card", "summary_large_image" if picture and picture.width >= picture.height else "summary"
    yield "twitter:image:alt", metadata.picture.alt if metadata.picture else ""
    yield from _handles(site)


def _handles(site: Site) -> Iterator[tuple[str, str]]:
    for address in site.facts.profiles:
        if found := _X.fullmatch(address):
            yield "twitter:site", f"@{found[1]}"
        elif found := _FEDIVERSE.fullmatch(address):
            yield "fediverse:creator", f"@{found[2]}@{found[1]}"


def _unknown(tags: Iterator[tuple[str, str]], head: str) -> Iterator[str]:
    """Yield the tags that have a value, without those of a family that the head has already."""
    known = set(_FAMILY.findall(head))
    for name, value in tags:
        family = ":".join(name.split(":")[:2])
        if value and family not in known:
            kind = "property" if name.startswith(("og:", "article:")) else "name"
            yield _meta(kind, name, value)


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}">'
