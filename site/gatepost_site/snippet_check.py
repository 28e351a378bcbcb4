"""Keeps snippets (pymdownx.snippets) from copying what is gated, or anything outside the site, into a page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatepost_site.documents import shown
from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gatepost_site.project import Project

NAME = "pymdownx.snippets"
_MARKER = re.compile(r"^\s*-+8<-+(?:\s+[\"'](?P<path>.+)[\"'])?\s*$")
#: A section or lines of a file: "file.md:section", "file.md:3:5".
_PART = re.compile(r":[\w:,-]*$")


def check_snippets(pages: Iterable[Path], options: Mapping[str, Any] | None, project: Project) -> list[Finding]:
    """Return what is wrong with the site's snippets; `options` are the extension's, None when it is not on."""
    if options is None:
        return []
    findings = []
    if not options.get("restrict_base_path", True):
        write = "'restrict_base_path: true', so that no page takes in a file from outside"
        findings.append(
            Finding("mkdocs.yml", 1, 1, f"{NAME} may read every file", "'restrict_base_path: false'", write)
        )
    base_path = options.get("base_path", ["."])
    bases = [Path(base).absolute() for base in ([base_path] if isinstance(base_path, str) else base_path)]
    for page in pages:
        findings += _page_findings(page, bases, project)
    return findings


def _page_findings(page: Path, bases: list[Path], project: Project) -> Iterator[Finding]:
    try:
        lines = page.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return  # Said already, by the check of the front matter.
    gated = (project.magnets.resolve(), project.private.resolve())
    for number, name in _snippets(lines):
        path = _PART.sub("", name)
        if any((base / path).resolve().is_relative_to(folder) for base in bases for folder in gated):
            yield Finding(
                shown(page, project.root), number, 1, "snippet of a gated folder", f"'{name}'", "what visitors may read"
            )


def _snippets(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield (line, path) of each file that a page takes in, of lists between two markers too."""
    listing = False
    for number, line in enumerate(lines, start=1):
        marker = _MARKER.match(line)
        if marker and marker["path"]:
            yield number, marker["path"]
        elif marker:
            listing = not listing
        elif listing and line.strip():
            yield number, line.strip()
