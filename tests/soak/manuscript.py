"""A sequence as its author edits it: a model of the file, and what a key meant whatever was renamed since."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HOUR, DAY = 3600, 86_400
WAITS = {"0 minutes": 0, "5 hours": 5 * HOUR, "1 day": DAY, "3 days": 3 * DAY}


@dataclass(frozen=True)
class Line:
    """One step: a mail whose subject says which text it has."""

    key: str
    wait: str = "1 day"
    text: int = 0
    renamed_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manuscript:
    """What sequence.yml and its messages say."""

    lines: tuple[Line, ...]
    on_change: str = "move-at-next-step"
    reopen: bool = False

    def line(self, key: str) -> Line | None:
        """Return the step with a key."""
        return next((line for line in self.lines if line.key == key), None)

    def put(self, index: int, **changes: object) -> Manuscript:
        """Return it with another step at an index."""
        lines = list(self.lines)
        lines[index] = replace(lines[index], **changes)  # type: ignore[arg-type]
        return replace(self, lines=tuple(lines))

    def sequence(self) -> str:
        """Return sequence.yml."""
        head = (
            f"title: After\ngap: 0 minutes\non_change: {self.on_change}\nreopen: {str(self.reopen).lower()}\nsteps:\n"
        )
        return head + "".join(map(_step, self.lines))

    def messages(self) -> dict[str, str]:
        """Return name of a file -> its text."""
        return {f"{line.key}.md": f"---\nsubject: {line.key} text {line.text}\n---\nHello.\n" for line in self.lines}


def _step(line: Line) -> str:
    was = f", renamed_from: [{', '.join(line.renamed_from)}]" if line.renamed_from else ""
    return f"  - {{key: {line.key}, wait: {line.wait}, max_late: 100 weeks, message: {line.key}.md{was}}}\n"


@dataclass
class Folder:
    """The sequence's folder. Every save is later than the one before, however quick the test is."""

    path: Path
    _tick: int = 1_000_000_000

    def save(self, files: dict[str, str]) -> None:
        """Write these files and remove all others."""
        self._tick += 1
        for path in self.path.iterdir():
            if path.name not in files:
                path.unlink()
        for name, text in files.items():
            path = self.path / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
                os.utime(path, (self._tick, self._tick))


@dataclass
class Meanings:
    """Which key means which step: renamed ones mean what they meant before."""

    _of: dict[str, int] = field(default_factory=dict)

    def of(self, key: str) -> int:
        """Return the number of what a key means."""
        return self._of.setdefault(key, len(self._of))

    def rename(self, old: str, new: str) -> None:
        """Let a new key mean what another one meant."""
        self._of[new] = self.of(old)
