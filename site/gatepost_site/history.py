"""When each file of a project was last changed, as its git repository knows: one question for all files together."""

from __future__ import annotations

import contextlib
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatepost_site.project import Project

#: Stands before the line of a commit; no file name begins with it.
_COMMIT = "\x01"


class History:
    """The dates of a project's files."""

    def __init__(self, dates: Mapping[str, int]) -> None:
        self._dates = dates

    def changed(self, file: str) -> int | None:
        """Return the epoch second of the last commit that touched a file, None for a file that git does not know.

        0 is an unknown date: of a clone that holds only the newest commits, which seem to have touched every file.
        """
        return self._dates.get(file) if self._dates else None


def read_history(project: Project) -> History:
    """Read the dates of all pages and magnets; those of no file when there is no git, or no repository."""
    try:
        top, head, shallow = _git(project.root, "rev-parse", "--show-toplevel", "HEAD", "--git-path", "shallow").split(
            "\n"
        )[:3]
        kept = project.private / "history.json"
        key = f"{head} {project.content}"
        if (dates := _kept(kept, key)) is None:
            dates = dict(_dates(project, Path(top), _lines(project.root / shallow)))
            _keep(kept, key, dates)
    except (OSError, ValueError, subprocess.SubprocessError):
        return History({})
    return History(dates)


def _dates(project: Project, top: Path, boundary: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Yield (absolute path, epoch second of its last commit)."""
    folders = [str(folder) for folder in (project.content, project.magnets) if folder.is_dir()]
    log = ("log", "--name-only", "--no-renames", f"--format={_COMMIT}%H %ct", "--")
    seen: set[str] = set()
    when = 0
    for line in _git(project.root, *log, *folders).split("\n"):
        if line.startswith(_COMMIT):
            commit, second = line[1:].split()
            when = 0 if commit in boundary else int(second)
        elif line and line not in seen:
            seen.add(line)
            yield str(top / line), when


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), "-c", "core.quotePath=off", *arguments]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)  # noqa: S603 - no shell, our own words
    return done.stdout.decode("utf-8", "surrogateescape")


def _lines(file: Path) -> frozenset[str]:
    return frozenset(file.read_text(encoding="ascii").split()) if file.is_file() else frozenset()


def _kept(file: Path, key: str) -> dict[str, int] | None:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(file.read_text(encoding="utf-8"))
        return dict(kept["dates"]) if kept["key"] == key else None
    return None


def _keep(file: Path, key: str, dates: Mapping[str, int]) -> None:
    # A folder that cannot be written to costs time at the next build, and nothing else.
    with contextlib.suppress(OSError, UnicodeEncodeError):
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(".new")
        temporary.write_text(json.dumps({"key": key, "dates": dates}), encoding="utf-8")
        temporary.replace(file)
