"""Mends what can be mended for certain: each edit changes the very characters that were found, and nothing else."""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatepost_site.findings import Edit, Finding


def mend(findings: Iterable[Finding], root: Path) -> list[str]:
    """Apply the edits of findings to their files; return what was changed, one line each, in order of place.

    A place that no longer holds what was found, or that two edits claim, is left as it is. Raises OSError.
    """
    edits: dict[str, set[Edit]] = defaultdict(set)
    for finding in findings:
        if finding.edit:
            edits[finding.file].add(finding.edit)
    return [line for file in sorted(edits) for line in _mend_file(file, edits[file], root)]


def _mend_file(file: str, edits: set[Edit], root: Path) -> list[str]:
    path = root / file
    text = path.read_bytes().decode("utf-8")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    lines = text.removeprefix(mark).split("\n")
    done: list[Edit] = []
    # From the end, so that places further to the front stay where they are.
    for edit in sorted(edits, key=lambda edit: (edit.line, edit.column), reverse=True):
        if _fits(edit, lines) and not (done and _overlap(edit, done[-1])):
            line, start = lines[edit.line - 1], edit.column - 1
            lines[edit.line - 1] = line[:start] + edit.new + line[start + len(edit.old) :]
            done.append(edit)
    if done:
        _replace(path, (mark + "\n".join(lines)).encode())
    return [f"{file}:{edit.line}:{edit.column}: '{edit.old}' is now '{edit.new}'" for edit in reversed(done)]


def _fits(edit: Edit, lines: list[str]) -> bool:
    return edit.line <= len(lines) and lines[edit.line - 1].startswith(edit.old, edit.column - 1)


def _overlap(edit: Edit, behind: Edit) -> bool:
    return edit.line == behind.line and edit.column + len(edit.old) > behind.column


def _replace(path: Path, data: bytes) -> None:
    """Write a file in one step, with the permissions that it had."""
    # A link is followed: what it leads to is the file.
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(target.stat().st_mode & 0o7777)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
