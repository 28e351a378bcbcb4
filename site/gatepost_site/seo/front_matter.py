"""Front matter as search engines and networks read it: what stands under `seo:` wins over the page's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.site_pages import SitePage


def text_of(page: SitePage, key: str) -> str:
    """Return a key's text on one line: of `seo:` if it is there, else of the page; "" when it has none."""
    return one_line(mapping(page.meta.get("seo")).get(key)) or one_line(page.meta.get(key))


def seo_text_of(page: SitePage, key: str) -> str:
    """Return a key's text on one line, as `seo:` has it, "" when it has none."""
    return one_line(mapping(page.meta.get("seo")).get(key))


def generated(page: SitePage) -> Mapping[str, Any]:
    """Return the data of a page that Gatepost made itself, such as a landing page; of any other page nothing."""
    return mapping(page.meta.get("gatepost")) if page.magnet else {}


def mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def one_line(value: object) -> str:
    """Return text with its white space folded, "" for what is no text."""
    return " ".join(value.split()) if isinstance(value, str) else ""
