"""Comments in a file that leave out a rule there: `gatepost: ignore dead-link`, in HTML or YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from gatepost_site.audit.markup import without_code_blocks
from gatepost_site.documents import read_text
from gatepost_site.findings import ContentError

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.findings import Finding

_COMMENT = re.compile(r"(?:<!--|#)\s*gatepost:\s*ignore(?P<whole>-file)?\s+(?P<rules>[a-z][a-z, -]*[a-z])")
_READ = frozenset({".md", ".yml", ".yaml"})


@dataclass(frozen=True)
class Ignore:
    """One rule in one comment."""

    rule: str
    #: Of the comment; what it leaves out is in this line or the next.
    line: int
    column: int
    #: Whether it stands for the whole file.
    is_whole: bool

    def covers(self, finding: Finding) -> bool:
        """Whether the comment leaves a finding of its file out."""
        return self.rule == finding.rule and (self.is_whole or finding.line in (self.line, self.line + 1))


def ignores_of(root: Path, file: str) -> tuple[Ignore, ...]:
    """Return the comments of a file, given as findings name it; () for files that hold no text."""
    path = root / file
    if path.suffix not in _READ or not path.is_file():
        return ()
    try:
        return ignores_in(read_text(path, file))
    except ContentError:
        return ()


@lru_cache(maxsize=512)
def ignores_in(text: str) -> tuple[Ignore, ...]:
    """Return the comments in the text of a file; those shown in code are none."""
    if "gatepost:" not in text:
        return ()
    lines = without_code_blocks(text).split("\n")
    return tuple(
        Ignore(rule, number, found.start() + 1, is_whole=bool(found["whole"]))
        for number, line in enumerate(lines, start=1)
        for found in _COMMENT.finditer(line)
        for rule in re.split(r"[, ]+", found["rules"])
    )
