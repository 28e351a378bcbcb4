"""The commit that a project's files were taken from, read from .git without calling git."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
#: Symbolic references that lead to one another.
_MOST = 5


def revision_of(folder: Path) -> str:
    """Return the hexadecimal commit that is checked out in a folder, "" when it is in no repository."""
    for place in (folder.resolve(), *folder.resolve().parents):
        if (place / ".git").exists():
            try:
                return _head(_directory(place / ".git"))
            except (OSError, UnicodeDecodeError):
                return ""
    return ""


def _directory(git: Path) -> Path:
    """Return where git keeps what belongs to a checkout: a worktree and a submodule name another folder in a file."""
    if git.is_dir():
        return git
    return (git.parent / _text(git).removeprefix("gitdir:").strip()).resolve()


def _head(directory: Path) -> str:
    common = directory / "commondir"
    shared = (directory / _text(common)).resolve() if common.is_file() else directory
    value = _text(directory / "HEAD")
    for _ in range(_MOST):
        if not value.startswith("ref:"):
            return value if _COMMIT.fullmatch(value) else ""
        value = _reference(value.removeprefix("ref:").strip(), directory, shared)
    return ""


def _reference(name: str, directory: Path, shared: Path) -> str:
    for folder in (directory, shared):
        path = folder / name
        # A name comes from a file: it must not lead elsewhere.
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            return _text(path)
    packed = shared / "packed-refs"
    lines = _text(packed).splitlines() if packed.is_file() else []
    return next((line.split(" ")[0] for line in lines if line.endswith(f" {name}")), "")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
