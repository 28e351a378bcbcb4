"""Steps that are no messages: each is done in the transaction that records it, so it is done exactly once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gatepost_webhook.followup import enrolling
from gatepost_webhook.followup.actions import Call, Note, Notify, Stage, Start, Stop, Tag, Untag
from gatepost_webhook.followup.formats import MAX_STEPS
from gatepost_webhook.followup.in_force import last_sequence_of, sequence_of
from gatepost_webhook.followup.plan import Act, Skip
from gatepost_webhook.store import calls, enrolments, marks
from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.mails import add_mail

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.followup.steps import Sequence, Step
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.enrolments import Enrolment

logger = logging.getLogger(__name__)


def go_on(connection: Connection, outfit: Outfit, sequence: Sequence, enrolment: Enrolment, *, now: int) -> None:
    """Do what is due of an enrolment up to the next message or wait, and queue that."""
    for _ in range(MAX_STEPS):
        match enrolling.decide(connection, outfit.surroundings, sequence, enrolment, now=now):
            case Act(step, _, way):
                act(connection, outfit, enrolment, step, way, now=now)
            case Skip(step, reason) if not step.is_message:
                _record(connection, enrolment, step, "skipped", {"reason": reason}, now)
            case _:
                break
    enrolling.queue_next(connection, outfit.surroundings, sequence, enrolment, now=now)


def go_on_or_wait(connection: Connection, outfit: Outfit, enrolment: Enrolment, *, now: int) -> None:
    """Go on after a step; while the sequence's folder is not there, its next step waits for that."""
    if sequence := sequence_of(connection, outfit, enrolment):
        go_on(connection, outfit, sequence, enrolment, now=now)
    elif last := last_sequence_of(connection, outfit, enrolment):
        enrolling.queue_next(connection, outfit.surroundings, last, enrolment, now=now)


def act(  # noqa: PLR0913 - the step, its place and its way
    connection: Connection, outfit: Outfit, enrolment: Enrolment, step: Step, way: str, *, now: int
) -> None:
    """Do what a step says, and record it. What cannot be done is recorded with its reason, and the lead goes on."""
    reason = _done(connection, outfit, enrolment, step, now)
    if reason:
        logger.warning("sequences/%s: step %r did nothing: %s", enrolment.sequence, step.key, reason)
    detail = {"does": step.kind, "way": way, "reason": reason}
    _record(connection, enrolment, step, "acted", {name: value for name, value in detail.items() if value}, now)


def _done(connection: Connection, outfit: Outfit, enrolment: Enrolment, step: Step, now: int) -> str:
    """Do it; return why it could not be done, "" when it was."""
    match step.does:
        case Start(slug):
            return _start(connection, outfit, enrolment, slug, now)
        case Stop(slug):
            _stop(connection, enrolment, slug, now)
        case Notify():
            _notify(connection, enrolment, step, now)
        case Call(name):
            calls.add_call(connection, enrolment, step.key, name, now=now)
        case Tag() | Untag() | Stage() | Note():
            _mark(connection, enrolment, step, now)
    return ""


def _mark(connection: Connection, enrolment: Enrolment, step: Step, now: int) -> None:
    lead, cause = enrolment.lead_id, marks.Cause(enrolment.sequence, step.key)
    match step.does:
        case Tag(name):
            marks.tag(connection, lead, name, now=now, cause=cause)
        case Untag(name):
            marks.untag(connection, lead, name, now=now, cause=cause)
        case Stage(name):
            marks.set_stage(connection, lead, name, now=now, cause=cause)
        case Note(text):
            marks.add_note(connection, lead, text, occasion=f"{enrolment.id}/{step.key}", now=now, cause=cause)


def _notify(connection: Connection, enrolment: Enrolment, step: Step, now: int) -> None:
    # Not in the enrolment's name: whether the lead may get mail has nothing to do with the owner's.
    add_mail(
        connection,
        kind="notify",
        lead_id=enrolment.lead_id,
        submission_id=enrolment.submission_id,
        step=f"{enrolment.sequence}/{step.key}",
        due_at=now,
        now=now,
    )


def _stop(connection: Connection, enrolment: Enrolment, slug: str, now: int) -> None:
    for other in enrolments.active_enrolments(connection, enrolment.lead_id):
        # Of its own sequence plan() says that it is over.
        if other.sequence == slug and other.id != enrolment.id:
            enrolling.stop(connection, other, f"stopped by {enrolment.sequence}", now=now)


def _start(connection: Connection, outfit: Outfit, enrolment: Enrolment, slug: str, now: int) -> str:
    sequence = outfit.sequences.get(slug)
    if sequence is None:
        return f"sequences/{slug} is not there"
    # A course is mailed because it was asked for; what follows it needs the consent that everything else needs.
    if not enrolments.recipient(connection, enrolment.lead_id).consents:
        return "no consent"
    began = enrolling.enrol(
        connection,
        sequence=sequence,
        lead_id=enrolment.lead_id,
        submission_id=enrolment.submission_id,
        now=now,
        cause="start",
        least=enrolling.BREATH,
        about=outfit.surroundings,
    )
    return "" if began else "has been in it"


def _record(  # noqa: PLR0913, PLR0917 - an event's columns
    connection: Connection, enrolment: Enrolment, step: Step, kind: str, detail: dict[str, str], now: int
) -> None:
    detail = detail | {"version": enrolment.version[: enrolments.VERSION_SHOWN]}
    add_event(
        connection, kind, lead_id=enrolment.lead_id, now=now, sequence=enrolment.sequence, step=step.key, detail=detail
    )
