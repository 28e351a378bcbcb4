"""The rules of the audit that only the webhook's half can ask: of sequences, messages and personas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.audit.markup import Markup
from gatepost_site.audit.registry import Rule, rule
from gatepost_site.documents import read_text, shown, split
from gatepost_site.findings import ContentError, Finding
from gatepost_webhook.followup.naming import names_of
from gatepost_webhook.followup.personas import read_persona
from gatepost_webhook.followup.sending import read_sending
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.leads.segments import NAME as SEGMENTS
from gatepost_webhook.leads.segments import load_segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatepost_site.audit.inquiry import Inquiry


def _sequences(inquiry: Inquiry) -> Iterable[Finding]:
    try:
        load_sequences(inquiry.project, inquiry.magnets)
    except ContentError as error:
        # What is wrong with segments is said by their own rule.
        return [finding for finding in error.findings if not finding.file.endswith(SEGMENTS)]
    return []


sequence = Rule(
    "sequence",
    "Sequences and their messages can be sent",
    "A mail that cannot be rendered is found by the lead who does not get it.",
    "error",
    _sequences,
    is_firm=True,
)


def _segments(inquiry: Inquiry) -> Iterable[Finding]:
    try:
        load_segments(inquiry.project, names_of(inquiry.project, inquiry.magnets))
    except ContentError as error:
        return error.findings
    return []


segment = Rule(
    "segment",
    "Segments can be read, and their examples are in and out as expected",
    "A misspelt condition finds nobody, and nobody complains.",
    "error",
    _segments,
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


@rule(
    "mail-link",
    "Links of mails lead to pages of the site",
    "A mail cannot be mended once it is sent.",
    "error",
)
def mail_link(inquiry: Inquiry) -> Iterator[Finding]:
    """Find links of messages to this site at which there is nothing; anchors are not looked at."""
    if inquiry.config is None:
        return
    for path in sorted(inquiry.project.sequences.glob("*/*.md")):
        file = shown(path, inquiry.project.root)
        try:
            _, body, first = split(read_text(path, file), file)
        except ContentError:
            continue  # Said already, by the rule "sequence".
        for link in Markup(body, first, str).links:
            if not inquiry.targets.is_own(link.target) or "{{" in link.target:
                continue
            target = inquiry.targets.at(link.target)
            if target.kind == "dead":
                write = f"'{target.meant}'" if target.meant else "the address of a page"
                yield Finding(file, link.line, link.column, "link leads nowhere", f"'{link.target}'", write)


@rule(
    "sending",
    "The sending policy can be read",
    "While it is broken, the last good one stays in force.",
    "error",
)
def sending(inquiry: Inquiry) -> Iterator[Finding]:
    """Find mistakes in sequences/sending.yml."""
    try:
        read_sending(inquiry.project.sequences, root=inquiry.project.root)
    except ContentError as error:
        yield from error.findings


RULES: tuple[Rule, ...] = (sequence, segment, persona, mail_link, sending)
