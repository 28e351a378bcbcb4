"""Everything that rules look at, gathered once: pages, magnets, what a build would refuse, and what was built."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_site.audit.built import Built
from gatepost_site.audit.draft import Shelfmark, read_draft
from gatepost_site.audit.targets import Targets
from gatepost_site.checks import check_sources
from gatepost_site.findings import ContentError, Finding
from gatepost_site.magnets import load_magnets
from gatepost_site.publication import publish
from gatepost_site.translations import original_of, path_in, source_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gatepost_site.audit.draft import Draft
    from gatepost_site.audit.markup import Link
    from gatepost_site.audit.site_config import SiteConfig
    from gatepost_site.audit.targets import Target
    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
    from gatepost_site.publication import Publication


@dataclass(frozen=True)
class Inquiry:
    """One look at a site. Without a configuration, when that cannot be read, there is nothing else."""

    project: Project
    config: SiteConfig | None = None
    #: The pages, then the magnets' copies.
    drafts: Sequence[Draft] = ()
    #: {} when one of them is wrong.
    magnets: Mapping[str, Magnet] = field(default_factory=dict)
    publication: Publication | None = None
    #: What stops a build, each with its rule.
    refused: Sequence[Finding] = ()

    @cached_property
    def by_source(self) -> Mapping[str, Draft]:
        """Pages by their source."""
        return {draft.source: draft for draft in self.drafts}

    @cached_property
    def links(self) -> Sequence[tuple[Draft, Link, Target]]:
        """Every link and picture of every page, with where it leads."""
        return [
            (draft, link, self.targets.resolve(draft, link.target))
            for draft in self.drafts
            for link in draft.markup.links
        ]

    @property
    def pages(self) -> Iterator[Draft]:
        """The pages that somebody wrote for visitors and search engines."""
        return (draft for draft in self.drafts if draft.is_listed)

    @cached_property
    def targets(self) -> Targets:
        """Everything that a link may lead to."""
        return Targets(self)

    @cached_property
    def built(self) -> Built | None:
        """The built site, None when there is none, or when its sources have changed since."""
        return Built.of(self.project, self.newest) if self.config else None

    @cached_property
    def newest(self) -> float:
        """Epoch second of the last change to a source."""
        assert self.config  # noqa: S101 - asked for with one only
        folders = (self.project.content, self.project.magnets)
        files = [self.config.sources.config_file, *(file for folder in folders for file in folder.rglob("*"))]
        return max(file.stat().st_mtime for file in files)


def inquire(config: SiteConfig) -> Inquiry:
    """Read a site's pages and magnets, and look for what a build would refuse."""
    project = config.sources.project
    refused: list[Finding] = []
    magnets: Mapping[str, Magnet] = {}
    try:
        magnets = check_sources(config.sources)
    except ContentError as error:
        refused += error.findings
        magnets = _readable(project)
    drafts = [draft for draft in (*_pages(config), *_copies(config)) if draft]
    return Inquiry(project, config, drafts, magnets, _publication(magnets, config, refused), refused)


def _readable(project: Project) -> Mapping[str, Magnet]:
    """Return the magnets, {} when one is wrong: that was said already."""
    try:
        return load_magnets(project)
    except ContentError:
        return {}


def _publication(magnets: Mapping[str, Magnet], config: SiteConfig, refused: list[Finding]) -> Publication | None:
    """Return what a build would add, None when it would refuse an ebook."""
    if not magnets or any(finding.rule == "ebook" for finding in refused):
        return None
    return publish(magnets, config.sources.project, config.settings, themes=config.themes, spoken=config.spoken)


def _pages(config: SiteConfig) -> Iterator[Draft | None]:
    project = config.sources.project
    for path in config.sources.pages:
        source = Path(path).relative_to(project.content).as_posix()
        language = config.spoken.get(source, "")
        mark = Shelfmark(
            source,
            config.urls.get(source, ""),
            language or config.language,
            is_post=bool(config.posts) and source.startswith(config.posts),
            label=(config.nav or {}).get(source, ""),
            original=original_of(source)[0] if language else "",
        )
        yield read_draft(path, mark, project.root, config.slugify)


def _copies(config: SiteConfig) -> Iterator[Draft | None]:
    """Yield the copy of each magnet, and then its translations, such as magnet.de.md."""
    project, settings = config.sources.project, config.settings
    for copy in sorted(project.magnets.glob("*/magnet.md")):
        slug = copy.parent.name
        source = f"{settings.path}/{slug}/index.md"
        url = f"{settings.path}/{slug}/" + ("" if settings.directory_urls else "index.html")
        for path in (copy, *sorted(copy.parent.glob("magnet.*.md"))):
            language = original_of(path.name)[1]
            mark = Shelfmark(
                source_in(source, language),
                path_in(url, language),
                language or config.language,
                magnet=slug,
                original=source if language else "",
            )
            yield read_draft(path, mark, project.root, config.slugify)
