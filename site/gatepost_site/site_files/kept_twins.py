"""The twins that the last build wrote: those whose page did not change are taken as they are."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.project import Project


class KeptTwins:
    """What the last build noted of its twins; `rules` names all that they depend on beside their pages."""

    def __init__(self, project: Project, public: Path, *, rules: str) -> None:
        # Paths as text: there are thousands of them, and a Path takes longer to make than a file to link.
        self._public = str(public)
        #: Where the last build put them: the folder that a build is about to replace, or writes to itself.
        self._last = str(project.public)
        self._moves = self._last != self._public
        self._file = project.private / "cache" / f"twins{'-preview' if project.preview else ''}.json"
        self._rules = rules
        self._old = self._read()
        self._new: dict[str, list[Any]] = {}

    def take(self, path: str, key: str) -> bool:
        """Put the last build's twin in its place; False when there is none that was made from the same."""
        old, last = self._old.get(path), f"{self._last}{os.sep}{path}"
        if not old or old[0] != key or old[1:] != _state(last):
            return False
        if self._moves:
            try:
                _link(last, f"{self._public}{os.sep}{path}")
            except OSError:
                return False
        return True

    def clear(self, path: str) -> None:
        """See to it that who writes a twin does not write into the last build's."""
        if self._moves:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{self._public}{os.sep}{path}")  # noqa: PTH108 - as above

    def note(self, path: str, key: str) -> None:
        """Remember the twin that this build put there."""
        self._new[path] = [key, *_state(f"{self._public}{os.sep}{path}")]

    def save(self) -> None:
        """Keep what was noted. Without a place for it, the next build takes a little longer."""
        if self._new == self._old:
            return
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._file.with_suffix(".new")
            temporary.write_text(json.dumps({"rules": self._rules, "twins": self._new}), encoding="utf-8")
            temporary.replace(self._file)

    def _read(self) -> dict[str, list[Any]]:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            if kept["rules"] == self._rules:
                return dict(kept["twins"])
        return {}


def _link(last: str, place: str) -> None:
    """Give a file a second name, of which the older goes when the new site takes its place."""
    try:
        os.link(last, place)
    except FileExistsError:
        # Mostly it stands there already: the build before this was the same.
        if not os.path.samefile(last, place):  # noqa: PTH121 - as above
            os.unlink(place)  # noqa: PTH108 - as above
            os.link(last, place)


def _state(file: str) -> list[int]:
    """Return size and modification time of a file: while they stay, its bytes do."""
    try:
        stat = os.stat(file)  # noqa: PTH116 - as above
    except OSError:
        return []
    return [stat.st_size, stat.st_mtime_ns]
