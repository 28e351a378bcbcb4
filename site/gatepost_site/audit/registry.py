"""What a rule of the audit is: a small function with a name, a title, a reason and a severity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_site.findings import Finding, Severity

    #: Everything known of a site -> what breaks the rule. Rule and severity are filled in by whoever asks.
    Look: TypeAlias = Callable[[Inquiry], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """One thing that is to be true of a site."""

    #: Small letters and "-", such as "dead-link"; what settings and comments call it.
    id: str
    #: What is to be true, as one sentence without a full stop.
    title: str
    #: What it costs when it is not, as one sentence.
    why: str
    severity: Severity
    look: Look
    #: A build refuses what breaks it, so that nothing can turn it down or leave it out.
    is_firm: bool = False

    def __call__(self, inquiry: Inquiry) -> Iterable[Finding]:
        """Return what breaks the rule."""
        return self.look(inquiry)


def rule(rule_id: str, title: str, why: str, severity: Severity) -> Callable[[Look], Rule]:
    """Make a rule of a function."""
    return lambda look: Rule(rule_id, title, why, severity, look)


def refused(rule_id: str, title: str, why: str) -> Rule:
    """Return a rule over what is checked before every build: it passes on the findings that carry its name."""

    def look(inquiry: Inquiry) -> Iterable[Finding]:
        return [finding for finding in inquiry.refused if finding.rule == rule_id]

    return Rule(rule_id, title, why, "error", look, is_firm=True)
