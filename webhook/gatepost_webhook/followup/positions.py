"""Where in a YAML file a value stands, for findings that only several files together reveal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from gatepost_site.documents import load_yaml, shown
from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Lines of a value that are looked through for words.
_LONGEST = 30


@dataclass(frozen=True)
class Positions:
    """A parsed YAML file that remembers its lines."""

    file: str
    loaded: CommentedMap

    @classmethod
    def of(cls, path: Path, root: Path) -> Positions:
        """Parse a YAML file again, for its positions. Raises ContentError."""
        file = shown(path, root)
        return cls(file, load_yaml(path.read_text(encoding="utf-8-sig"), file, first_line=1))

    def finding(self, where: Sequence[str | int], what: str, found: str = "", write: str = "") -> Finding:
        """Return a finding at the value that a path of keys leads to."""
        return Finding(self.file, *self.at(where), what, found, write)

    def of_word(self, path: Path, where: Sequence[str | int], words: str) -> tuple[int, int]:
        """Return (line, column), from 1, of the first place of some words in the value at a path of keys."""
        line, column = self.at(where)
        whole = re.compile(rf"(?<![\w-]){re.escape(words)}(?![\w-])")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        for number, text in enumerate(lines[line - 1 : line + _LONGEST], start=line):
            if found := whole.search(text, column - 1 if number == line else 0):
                return number, found.start() + 1
        return line, column

    def at(self, where: Sequence[str | int]) -> tuple[int, int]:
        """Return (line, column), from 1, of the value at a path of keys: of the deepest part that exists."""
        current: Any = self.loaded
        position = (0, 0)
        for part in where:
            if isinstance(current, CommentedMap) and part in current:
                position = current.lc.value(part)
            elif isinstance(current, CommentedSeq) and isinstance(part, int) and part < len(current):
                position = current.lc.item(part)
            else:
                break
            current = current[part]
        return position[0] + 1, position[1] + 1
