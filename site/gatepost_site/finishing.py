"""What is added to a site beyond what its writers wrote: to each page as it is made, and to the whole at the end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gatepost_site.images import place_images
from gatepost_site.seo.drawing import draw_cards
from gatepost_site.seo.head import complete_head
from gatepost_site.seo.page_list import write_page_list
from gatepost_site.seo.sharing import add_share_links
from gatepost_site.site_files.discovery import link_alternates
from gatepost_site.site_files.feeds import write_feeds
from gatepost_site.site_files.lazy_search import delay_search, delayed
from gatepost_site.site_files.llms import write_llms
from gatepost_site.site_files.moved_files import write_moved
from gatepost_site.site_files.not_found import complete_not_found
from gatepost_site.site_files.related_links import show_related
from gatepost_site.site_files.robots import write_robots
from gatepost_site.site_files.search_index import hide_from_search
from gatepost_site.site_files.sitemap import write_sitemap
from gatepost_site.site_files.twins import twin_path, write_twins
from gatepost_site.theme_repairs import mend_theme
from gatepost_site.translations import settle_language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage

    #: (HTML of a page, the page, its site) -> HTML. Pure, and the same for the same input: pages are kept from one
    #: build to the next. Nothing need be declared: what steps read of the page and of others is noted, and the page is
    #: made again when that changes (speed/watching.py). A step that reads the text of other pages makes all depend
    #: on all text; let it be worked out once before, and stand on the page as a fact of its own, as `related` does.
    PageStep = Callable[[str, SitePage, Site], str]
    #: (site, output folder, project) -> None; writes files into the output folder. A page that stands there is one file
    #: with the stored one: to change it, write another file and put that in its place.
    SiteStep = Callable[[Site, Path, Project], None]

#: In the order in which they run.
PAGE_STEPS: Sequence[PageStep] = (
    settle_language,
    mend_theme,
    place_images,
    complete_head,
    add_share_links,
    show_related,
    link_alternates,
    delay_search,
)
SITE_STEPS: Sequence[SiteStep] = (
    draw_cards,
    write_page_list,
    write_sitemap,
    write_robots,
    write_feeds,
    write_twins,
    write_llms,
    write_moved,
    hide_from_search,
)


def finish_page(html: str, page: SitePage, site: Site) -> str:
    """Return a page's HTML with everything that is added to it."""
    for step in PAGE_STEPS:
        html = step(html, page, site)
    return html


def finish_not_found(html: str, site: Site) -> str:
    """Return the HTML of the page for wrong addresses, which is no page of the site, with what is added to it."""
    return delayed(complete_not_found(html, site), site)


def twin_files(site: Site, public: str) -> set[str]:
    """Return the paths of all pages' Markdown twins in the output folder."""
    return {f"{public}{os.sep}{path}" for page in site.pages.values() if (path := twin_path(page, site))}


def finish_site(site: Site, public: Path, project: Project) -> None:
    """Write into the output folder what is made of all pages together."""
    for step in SITE_STEPS:
        step(site, public, project)
