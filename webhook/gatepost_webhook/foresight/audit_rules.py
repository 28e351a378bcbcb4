"""The rules of the audit that look ahead: what the tests of sequences expect, and what an edit does to leads inside."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from gatepost_site.audit.registry import Rule, rule
from gatepost_site.findings import ContentError
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.followup.sequences import load_sequence, load_sequences
from gatepost_webhook.followup.surroundings import Surroundings
from gatepost_webhook.followup.webhook_names import are_known, webhook_findings
from gatepost_webhook.foresight.forecast import forecast
from gatepost_webhook.foresight.trials import magnet_of, run_trials, trial_files
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.database import DatabaseError, open_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.audit.inquiry import Inquiry
    from gatepost_site.findings import Finding


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


@rule(
    "sequence-plan",
    "Edited sequences repeat nothing, and say what an edit means for the leads inside",
    "What is published goes out to people who have had a part of it; 'gatepost plan' shows to whom.",
    "error",
)
def sequence_plan(inquiry: Inquiry) -> Iterator[Finding]:
    """Find what 'gatepost plan' refuses; nothing where no leads are at hand."""
    try:
        settings = load_settings()
        database = inquiry.project.root / settings.database
        if not database.is_file():
            return
        sequences = load_sequences(inquiry.project, inquiry.magnets)
        with closing(open_reader(database)) as connection:
            found = forecast(connection, sequences, inquiry.project, Surroundings(settings.zone), SystemClock().now())
    except (ContentError, GatepostError, DatabaseError):
        return  # Mistakes in files are said by other rules; a database that cannot be read is no mistake of content.
    for one in found:
        yield from one.refusals


@rule(
    "sequence-webhook",
    "Webhooks that sequences call have an address in the settings",
    "A call without an address is tried for two days and then given up, and the other system never hears of the lead.",
    "error",
)
def sequence_webhook(inquiry: Inquiry) -> Iterator[Finding]:
    """Find names that GATEPOST_WEBHOOKS does not have; nothing where the settings of the server are not at hand."""
    try:
        settings = load_settings()
    except GatepostError:
        return
    if are_known(settings):
        yield from webhook_findings(inquiry.project, settings)


RULES: tuple[Rule, ...] = (sequence_test, sequence_plan, sequence_webhook)
