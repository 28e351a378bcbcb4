"""Language tags (BCP 47): which text is one, and what CLDR knows of it."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?", re.IGNORECASE)


def is_language(tag: str) -> bool:
    """Tell whether a text is the tag of a language, such as "de" or "pt-BR"."""
    return _locale(tag) is not None


def normal(tag: str) -> str:
    """Return a tag as it is usually written: "pt-br" and "pt_BR" are "pt-BR". What is no tag stays as it is."""
    parts = tag.replace("_", "-").split("-")
    if not _TAG.fullmatch("-".join(parts)):
        return tag
    return "-".join([parts[0].lower(), *(part.title() if len(part) == 4 else part.upper() for part in parts[1:])])


def own_name(tag: str) -> str:
    """Return what speakers of a language call it, such as "Deutsch"; the tag itself when nobody told CLDR."""
    name = locale_of(tag).get_display_name() if is_language(tag) else None
    return name[:1].upper() + name[1:] if name else tag


def direction_of(tag: str) -> str:
    """Return which way a language is written, as in HTML's `dir`: "ltr" or "rtl"."""
    return str(locale_of(tag).text_direction)


def locale_of(tag: str) -> Locale:
    """Return CLDR's locale of a tag: that of English when it knows none."""
    return _locale(tag) or Locale("en")


@lru_cache(maxsize=256)
def _locale(tag: str) -> Locale | None:
    if not _TAG.fullmatch(tag):
        return None
    try:
        return Locale.parse(normal(tag), sep="-")
    except (UnknownLocaleError, ValueError):
        return None
