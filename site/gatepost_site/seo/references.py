"""Parts of a graph that several of its nodes point to: who publishes, who wrote, and the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatepost_site.seo.metadata import Metadata
    from gatepost_site.site_pages import Site


def organization_id(site: Site) -> str:
    """Return the name under which whoever publishes the site is told once, on its home page."""
    return f"{site.facts.url}#organization"


def author_of(name: str, site: Site) -> dict[str, Any]:
    """Return who wrote something: a person, or the site's own people, who carry its name."""
    if site.facts.name.casefold() in name.casefold():
        return {"@type": "Organization", "@id": organization_id(site), "name": name, "url": site.facts.url}
    return {"@type": "Person", "name": name}


def image_of(metadata: Metadata) -> dict[str, Any] | None:
    """Return the picture that stands for a page."""
    return {"@type": "ImageObject", "url": metadata.picture.address} if metadata.picture else None
