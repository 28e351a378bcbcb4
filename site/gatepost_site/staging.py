"""A build goes into a folder of its own, and takes the published one's place only when nothing is wrong with it."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_site.documents import shown
from gatepost_site.findings import ContentError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatepost_site.project import Project


@contextmanager
def staging(project: Project, *, spare: bool = False) -> Iterator[Path]:
    """Yield the path of a folder to build into, of which nothing stays afterwards. Raises ContentError.

    With `spare`, what was published before is put aside afterwards, and is what the next build finds in that folder:
    most of it will be wanted again.
    """
    aside = project.private / ("spare-preview" if project.preview else "spare")
    try:
        project.private.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="build-", dir=project.private) as folder:
            # One deeper: a temporary folder is its owner's alone, and web servers often run as somebody else.
            site = Path(folder) / "site"
            if spare:
                _move(aside, site)
            try:
                yield site
            finally:
                if spare:
                    _move(site if site.exists() else site.with_name("old"), aside)
    except OSError as error:
        raise ContentError([unwritable(error, project)]) from error


def take_place(staging: Path, project: Project) -> None:
    """Put the new site where the old one is, with two renames where the file system can."""
    old, public = staging.with_name("old"), project.public.resolve()
    public.parent.mkdir(parents=True, exist_ok=True)
    try:
        if public.exists():
            public.rename(old)
        staging.rename(public)
    except OSError:
        # A mounted folder cannot be renamed; its content can be replaced.
        _refill(public, staging)


def _move(folder: Path, target: Path) -> None:
    # Of two builds at once one finds nothing, and one leaves nothing.
    with suppress(OSError):
        folder.rename(target)


def unwritable(error: OSError, project: Project) -> Finding:
    """Return the finding for a file or folder that a build cannot write."""
    file = shown(Path(error.filename), project.root) if error.filename else shown(project.private, project.root)
    what = f"cannot be written ({error.strerror or error})"
    return Finding(file, 1, 1, what, write="a folder that you may write to, with space left")


def _refill(public: Path, staging: Path) -> None:
    public.mkdir(parents=True, exist_ok=True)
    for child in public.iterdir():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
    shutil.copytree(staging, public, dirs_exist_ok=True)


def as_published(findings: Iterable[Finding], staging: Path, project: Project) -> Iterator[Finding]:
    """Name files of the staging folder as they would have been called when published."""
    before, after = (f"{shown(place, project.root)}/" for place in (staging, project.public))
    for finding in findings:
        inside = finding.file.startswith(before)
        yield replace(finding, file=after + finding.file.removeprefix(before)) if inside else finding
