"""The rules of the audit that only the webhook's half can ask: of sequences, messages and personas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.audit.markup import Markup
from gatepost_site.audit.registry import Rule, rule
from gatepost_site.documents import read_text, shown, split
from gatepost_site.findings import ContentError, Finding
from gatepost_webhook.followup.personas import read_persona
from gatepost_webhook.followup.sequences import load_sequence, load_sequences
from gatepost_webhook.foresight.trials import magnet_of, run_trials, trial_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatepost_site.audit.inquiry import Inquiry


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
    "sequence-test",
    "Sequences do what their tests.yml expects",
    "Who edits a sequence sees here what it means for people who are not like themselves.",
    "error",
)
def sequence_test(inquiry: Inquiry) -> Iterator[Finding]:
    """Run the tests beside the sequences, and find what comes out otherwise."""
    for path in trial_files(inquiry.project):
        try:
            tried = load_sequence(path.with_name("sequence.yml"), inquiry.project, inquiry.magnets)
        except (ContentError, OSError):
            continue  # Said already, by the rule "sequence".
        try:
            trials = run_trials(tried, magnet_of(tried.slug, inquiry.magnets), inquiry.project)
        except ContentError as error:
            yield from error.findings
            continue
        for trial in trials:
            yield from trial.findings


RULES: tuple[Rule, ...] = (sequence, persona, sequence_test, mail_link)
