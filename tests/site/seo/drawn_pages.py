"""Pages and sites as plain data, for tests that need no build."""

from __future__ import annotations

from typing import Any

from gatepost_site.site_pages import Site, SiteFacts, SitePage

FACTS = SiteFacts("Example", "https://example.com/", "", "en", cards=True)
HTML = "<html><head><title>Old</title></head><body><article>Text</article></body></html>"


def page(source: str = "page.md", **values: Any) -> SitePage:
    url = "" if source == "index.md" else source.removesuffix("index.md").removesuffix(".md").rstrip("/") + "/"
    usual: dict[str, Any] = {
        "url": url,
        "path": f"{url}index.html",
        "kind": "home" if source == "index.md" else "page",
        "title": "A page",
        "description": "",
        "meta": {},
        "markdown": "",
        "content": "",
    }
    return SitePage(source=source, **(usual | values))


def site(*pages: SitePage, facts: SiteFacts = FACTS, **values: Any) -> Site:
    return Site(facts, {page.source: page for page in pages}, **values)
