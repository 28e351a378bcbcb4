"""What a page is, in schema.org's words: one graph a page; what all pages share is told once, on the home page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatepost_site.seo.gifts import gift_of
from gatepost_site.seo.metadata import address_of
from gatepost_site.seo.references import author_of, image_of, organization_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.seo.metadata import Metadata
    from gatepost_site.site_pages import Site, SitePage

#: Characters: what search engines show of a headline.
_HEADLINE = 110


def script_of(metadata: Metadata, page: SitePage, site: Site) -> str:
    """Return a page's graph as the element that goes into its <head>."""
    text = json.dumps(graph_of(metadata, page, site), ensure_ascii=False, separators=(",", ":"))
    # Inside <script>, only these could be taken for something else: "</script>", "<!--" and line ends of old scripts.
    for sign in "<\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/ld+json">{text}</script>'


def graph_of(metadata: Metadata, page: SitePage, site: Site) -> dict[str, Any]:
    """Return a page's graph. The site must know its address."""
    return {"@context": "https://schema.org", "@graph": [_filled(node) for node in _nodes(metadata, page, site)]}


def _nodes(metadata: Metadata, page: SitePage, site: Site) -> Iterator[dict[str, Any]]:
    if page.kind == "home" and not page.language:
        yield _organization(site)
        yield _website(metadata, site)
    above = site.above(page)
    yield _web_page(metadata, page, site, has_crumbs=bool(above))
    if above:
        yield _crumbs((*above, page), metadata, site)
    if metadata.is_article:
        yield _article(metadata, page, site)
    if magnet := gift_of(metadata, page, site):
        yield magnet


def _organization(site: Site) -> dict[str, Any]:
    logo = address_of(site.facts.logo, site) if site.facts.logo else ""
    return {
        "@type": "Organization",
        "@id": organization_id(site),
        "name": site.facts.name,
        "url": site.facts.url,
        "logo": {"@type": "ImageObject", "url": logo} if logo else None,
        "sameAs": list(site.facts.profiles),
    }


def _website(metadata: Metadata, site: Site) -> dict[str, Any]:
    return {
        "@type": "WebSite",
        "@id": f"{site.facts.url}#website",
        "url": site.facts.url,
        "name": site.facts.name,
        "description": site.facts.description or metadata.description,
        "inLanguage": site.facts.language,
        "publisher": {"@id": organization_id(site)},
    }


def _web_page(metadata: Metadata, page: SitePage, site: Site, *, has_crumbs: bool) -> dict[str, Any]:
    address = metadata.canonical
    main = "#article" if metadata.is_article else "#offer" if page.kind == "landing" else ""
    return {
        "@type": "CollectionPage" if page.kind == "listing" else "WebPage",
        "@id": address,
        "url": address,
        "name": metadata.heading,
        "description": metadata.description,
        "inLanguage": metadata.language,
        "isPartOf": {"@id": f"{site.facts.url}#website"},
        "about": {"@id": organization_id(site)} if page.kind == "home" else None,
        "breadcrumb": {"@id": f"{address}#path"} if has_crumbs else None,
        "mainEntity": {"@id": address + main} if main else None,
        "primaryImageOfPage": image_of(metadata),
        "dateModified": metadata.modified,
    }


def _crumbs(pages: tuple[SitePage, ...], metadata: Metadata, site: Site) -> dict[str, Any]:
    return {
        "@type": "BreadcrumbList",
        "@id": f"{metadata.canonical}#path",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": number,
                "name": site.facts.name if page.kind == "home" else page.title,
                "item": {"@id": address_of(page.url, site)},
            }
            for number, page in enumerate(pages, start=1)
        ],
    }


def _article(metadata: Metadata, page: SitePage, site: Site) -> dict[str, Any]:
    return {
        "@type": "BlogPosting" if page.kind == "post" else "Article",
        "@id": f"{metadata.canonical}#article",
        "mainEntityOfPage": {"@id": metadata.canonical},
        "headline": metadata.heading[:_HEADLINE],
        "description": metadata.description,
        "image": image_of(metadata),
        "datePublished": metadata.published,
        "dateModified": metadata.modified,
        "author": [author_of(name, site) for name in metadata.authors] or {"@id": organization_id(site)},
        "publisher": {"@id": organization_id(site)},
        "inLanguage": metadata.language,
        "keywords": list(page.tags),
    }


def _filled(node: dict[str, Any]) -> dict[str, Any]:
    """Return a node without what nobody knows."""
    return {key: value for key, value in node.items() if value not in (None, "", [], {})}
