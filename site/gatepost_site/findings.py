"""What is wrong with somebody's files, said so that they can mend it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: An error stops a build, or ought to; a warning costs visitors something; information is there to be known.
Severity: TypeAlias = Literal["error", "warning", "information"]


@dataclass(frozen=True)
class Edit:
    """A change of one place that mends a finding for certain and loses nothing."""

    #: Both count from 1, where `old` begins.
    line: int
    column: int
    old: str
    new: str


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
    #: Name of the rule that was broken, "" before anybody asked.
    rule: str = field(default="", compare=False)
    severity: Severity = field(default="error", compare=False)
    #: What mends it, None when somebody has to think.
    edit: Edit | None = field(default=None, compare=False)

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


def ruled(rule: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Say of findings which rule they break, where they do not say so themselves."""
    return (finding if finding.rule else replace(finding, rule=rule) for finding in findings)
