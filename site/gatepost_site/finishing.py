"""What is added to a site beyond what its writers wrote: to each page as it is made, and to the whole at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.images import place_images
from gatepost_site.seo.drawing import draw_cards
from gatepost_site.seo.head import complete_head
from gatepost_site.seo.page_list import write_page_list
from gatepost_site.seo.sharing import add_share_links
from gatepost_site.theme_repairs import mend_theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage

    #: (HTML of a page, the page, its site) -> HTML. Pure, and the same for the same input: pages are cached.
    PageStep = Callable[[str, SitePage, Site], str]
    #: (site, output folder, project) -> None; writes files into the output folder.
    SiteStep = Callable[[Site, Path, Project], None]

#: In the order in which they run.
PAGE_STEPS: Sequence[PageStep] = (
    mend_theme,
    place_images,
    complete_head,
    add_share_links,
)
SITE_STEPS: Sequence[SiteStep] = (
    draw_cards,
    write_page_list,
)


def finish_page(html: str, page: SitePage, site: Site) -> str:
    """Return a page's HTML with everything that is added to it."""
    for step in PAGE_STEPS:
        html = step(html, page, site)
    return html


def finish_site(site: Site, public: Path, project: Project) -> None:
    """Write into the output folder what is made of all pages together."""
    for step in SITE_STEPS:
        step(site, public, project)
