"""The pages of the last build as a list in a file, for commands that speak of a page by its name."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.seo.descriptions import description_of
from gatepost_site.seo.metadata import address_of
from gatepost_site.seo.titles import heading_of

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage


@dataclass(frozen=True)
class ListedPage:
    """A page that search engines may list."""

    #: The file that it is written in, relative to the project's root; "" when it was made without one.
    file: str
    #: Below the content folder.
    source: str
    #: Below the site's address.
    url: str
    #: "" when the site does not know its own.
    address: str
    title: str
    description: str
    #: Its magnet's slug; "" for any other page.
    magnet: str


def write_page_list(site: Site, _: Path, project: Project) -> None:
    """Note the pages of a build beside its manifest. A preview for this machine alone is not noted."""
    if site.facts.is_preview:
        return
    pages = [vars(_listed(page, site, project)) for page in site.pages.values() if not page.is_hidden]
    path = _path(project)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    # A line a page: to be found with grep, and ten times as fast as a line a fact.
    lines = ",\n".join(json.dumps(page, ensure_ascii=False) for page in pages)
    temporary.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    temporary.replace(path)


def read_page_list(project: Project) -> list[ListedPage]:
    """Read what the last build noted. Raises FileNotFoundError when the site was never built."""
    return [ListedPage(**page) for page in json.loads(_path(project).read_text(encoding="utf-8"))]


def is_newer(page: ListedPage, project: Project) -> bool:
    """Whether a page's file was changed after the build that noted it."""
    file = project.root / page.file
    return bool(page.file) and file.is_file() and file.stat().st_mtime > _path(project).stat().st_mtime


def _listed(page: SitePage, site: Site, project: Project) -> ListedPage:
    return ListedPage(
        file=_file(page, project),
        source=page.source,
        url=page.url,
        address=address_of(page.url, site),
        title=heading_of(page, site),
        description=description_of(page, site),
        magnet=page.magnet,
    )


def _file(page: SitePage, project: Project) -> str:
    if page.magnet:
        path = f"{project.magnets}{os.sep}{page.magnet}{os.sep}magnet.md"
    else:
        path = f"{project.content}{os.sep}{page.source}"
    top = f"{project.root}{os.sep}"
    is_ours = path.startswith(top) and os.path.isfile(path)  # noqa: PTH113 - there are thousands of them
    return path.removeprefix(top).replace(os.sep, "/") if is_ours else ""


def _path(project: Project) -> Path:
    return project.private / "pages.json"
