"""Where an entry stands in a page's front matter, for findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.documents import load_yaml, position_in, read_text, split

if TYPE_CHECKING:
    from gatepost_site.project import Project
    from gatepost_site.site_pages import SitePage


def place_of(page: SitePage, key: str, index: int, project: Project) -> tuple[str, int, int]:
    """Return (file, line, column) of an entry of a key, whose value is a list or a single entry."""
    source = project.content / page.source
    file = f"{project.content.name}/{page.source}"
    if not source.is_file():
        return file, 1, 1
    front, _, _ = split(read_text(source, file), file)
    where = (key, index) if isinstance(page.meta.get(key), list) else (key,)
    return file, *position_in(load_yaml(front or "", file, first_line=2), where, 2)
