"""Where in a sequence.yml each step stands, and each part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from gatepost_site.documents import load_yaml, read_text, shown
from gatepost_site.findings import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gatepost_site.project import Project


@dataclass(frozen=True)
class Places:
    """The lines of a sequence's steps, as its file stands now."""

    #: Path as findings show it.
    file: str
    #: (Key of a step, name of its part or "") -> (line, column), both from 1; of the sequence itself the key is "".
    at: Mapping[tuple[str, str], tuple[int, int]]

    @classmethod
    def of(cls, slug: str, project: Project) -> Places:
        """Read the places of a sequence; there are none when its file is not there or cannot be read."""
        path = project.sequences / slug / "sequence.yml"
        file = shown(path, project.root)
        loaded = _loaded(path, file)
        own = {("", str(part)): (line + 1, column + 1) for part, (line, column) in _keys(loaded)}
        return cls(file, own | dict(_found(loaded)))

    def declares(self, part: str) -> bool:
        """Tell whether sequence.yml itself says something, such as `on_change`."""
        return ("", part) in self.at

    def of_step(self, key: str, part: str = "") -> str:
        """Return "file:line:column" of a step or of its part; of the file alone when the step is not there."""
        line, column = self.at.get((key, part)) or self.at.get((key, "")) or (0, 0)
        return f"{self.file}:{line}:{column}" if line else self.file

    def line(self, key: str, part: str = "") -> tuple[int, int]:
        """Return (line, column) of a step or of its part; the file's first place when it is not there."""
        return self.at.get((key, part)) or self.at.get((key, "")) or (1, 1)


def _loaded(path: Path, file: str) -> CommentedMap:
    try:
        return load_yaml(read_text(path, file), file, first_line=1)
    except ContentError:
        return CommentedMap()


def _keys(loaded: CommentedMap) -> Iterator[tuple[str, tuple[int, int]]]:
    for part in loaded:
        if part in (loaded.lc.data or {}):
            yield part, loaded.lc.key(part)


def _found(node: Any) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
    """Walk through everything, because steps stand inside ways, which stand inside steps."""
    if isinstance(node, CommentedSeq):
        for item in node:
            yield from _found(item)
    elif isinstance(node, CommentedMap):
        key = node.get("key")
        if isinstance(key, str):
            line, column = node.lc.value("key")
            yield (key, ""), (line + 1, column + 1)
        for part, value in node.items():
            if isinstance(key, str) and part in node.lc.data:
                line, column = node.lc.value(part)
                yield (key, str(part)), (line + 1, column + 1)
            yield from _found(value)
