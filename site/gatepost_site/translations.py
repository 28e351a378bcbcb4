"""Translations beside their originals: page.de.md is page.md in German, and is published below /de/."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from gatepost_site.words.tags import direction_of, is_language, normal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gatepost_site.site_pages import Site, SitePage
    from gatepost_site.words.languages import Languages

_SUFFIX = re.compile(r"(.+)\.([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,4})*)\.md")
_LINK = re.compile(r'(<a\b[^>]*?\shref=")([^"#?:]+)(")')
_HTML = re.compile(r"<html\b[^>]*>")
_ALTERNATE = re.compile(r'\s*<link rel="alternate" href="[^"]*" hreflang="[^"]*">')


def original_of(source: str) -> tuple[str, str]:
    """Return (original, language) of a source path: ("page.md", "de") for "page.de.md", (source, "") for others."""
    found = _SUFFIX.fullmatch(source)
    return (f"{found[1]}.md", normal(found[2])) if found and is_language(found[2]) else (source, "")


def translations_in(sources: Collection[str], languages: Languages) -> dict[str, str]:
    """Return source -> language of the translations among source paths.

    An ending is taken for a language when the original stands beside it, or when the site has words in that language:
    node.js.md and notes.la.md are pages like any other.
    """
    known = set(sources)
    found = ((source, *original_of(source)) for source in sources)
    return {
        source: language
        for source, original, language in found
        if language and (original in known or languages.speaks(language))
    }


def source_in(source: str, language: str) -> str:
    """Return the source path of a translation: "page.de.md" for "page.md" and "de"; "" is the original itself."""
    return f"{source.removesuffix('.md')}.{language}.md" if language else source


def path_in(path: str, language: str) -> str:
    """Return where a translation of what is at a path below the site goes: "de/page/" for "page/"."""
    return f"{language.lower()}/{path}" if language else path


def settle_language(html: str, page: SitePage, site: Site) -> str:  # noqa: ARG001 - a step of finishing
    """Say in a translated page's HTML what language it is in, whatever its theme says."""
    if not page.language:
        return html
    return _HTML.sub(f'<html lang="{page.language}" dir="{direction_of(page.language)}">', html, count=1)


def without_alternates(html: str) -> str:
    """Return a page's HTML without the links to other languages that a theme makes of its language switch.

    They are relative, which search engines do not follow; the right ones are added with the rest of the head.
    """
    head, end, rest = html.partition("</head>")
    return _ALTERNATE.sub("", head) + end + rest


def keep_language(html: str, url: str, twins: Mapping[str, str], relative: Callable[[str], str]) -> str:
    """Let the links of a translated page lead on to translations.

    `url` is the page's, `twins` are original -> translation, all below the site; `relative` makes one relative to the
    page. Links to a place inside a page stay: headings are called otherwise in another language. So does the link to
    the page's own original.
    """

    def onward(found: re.Match[str]) -> str:
        twin = twins.get(urljoin(f"/{url}", found[2]).lstrip("/"))
        return f"{found[1]}{relative(twin)}{found[3]}" if twin and twin != url else found[0]

    return _LINK.sub(onward, html)
