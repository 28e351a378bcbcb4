"""Connects the pages of a site with each other: what is related, and what has moved. Says what cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatepost_site.findings import ContentError
from gatepost_site.seo.descriptions import description_of
from gatepost_site.seo.titles import heading_of
from gatepost_site.site_files.feeds import feeds_of
from gatepost_site.site_files.moves import move_findings
from gatepost_site.site_files.related import related_findings, related_pages
from gatepost_site.site_files.vocabulary import Vocabulary
from gatepost_site.site_pages import Related, Suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site


def connected(site: Site, project: Project, files: Mapping[str, str]) -> Site:
    """Return the site with its feeds and with what each page suggests. Raises ContentError with every mistake.

    `files` has the source of each file that the site will hold, by path below the output folder.
    """
    findings = [*move_findings(site, project, files), *related_findings(site, project)]
    if findings:
        raise ContentError(findings)
    feeds = tuple((feed.language, feed.name) for feed in feeds_of(site))
    chosen = related_pages(site, Vocabulary(project)) if site.facts.adds.related else {}
    pages, known = dict(site.pages), _Suggestions(site)
    for source, choice in chosen.items():
        pages[source] = replace(pages[source], related=Related(known.of(choice.articles), known.of(choice.magnets)))
    return replace(site, facts=replace(site.facts, feeds=feeds), pages=pages)


class _Suggestions:
    """What is said of pages where others suggest them: the same each time."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._made: dict[str, Suggestion] = {}

    def of(self, sources: Sequence[str]) -> tuple[Suggestion, ...]:
        """Return what is said of some pages."""
        return tuple(self._made.get(source) or self._make(source) for source in sources)

    def _make(self, source: str) -> Suggestion:
        page = self._site.pages[source]
        self._made[source] = Suggestion(page.url, heading_of(page, self._site), description_of(page, self._site))
        return self._made[source]
