"""What one build publishes for its magnets: their pages, covers and offers, and what it tells the webhook of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from gatepost_site import ebook
from gatepost_site.audit import sha256_of
from gatepost_site.calendar_file import build_calendar
from gatepost_site.landing import GeneratedPage, landing_page, landing_url, thanks_page, thanks_url
from gatepost_site.landing_blocks import preview_length
from gatepost_site.magnets import media_type_of
from gatepost_site.offers import OfferShelf, mark_link
from gatepost_site.pictures import Picture, png_size
from gatepost_site.project import Asset, Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepost_site.forms import SiteSettings
    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project

#: Templates and assets that any theme is given; a site's own theme folder overrides them file by file.
THEME = Path(__file__).parent / "theme"


@dataclass(frozen=True)
class Publication:
    """Everything that a build adds to a site."""

    magnets: Mapping[str, Magnet]
    settings: SiteSettings
    #: Source path -> page, as if it were a file of the content folder.
    pages: Mapping[str, GeneratedPage]
    #: Path below the site -> file to copy there.
    files: Mapping[str, Path]
    shelf: OfferShelf

    def is_thanks(self, source: str) -> bool:
        """Whether a source path is that of a thank-you page, which no search engine should list."""
        return source in self.pages and self.pages[source].meta["template"] == "gatepost/thanks.html"

    def magnet_of(self, source: str) -> str:
        """Return the slug of the magnet that a generated page belongs to, "" for any other page."""
        return self.pages[source].magnet if source in self.pages else ""


def publish(
    magnets: Mapping[str, Magnet], project: Project, settings: SiteSettings, *, themes: Sequence[str]
) -> Publication:
    """Make the ebooks and the pages of all magnets. `themes` are the folders of templates, the site's own first."""
    files: dict[str, Path] = {}
    covers: dict[str, Picture] = {}
    pages: list[GeneratedPage] = []
    contents: dict[str, tuple[ebook.ChapterTitle, ...]] = {}
    previews: dict[str, dict[int, Picture]] = {}
    for slug, magnet in magnets.items():
        if magnet.is_ebook:
            picture = ebook.cover_png(magnet, project)
            covers[slug] = Picture(f"{settings.path}/{slug}/cover.png", *png_size(picture))
            files[covers[slug].path] = picture
            contents[slug] = ebook.contents_of(magnet, project)
            previews[slug] = _previews(magnet, project, settings, files)
        if magnet.kind == "webinar":
            build_calendar(magnet, project, site_name=settings.site_name)
        pages.append(landing_page(magnet, settings, cover=covers.get(slug)))
        pages.append(thanks_page(magnet, settings))
    landing = {slug: landing_url(slug, settings) for slug in magnets}
    shelf = OfferShelf(magnets, landing, covers, settings, _templates(themes), contents=contents, previews=previews)
    return Publication(magnets, settings, {page.source: page for page in pages}, files, shelf)


def _previews(magnet: Magnet, project: Project, settings: SiteSettings, files: dict[str, Path]) -> dict[int, Picture]:
    """Add to `files` the pictures of pages that a magnet's landing copy shows; return them by page number."""
    found = {}
    for page in ebook.preview_pages(magnet, project, preview_length(magnet.body)):
        found[page.page] = Picture(f"{settings.path}/{magnet.slug}/page-{page.page}.webp", page.width, page.height)
        files[found[page.page].path] = page.file
    return found


def manifest_of(publication: Publication, project: Project) -> Manifest:
    """Return what the webhook must know of a build."""
    settings = publication.settings
    return Manifest(
        site_name=settings.site_name,
        site_url=settings.site_url,
        landing={slug: landing_url(slug, settings) for slug in publication.magnets},
        thanks={slug: thanks_url(slug, settings) for slug in publication.magnets},
        assets={slug: _asset(magnet, project) for slug, magnet in publication.magnets.items() if magnet.has_file},
        recordings={
            slug: _file(path, path.name, project)
            for slug, magnet in publication.magnets.items()
            if (path := magnet.recording_path())
        },
    )


def _asset(magnet: Magnet, project: Project) -> Asset:
    return _file(magnet.asset_path(project), magnet.filename, project)


def _file(file: Path, filename: str, project: Project) -> Asset:
    return Asset(
        path=file.relative_to(project.root).as_posix(),
        filename=filename,
        media_type=media_type_of(filename),
        sha256=sha256_of(file),
        size=file.stat().st_size,
    )


def _templates(themes: Sequence[str]) -> jinja2.Environment:
    # Templates escape by themselves, as MkDocs' environment, which renders them too, does not.
    templates = jinja2.Environment(loader=jinja2.FileSystemLoader(list(themes)))  # noqa: S701
    templates.filters["url"] = mark_link
    return templates
