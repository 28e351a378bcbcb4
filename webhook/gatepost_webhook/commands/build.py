"""`gatepost build`: everything checked, then the site built in one step."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

import click

from gatepost_site.documents import shown
from gatepost_site.plugin import build_site
from gatepost_site.project import Project
from gatepost_webhook.checking import count, sequence_findings
from gatepost_webhook.options import project_option
from gatepost_webhook.schema_files import keep_schemas
from gatepost_webhook.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gatepost_site.findings import Finding
    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Manifest


@click.command()
@project_option
@click.option("--site-url", default=None, help="Address of the site, instead of the one in mkdocs.yml.")
@click.option("--strict", is_flag=True, help="Take warnings, as of a broken link, for failures.")
@click.option("--clean", is_flag=True, help="Throw away first what earlier builds kept, so that all is made anew.")
@click.option("--no-cache", is_flag=True, help="Neither use what earlier builds kept, nor keep anything.")
def command(root: Path, site_url: str | None, *, strict: bool, clean: bool, no_cache: bool) -> None:
    """Check everything, then build the site into public/.

    A build that fails leaves the last one as it was.

    \b
    Example:
      gatepost build --site-url https://example.com/
    """
    settings = load_settings()
    if clean:
        shutil.rmtree(Project.at(root).cache, ignore_errors=True)
    build_with_words(
        root,
        site_url=site_url or settings.site_url or None,
        webhook=settings.base_url if "base_url" in settings.model_fields_set else None,
        strict=strict,
        cache=not no_cache,
    )


def build_with_words(
    root: Path,
    *,
    site_url: str | None = None,
    webhook: str | None = None,
    strict: bool = False,
    preview: bool = False,
    cache: bool = True,
) -> None:
    """Check and build, and say so. Raises ContentError with every mistake."""
    started = time.perf_counter()
    project = Project.at(root)
    magnets: dict[str, Magnet] = {}

    def check(built: Project, found: Mapping[str, Magnet]) -> list[Finding]:
        nonlocal project
        project = built
        magnets.update(found)
        return sequence_findings(built, found)

    click.echo("Checking pages, magnets and sequences, then building ...")
    keep_schemas(project)
    manifest = build_site(
        root, site_url=site_url, webhook=webhook, strict=strict, preview=preview, cache=cache, check=check
    )
    seconds = time.perf_counter() - started
    click.echo(f"{_summary(project, magnets, manifest)} in {seconds:.1f} s -> {shown(project.public, project.root)}/")


def _summary(project: Project, magnets: Mapping[str, Magnet], manifest: Manifest) -> str:
    pages = sum(name.endswith(".html") for _, _, names in os.walk(project.public) for name in names)
    # What stands at an old or a wrong address is no page of the site.
    pages -= len(manifest.moved) + (project.public / "404.html").is_file()
    books = []
    if any(magnet.is_ebook for magnet in magnets.values()):
        from gatepost_site.ebook import page_count  # noqa: PLC0415 - with it comes all that makes books

        books = [page_count(magnet.asset_path(project)) for magnet in magnets.values() if magnet.is_ebook]
    parts = [count(pages, "page"), count(len(magnets), "magnet")]
    if books:
        parts.append(f"{count(len(books), 'ebook')} ({count(sum(books), 'page')})")
    return ", ".join(parts)
