"""The rules of the audit that only the webhook's half can ask: of sequences, messages and personas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.audit.registry import Rule, rule
from gatepost_site.findings import ContentError
from gatepost_webhook.followup.personas import read_persona
from gatepost_webhook.followup.sequences import load_sequences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_site.findings import Finding


def _sequences(inquiry: Inquiry) -> Iterable[Finding]:
    try:
        load_sequences(inquiry.project, inquiry.magnets)
    except ContentError as error:
        return error.findings
    return []


sequence = Rule(
    "sequence",
    "Sequences and their messages can be sent",
    "A mail that cannot be rendered is found by the lead who does not get it.",
    "error",
    _sequences,
    is_firm=True,
)


@rule(
    "persona",
    "Personas can be read",
    "A sequence is tried on them with 'gatepost simulate'.",
    "error",
)
def persona(inquiry: Inquiry) -> Iterator[Finding]:
    """Find personas with mistakes."""
    for path in sorted(inquiry.project.sequences.glob("*/personas/*.yml")):
        try:
            read_persona(path, root=inquiry.project.root)
        except ContentError as error:
            yield from error.findings


RULES: tuple[Rule, ...] = (sequence, persona)
