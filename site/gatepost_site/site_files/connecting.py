"""Connects the pages of a site with each other: what is related, and what has moved. Says what cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatepost_site.findings import ContentError
from gatepost_site.site_files.moves import move_findings
from gatepost_site.site_files.related import related_findings, related_pages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site


def connected(site: Site, project: Project, files: Mapping[str, str]) -> Site:
    """Return the site with what each page suggests. Raises ContentError with every mistake in its connections.

    `files` has the source of each file that the site will hold, by path below the output folder.
    """
    findings = [*move_findings(site, project, files), *related_findings(site, project)]
    if findings:
        raise ContentError(findings)
    return replace(site, related=related_pages(site)) if site.adds.related else site
