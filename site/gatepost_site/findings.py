"""What is wrong with somebody's files, said so that they can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, order=True)
class Finding:
    """One mistake in one place: where, what, what was found there, and what to write instead."""

    #: Path relative to the project's root, with forward slashes.
    file: str
    #: Both count from 1.
    line: int
    column: int
    what: str
    found: str = ""
    write: str = ""

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.what}"
        if self.found:
            text += f", found {self.found}"
        if self.write:
            text += f"; write {self.write}"
        return text


class ContentError(Exception):
    """One or more mistakes in content, magnets or sequences, all reported at once."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))
