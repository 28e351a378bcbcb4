"""What one build publishes for its magnets: their pages, covers and offers, and what it tells the webhook of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from gatepost_site.landing import GeneratedPage, landing_page, landing_url, thanks_page, thanks_url
from gatepost_site.landing_blocks import preview_length
from gatepost_site.late import Late
from gatepost_site.magnets import media_type_of
from gatepost_site.offers import OfferShelf, mark_link
from gatepost_site.pictures import Picture, png_size
from gatepost_site.project import Asset, Manifest
from gatepost_site.translations import path_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepost_site import audit, ebook
    from gatepost_site.forms import SiteSettings
    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
else:
    audit, ebook = (Late(f"gatepost_site.{name}") for name in ("audit", "ebook"))

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
    #: Source path -> language (BCP 47) of the pages that are not in the site's own.
    spoken: Mapping[str, str]

    def is_thanks(self, source: str) -> bool:
        """Whether a source path is that of a thank-you page, which no search engine should list."""
        return source in self.pages and self.pages[source].meta["template"] == "gatepost/thanks.html"

    def magnet_of(self, source: str) -> str:
        """Return the slug of the magnet that a generated page belongs to, "" for any other page."""
        return self.pages[source].magnet if source in self.pages else ""

    def source_of(self, source: str) -> Path | None:
        """Return the file that a magnet's page is made from, None for any other page."""
        magnet = self.magnets.get(self.magnet_of(source))
        return magnet.folder / "magnet.md" if magnet else None


def publish(
    magnets: Mapping[str, Magnet],
    project: Project,
    settings: SiteSettings,
    *,
    themes: Sequence[str],
    spoken: Mapping[str, str],
) -> Publication:
    """Make the ebooks and the pages of all magnets.

    `themes` are the folders of templates, the site's own first; `spoken` are the languages of translated pages.
    """
    files: dict[str, Path] = {}
    covers: dict[str, Picture] = {}
    pages: list[GeneratedPage] = []
    contents: dict[str, tuple[ebook.ChapterTitle, ...]] = {}
    previews: dict[str, dict[int, Picture]] = {}
    for slug, magnet in magnets.items():
        for version in magnet.versions():
            own = version.hands_out_its_own
            if version.is_ebook and own:
                ebook.build_epub(version, project)
                picture = ebook.cover_png(version, project)
                path = path_in(f"{settings.path}/{slug}/cover.png", version.language)
                covers[version.stem] = Picture(path, *png_size(picture))
                files[path] = picture
                contents[version.stem] = ebook.contents_of(version, project)
                previews[version.stem] = _previews(version, project, settings, files)
            if version.kind == "webinar" and own:
                # Loads a library that takes as long to load as half the others together, and few sites need.
                from gatepost_site.calendar_file import build_calendar  # noqa: PLC0415

                build_calendar(version, project, site_name=settings.site_name)
            cover = covers.get(version.stem)
            pages.append(landing_page(version, settings, cover=cover, versions=magnet.versions()))
            pages.append(thanks_page(version, settings))
    versions = [version for magnet in magnets.values() for version in magnet.versions()]
    landing = {version.key: landing_url(version, settings) for version in versions}
    shelf = OfferShelf(magnets, landing, covers, settings, _templates(themes), contents=contents, previews=previews)
    spoken = {**spoken, **{page.source: page.language for page in pages if page.language}}
    return Publication(magnets, settings, {page.source: page for page in pages}, files, shelf, spoken)


def _previews(magnet: Magnet, project: Project, settings: SiteSettings, files: dict[str, Path]) -> dict[int, Picture]:
    """Add to `files` the pictures of pages that a magnet's landing copy shows; return them by page number."""
    found = {}
    sharing = [version for version in magnet.versions() if version.stem == magnet.stem]
    most = max(preview_length(version.body) for version in sharing)
    for page in ebook.preview_pages(magnet, project, most):
        path = path_in(f"{settings.path}/{magnet.slug}/page-{page.page}.webp", magnet.language)
        found[page.page] = Picture(path, page.width, page.height)
        files[found[page.page].path] = page.file
    return found


def manifest_of(publication: Publication, project: Project) -> Manifest:
    """Return what the webhook must know of a build."""
    settings = publication.settings
    versions = [version for magnet in publication.magnets.values() for version in magnet.versions()]
    return Manifest(
        site_name=settings.site_name,
        site_url=settings.site_url,
        landing={version.key: landing_url(version, settings) for version in versions},
        thanks={version.key: thanks_url(version, settings) for version in versions},
        assets={version.key: _asset(version, project) for version in versions if version.has_file},
        epubs={
            version.key: _file(path, path.name, project) for version in versions if (path := version.epub_path(project))
        },
        recordings={
            version.key: _file(path, path.name, project) for version in versions if (path := version.recording_path())
        },
        language=settings.language,
    )


def _asset(magnet: Magnet, project: Project) -> Asset:
    return _file(magnet.asset_path(project), magnet.filename, project)


def _file(file: Path, filename: str, project: Project) -> Asset:
    return Asset(
        path=file.relative_to(project.root).as_posix(),
        filename=filename,
        media_type=media_type_of(filename),
        sha256=audit.sha256_of(file),
        size=file.stat().st_size,
    )


def _templates(themes: Sequence[str]) -> jinja2.Environment:
    # Templates escape by themselves, as MkDocs' environment, which renders them too, does not.
    templates = jinja2.Environment(loader=jinja2.FileSystemLoader(list(themes)))  # noqa: S701
    templates.filters["url"] = mark_link
    return templates
