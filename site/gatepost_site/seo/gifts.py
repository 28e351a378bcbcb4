"""What a landing page gives away, in schema.org's words: a book, a document, a course or an event, for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatepost_site.seo.front_matter import generated, one_line
from gatepost_site.seo.references import author_of, image_of, organization_id

if TYPE_CHECKING:
    from gatepost_site.magnets import Magnet
    from gatepost_site.seo.metadata import Metadata
    from gatepost_site.site_pages import Site, SitePage
    from gatepost_site.webinars import Webinar


def gift_of(metadata: Metadata, page: SitePage, site: Site) -> dict[str, Any] | None:
    """Return what a landing page gives away; None for any other page."""
    magnet = site.magnets.get(page.magnet) if page.kind == "landing" else None
    if magnet is None:
        return None
    author = author_of(magnet.meta.author, site) if magnet.meta.author else None
    is_event = magnet.webinar is not None
    common = {
        "@id": f"{metadata.canonical}#offer",
        "name": metadata.heading,
        "description": metadata.description,
        "url": metadata.canonical,
        "image": image_of(metadata),
        "inLanguage": metadata.language,
        "offers": _offer(metadata),
        ("organizer" if is_event else "publisher"): {"@id": organization_id(site)},
        ("performer" if is_event else "author"): author,
        "isAccessibleForFree": True,
    }
    return {
        key: value for key, value in (_own(magnet, metadata, page, site) | common).items() if value not in (None, "")
    }


def _offer(metadata: Metadata) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "price": "0",
        # Nothing costs the same everywhere, but search engines ask for a currency beside every price.
        "priceCurrency": "USD",
        "category": "Free",
        "availability": "https://schema.org/InStock",
        "url": metadata.canonical,
    }


def _own(magnet: Magnet, metadata: Metadata, page: SitePage, site: Site) -> dict[str, Any]:
    """Return what is said of a magnet of one kind only."""
    if magnet.webinar:
        return _event(magnet.webinar, metadata)
    if magnet.kind == "course":
        instance = {"@type": "CourseInstance", "courseMode": "Online", "name": metadata.heading}
        return {"@type": "Course", "provider": {"@id": organization_id(site)}, "hasCourseInstance": instance}
    if magnet.kind == "ebook":
        type_of = {"@type": "Book", "bookFormat": "https://schema.org/EBook"}
    else:
        type_of = {"@type": "DigitalDocument", "encodingFormat": magnet.media_type}
    # A translation of the page has words of its own.
    return {**type_of, "alternativeHeadline": one_line(generated(page).get("subtitle"))}


def _event(webinar: Webinar, metadata: Metadata) -> dict[str, Any]:
    # The room's address is for those who have confirmed: everybody else goes by the landing page.
    online = {"@type": "VirtualLocation", "url": metadata.canonical}
    place = {"@type": "Place", "name": webinar.place, "address": webinar.place} if webinar.place else None
    places = [where for where in (place, online if webinar.is_online or not place else None) if where]
    mode = "Mixed" if len(places) > 1 else "Offline" if place else "Online"
    return {
        "@type": "Event",
        "startDate": webinar.start.isoformat(),
        "endDate": webinar.end.isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
        "location": places if len(places) > 1 else places[0],
    }
