"""How a site shows itself elsewhere, read from what its theme was told: logo, colour, profiles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_OWN = re.compile(r"--md-primary-fg-color:\s*(#[0-9a-fA-F]{3,8})\b")


class Appearance(TypedDict):
    """Facts of a site by the names that SiteFacts gives them."""

    logo: str
    profiles: tuple[str, ...]
    colour: str


def profiles_of(social: Any) -> tuple[str, ...]:
    """Return the addresses that Material shows as icons in its footer: `extra.social` of mkdocs.yml."""
    links = [entry.get("link") for entry in social if isinstance(entry, dict)] if isinstance(social, list) else []
    return tuple(link for link in links if isinstance(link, str) and link.startswith(("https://", "http://")))


def primary_of(palette: Any, *, default: str) -> str:
    """Return the name of the colour of Material's palette, the first where there are several."""
    first = palette[0] if isinstance(palette, list) and palette else palette
    primary = first.get("primary") if isinstance(first, dict) else None
    return str(primary or default)


def own_colour(stylesheets: Iterable[Path]) -> str:
    """Return the colour that a site's own stylesheets give Material, "" when none does."""
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in stylesheets if file.is_file())
    return next((found[1] for text in texts if (found := _OWN.search(text))), "")
