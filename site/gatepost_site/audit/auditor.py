"""Asks every rule, and sorts what they found by place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatepost_site.audit.choice import Choice, read_choice
from gatepost_site.audit.ignores import ignores_in, ignores_of
from gatepost_site.documents import suggestion
from gatepost_site.findings import ContentError, Finding, ruled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_site.audit.registry import Rule
    from gatepost_site.findings import Severity


@dataclass(frozen=True)
class Audit:
    """What came out of one look at a site."""

    findings: Sequence[Finding]
    pages: int
    magnets: int
    sequences: int
    rules: int
    #: What could not be looked at, "" when all was.
    note: str = ""

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(1 for finding in self.findings if finding.severity == severity)

    @property
    def mendable(self) -> int:
        """How many findings can be mended for certain."""
        return sum(1 for finding in self.findings if finding.edit)


def audit(inquiry: Inquiry, rules: Sequence[Rule], *, asked: Sequence[Rule]) -> Audit:
    """Ask those of the rules that are `asked` for, as the site's own options weigh them."""
    choice, mistakes = _choice(inquiry, rules)
    found = [finding for rule in asked for finding in _findings(rule, inquiry, choice)]
    found += mistakes
    if asked == rules:
        found += _unknown_ignores(inquiry, rules)
    return Audit(
        findings=sorted(set(found), key=lambda finding: (finding.file, finding.line, finding.column, finding.rule)),
        pages=sum(1 for draft in inquiry.drafts if not draft.magnet),
        magnets=len(inquiry.magnets),
        sequences=sum(1 for _ in inquiry.project.sequences.glob("*/sequence.yml")),
        rules=len(asked),
        note=_note(inquiry),
    )


def _choice(inquiry: Inquiry, rules: Sequence[Rule]) -> tuple[Choice, list[Finding]]:
    """Return what the site chose, and the mistakes in it."""
    if inquiry.config is None:
        return Choice(), []
    try:
        return read_choice(inquiry.config.options, rules, inquiry.config.sources.config_file), []
    except ContentError as error:
        return Choice(), list(ruled("config", error.findings))


def _findings(rule: Rule, inquiry: Inquiry, choice: Choice) -> Iterator[Finding]:
    severity = choice.severity(rule)
    if severity is None:
        return
    for found in rule(inquiry):
        finding = replace(found, rule=rule.id, severity=severity)
        if rule.is_firm or not (choice.ignores(finding) or _is_ignored(finding, inquiry)):
            yield finding


def _is_ignored(finding: Finding, inquiry: Inquiry) -> bool:
    return any(ignore.covers(finding) for ignore in ignores_of(inquiry.project.root, finding.file))


def _unknown_ignores(inquiry: Inquiry, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Find comments that leave out a rule that does not exist, or that nothing leaves out."""
    known = {rule.id for rule in rules if not rule.is_firm}
    for draft in inquiry.drafts:
        for ignore in ignores_in(draft.text):
            if ignore.rule not in known:
                where = (draft.file, ignore.line, ignore.column)
                what, write = "comment names no rule that can be left out", suggestion(ignore.rule, sorted(known))
                yield Finding(*where, what, f"'{ignore.rule}'", write, rule="ignore-comment", severity="warning")


def _note(inquiry: Inquiry) -> str:
    if inquiry.config is None:
        return "mkdocs.yml could not be read, so pages and magnets were not looked at."
    if inquiry.built is not None:
        return ""
    if inquiry.project.manifest.is_file() and inquiry.project.public.is_dir():
        return "The built site is older than its sources: 'gatepost build' first, and its pages are looked at too."
    return "The site is not built: 'gatepost build' first, and its pages are looked at too."
