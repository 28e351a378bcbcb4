"""Every picture that a site's pages show: looked for, measured and given its variants, many at a time."""

from __future__ import annotations

import logging
import os
import posixpath
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gatepost_site.documents import shown
from gatepost_site.findings import Finding
from gatepost_site.images.measuring import SUFFIXES, UnreadableImageError
from gatepost_site.images.tags import images_in, path_of
from gatepost_site.images.variants import FORMATS, Prepared, prepare
from gatepost_site.site_pages import SiteImage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage

    #: Source of a page -> path below the site of a picture -> address as the page has it.
    Wanted = Mapping[str, Mapping[str, str]]

_log = logging.getLogger(f"mkdocs.{__name__}")


@dataclass(frozen=True)
class Pictured:
    """A site that knows its pictures, and the files that are to be published beside them."""

    site: Site
    #: Path below the site -> file to copy there.
    files: Mapping[str, Path]


def pictures_of(site: Site) -> Wanted:
    """Return the pictures that each page of a site shows."""
    return {page.source: _wanted(page, site) for page in site.pages.values()}


def picture_site(
    site: Site, files: Mapping[str, Path | None], project: Project, *, wanted: Wanted, covers: Collection[str]
) -> Pictured:
    """Prepare all pictures of a site's pages.

    `files` are what will be published: path below the site -> source, None for what another plugin made. `wanted` is
    what `pictures_of` found, `covers` are the pictures that templates show. A file that is no picture is warned of, and
    stays as it is.
    """
    paths = {path for shown_there in wanted.values() for path in shown_there} | set(covers)
    prepared, findings = _prepare({path: file for path in sorted(paths) if (file := files.get(path))}, project)
    _warn(findings)
    published = {target: file for path, done in prepared.items() for target, file in _targets(path, done).items()}
    return Pictured(replace(site, images={path: _facts(path, done) for path, done in prepared.items()}), published)


def tell_missing(site: Site, files: Mapping[str, Path | None], project: Project, *, wanted: Wanted) -> None:
    """Warn of pictures that pages ask for and that nobody will find. `files` are as for `picture_site`."""
    _warn(it for page in site.pages.values() for it in _missing(page, wanted[page.source], files, project))


def _warn(findings: Iterable[Finding]) -> None:
    # A page without one picture is better than no page: warnings fail only a strict build.
    for finding in findings:
        _log.warning("%s", finding)


def _prepare(files: Mapping[str, Path], project: Project) -> tuple[dict[str, Prepared], list[Finding]]:
    """Return what was made of each picture, by path, and a finding for each that is none."""
    started = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda file: _prepared(file, project), files.values()))
    if (seconds := time.perf_counter() - started) > 1:
        _log.info("%d pictures, in %.1f s", len(files), seconds)
    prepared = {path: done for path, done in zip(files, results, strict=True) if isinstance(done, Prepared)}
    return prepared, [result for result in results if isinstance(result, Finding)]


def _wanted(page: SitePage, site: Site) -> dict[str, str]:
    """Return the pictures of the site that a page shows: path below the site -> address as the page has it."""
    sources = images_in(page.content) if "<img" in page.content else ()
    found = {path_of(source, page, site.facts.url): source for source in sources}
    return {path: source for path, source in found.items() if PurePosixPath(path).suffix.lower() in SUFFIXES}


def _prepared(file: Path, project: Project) -> Prepared | Finding:
    where = shown(file, project.root)
    try:
        return prepare(file, project.private / "images")
    except UnreadableImageError:
        return Finding(where, 1, 1, "not a picture that can be read", write="the picture saved anew")
    except OSError as error:
        return Finding(where, 1, 1, f"cannot be read ({error.strerror or error})")


def _targets(path: str, done: Prepared) -> dict[str, Path]:
    folder = posixpath.dirname(path)
    names = (_name(path, variant.width, variant.format, done.key) for variant in done.variants)
    return {posixpath.join(folder, name): v.file for name, v in zip(names, done.variants, strict=True)}


def _name(path: str, width: int, kind: str, key: str) -> str:
    # With a piece of its key, a file never changes: servers may let browsers keep it.
    return f"{PurePosixPath(path).stem}.{width}.{key[:8]}.{kind}"


def _facts(path: str, done: Prepared) -> SiteImage:
    formats = {
        kind: tuple((_name(path, v.width, kind, done.key), v.width) for v in done.variants if v.format == kind)
        for kind in FORMATS
    }
    return SiteImage(done.width, done.height, {kind: files for kind, files in formats.items() if files})


def _missing(
    page: SitePage, wanted: Mapping[str, str], files: Mapping[str, Path | None], project: Project
) -> Iterator[Finding]:
    """Yield the pictures that a page's own text asks for and that nobody will find."""
    for path, source in wanted.items():
        place = None if path in files else _place(page, unquote(source), project)
        # What no text asks for came from another plugin, which may still make it.
        if place and not (project.content / path).exists():
            write = f"the path of a file below {project.content.name}/"
            yield Finding(*place, "no such picture", f"'{source}'", write)


def _place(page: SitePage, source: str, project: Project) -> tuple[str, int, int] | None:
    """Return (file, line, column) at which a page's source names a picture."""
    file = project.magnets / page.magnet / "magnet.md" if page.magnet else project.content / page.source
    name = PurePosixPath(source.partition("#")[0].partition("?")[0]).name
    lines = file.read_text(encoding="utf-8-sig").splitlines() if file.is_file() else []
    for number, line in enumerate(lines, start=1):
        if name in unquote(line):
            return shown(file, project.root), number, unquote(line).index(name) + 1
    return None
