"""Sites as plain data, and small sites built for real."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatepost_site.project import Project
from gatepost_site.site_pages import Additions, Site, SiteFacts, SitePage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FACTS = SiteFacts("Example", "https://example.com/", "All about examples.", "en")
#: Material, with its search and its blog.
BLOG = """\
site_name: Example
site_url: https://example.com/
site_description: All about examples.
docs_dir: content
site_dir: public
theme: {name: material, font: false}
plugins: [search, blog, gatepost]
"""


def page(source: str, **facts: Any) -> SitePage:
    """Return a page at the address that its source usually gets."""
    stem = source.removesuffix(".md").removesuffix("index").rstrip("/")
    url = f"{stem}/" if stem else ""
    usual: dict[str, Any] = {
        "url": url, "path": f"{url}index.html", "kind": "page" if url else "home", "title": stem or "Home",
        "description": "", "meta": {}, "markdown": "", "content": "",
    }  # fmt: skip
    return SitePage(source=source, **{**usual, **facts})


def site_with(*pages: SitePage, url: str = "https://example.com/", **adds: Any) -> Site:
    """Return a site with these pages; `adds` are its owner's wishes."""
    return Site(replace(FACTS, url=url, adds=Additions(**adds)), {page.source: page for page in pages})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project with a content and an output folder."""
    (tmp_path / "content").mkdir()
    (tmp_path / "public").mkdir()
    return Project.at(tmp_path)


@pytest.fixture
def written(project: Project) -> Callable[[Callable[[Site, Path, Project], None], Site, str], str]:
    """Return a function that lets a step write, and gives a file of the output folder."""

    def run(step: Callable[[Site, Path, Project], None], site: Site, name: str) -> str:
        step(site, project.public, project)
        return (project.public / name).read_text(encoding="utf-8")

    return run
