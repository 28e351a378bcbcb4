"""What these files and blocks say themselves, in the language of their page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.words.languages import Languages

if TYPE_CHECKING:
    from gatepost_site.site_pages import Site

#: The section of the words that is said here.
SECTION = "site"
_SHIPPED = Languages()


def say(key: str, language: str, site: Site) -> str:
    """Return the text of a key, such as "site.search", in a language (BCP 47): the site's own, else Gatepost's."""
    return site.facts.words.get(language, {}).get(key.partition(".")[2]) or _SHIPPED.words(language).say(key)
