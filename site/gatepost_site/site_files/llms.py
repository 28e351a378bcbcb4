"""llms.txt: the site's contents for answer engines, each page as a link to its Markdown twin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.site_files.indexable import address
from gatepost_site.site_files.twins import twin_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage


def write_llms(site: Site, public: Path, project: Project) -> None:
    """Write llms.txt, unless a writer wrote one."""
    if site.facts.adds.llms and site.facts.url and not (project.content / "llms.txt").is_file():
        (public / "llms.txt").write_text(llms_text(site), encoding="utf-8", newline="\n")


def llms_text(site: Site) -> str:
    """Return the contents: first the site, then its pages by folder, posts newest first, then what can be had."""
    about = f"\n> {_one_line(site.facts.description)}\n" if site.facts.description else ""
    sections = "".join(_section(name, pages, site) for name, pages in _sections(site).items() if pages)
    return f"# {_one_line(site.facts.name)}\n{about}{sections}"


def _sections(site: Site) -> Mapping[str, Sequence[SitePage]]:
    pages = [page for page in site.pages.values() if twin_path(page, site)]
    posts = sorted(pages, key=lambda page: str(page.published or ""), reverse=True)
    return {
        "Pages": [page for page in pages if page.kind in {"home", "page"} and not _folder(page)],
        **_folders(pages, site),
        "Blog": [page for page in posts if page.kind == "post"],
        "Free downloads": [page for page in pages if page.kind == "landing"],
    }


def _folders(pages: Sequence[SitePage], site: Site) -> dict[str, list[SitePage]]:
    """Return the pages of each folder, under the title of the page that stands for the folder."""
    sections: dict[str, list[SitePage]] = {}
    for page in pages:
        if page.kind == "page" and (folder := _folder(page)):
            index = site.pages.get(f"{folder}/index.md")
            sections.setdefault(index.title if index else folder.capitalize(), []).append(page)
    return sections


def _folder(page: SitePage) -> str:
    return page.source.partition("/")[0] if "/" in page.source else ""


def _section(name: str, pages: Sequence[SitePage], site: Site) -> str:
    return f"\n## {_one_line(name)}\n\n" + "".join(_lines(pages, site))


def _lines(pages: Sequence[SitePage], site: Site) -> Iterator[str]:
    for page in pages:
        title = _one_line(page.title).replace("[", "(").replace("]", ")")
        about = f": {_one_line(page.description)}" if page.description else ""
        yield f"- [{title}]({address(twin_path(page, site), site)}){about}\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
