"""Puts a lead into a sequence, moves them through it, takes them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.plan import Act, Event, Finished, Lead, Send, Skip, Stopped, Wait, plan
from gatepost_webhook.followup.surroundings import Surroundings
from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.store import enrolments
from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.mails import add_mail
from gatepost_webhook.store.preferences import last_mailed_at, preferences_of
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.plan import Decision
    from gatepost_webhook.followup.steps import Sequence, Step
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.enrolments import Enrolment

#: Seconds from the end of a round to the next that no person brought about: what is true of a lead, or another
#: sequence did. Two sequences that start each other for ever would otherwise keep a worker busy, and never let go.
BREATH = DAY
#: Times of the day are those of UTC.
NOWHERE = Surroundings()


def enrol(  # noqa: PLR0913 - who, where and why, all by name
    connection: Connection,
    *,
    sequence: Sequence,
    lead_id: int,
    submission_id: int,
    now: int,
    cause: str = "magnet",
    least: int = 0,
    about: Surroundings = NOWHERE,
) -> bool:
    """Enrol a lead and queue the first step; False when the lead was enrolled in this sequence, or left its topic.

    Who was in it comes again as `again` in sequence.yml says. `cause` says what brought them: magnet for the one that
    names the sequence, start for another sequence's step, or what `enter` names. `least` are seconds that have to be
    between the end of a round and the next, whatever the file says.
    """
    if preferences_of(connection, lead_id).leaves(sequence.topic):
        return False
    number = _next_round(connection, sequence, lead_id, now, least)
    return bool(number) and _begin(
        connection,
        about,
        sequence,
        lead_id=lead_id,
        submission_id=submission_id,
        number=number,
        cause=cause,
        now=now,
    )


def _begin(  # noqa: PLR0913 - a row's columns, all by name
    connection: Connection,
    about: Surroundings,
    sequence: Sequence,
    *,
    lead_id: int,
    submission_id: int,
    number: int,
    cause: str,
    now: int,
) -> bool:
    added = enrolments.add_enrolment(
        connection,
        sequence=sequence,
        lead_id=lead_id,
        submission_id=submission_id,
        round_=number,
        cause=cause,
        now=now,
    )
    if added is None:
        return False
    add_event(
        connection,
        "enrolled",
        lead_id=lead_id,
        now=now,
        magnet=enrolments.request(connection, submission_id).magnet,
        sequence=sequence.slug,
        detail={"version": sequence.version, "cause": cause, "round": number},
    )
    _queue_first(connection, about, sequence, enrolments.enrolment(connection, added), now)
    return True


def _queue_first(
    connection: Connection, about: Surroundings, sequence: Sequence, enrolment: Enrolment, now: int
) -> None:
    """Queue the first step. What is due at once is judged by the worker, who knows all that conditions ask."""
    decision = decide(connection, about, sequence, enrolment, now=now)
    until = decision.until if isinstance(decision, Wait) else now
    _queue(connection, enrolment, sequence.steps[0], until, now)


def restart(connection: Connection, about: Surroundings, sequence: Sequence, enrolment: Enrolment, *, now: int) -> None:
    """Begin a sequence anew for somebody inside it, as `on_change: restart` says: a new round whatever `again` is."""
    stop(connection, enrolment, "the sequence was edited, and begins anew", now=now)
    _begin(
        connection,
        about,
        sequence,
        lead_id=enrolment.lead_id,
        submission_id=enrolment.submission_id,
        number=enrolment.round + 1,
        cause=enrolment.cause,
        now=now,
    )


def reopen(connection: Connection, about: Surroundings, sequence: Sequence, enrolment: Enrolment, *, now: int) -> None:
    """Let somebody who has finished go on when the sequence has become longer since."""
    statements.keep_finished_version(connection, id=enrolment.id, version=sequence.version)
    again = Event(now, "reopened", sequence.slug)
    if isinstance(decide(connection, about, sequence, enrolment, now=now, under_way=[again]), Finished | Stopped):
        return
    if enrolments.reopen_enrolment(connection, enrolment.id):
        enrolments.set_version(connection, enrolment.id, sequence, now)
        add_event(connection, "reopened", lead_id=enrolment.lead_id, now=now, sequence=sequence.slug)
        queue_next(connection, about, sequence, enrolment, now=now)


def _next_round(connection: Connection, sequence: Sequence, lead_id: int, now: int, least: int) -> int:
    """Return the number of the round that a lead may begin now, 0 for none."""
    last = enrolments.last_round(connection, lead_id, sequence.slug)
    if last is None:
        return 1
    again = sequence.rules.again
    may = last.ended_at is not None and again is not None and now >= last.ended_at + max(again, least)
    return last.round + 1 if may else 0


def queue_next(
    connection: Connection, about: Surroundings, sequence: Sequence, enrolment: Enrolment, *, now: int
) -> None:
    """Make the next step the enrolment's one waiting row, or end the enrolment when there is none."""
    match decide(connection, about, sequence, enrolment, now=now):
        case Finished():
            finish(connection, enrolment, now=now)
        case Stopped(reason):
            stop(connection, enrolment, reason, now=now)
        case Wait(step, until):
            _queue(connection, enrolment, step, until, now)
        # Conditions and lateness are judged by whoever claims the row, so it waits for that.
        case Send(step) | Skip(step) | Act(step):
            _queue(connection, enrolment, step, now, now)


def decide(  # noqa: PLR0913 - who and where, and what is under way
    connection: Connection,
    about: Surroundings,
    sequence: Sequence,
    enrolment: Enrolment,
    *,
    now: int,
    under_way: Row[Event] = (),
) -> Decision:
    """Ask plan() about an enrolment as the store knows it now; whoever claims a mail asks for suppressions besides.

    `under_way` are mails to the lead that are on their way now: events of kind "sending".
    """
    person = enrolments.recipient(connection, enrolment.lead_id)
    preferences = preferences_of(connection, enrolment.lead_id)
    lead = Lead(
        person.fields,
        consents=person.consents or enrolments.is_requested(connection, enrolment),
        id=person.id,
        zone=about.zone_of(person.zone),
        facts=facts_of(connection, person.id, now) if sequence.asks_facts else None,
        preferences=preferences,
        mailed_at=last_mailed_at(connection, person.id) if preferences.least_gap else None,
    )
    return plan(sequence, lead, [*enrolments.events_of(connection, enrolment.lead_id), *under_way], now)


def reconsider(
    connection: Connection, about: Surroundings, sequence: Sequence, enrolment: Enrolment, *, now: int
) -> None:
    """Give the waiting step of an enrolment the time that it has now, after the lead chose something about mails.

    What is due then is judged by the worker, who knows all that conditions ask.
    """
    decision = decide(connection, about, sequence, enrolment, now=now)
    if isinstance(decision, Stopped):
        stop(connection, enrolment, decision.reason, now=now)
        return
    waiting = statements.waiting_mail_of_enrolment(connection, enrolment_id=enrolment.id)
    due_at = decision.until if isinstance(decision, Wait) else now
    if waiting and waiting["due_at"] != due_at:
        statements.move_due_mail(connection, id=waiting["id"], due_at=due_at, now=now)


def plan_anew(
    connection: Connection, about: Surroundings, sequences: Mapping[str, Sequence], lead_id: int, *, now: int
) -> None:
    """Give all that waits for a lead the time that it has now, after they chose something or are in another zone."""
    for enrolment in enrolments.active_enrolments(connection, lead_id):
        if sequence := sequences.get(enrolment.sequence):
            reconsider(connection, about, sequence, enrolment, now=now)


def first_due(connection: Connection, about: Surroundings, sequence: Sequence, enrolment: Enrolment, now: int) -> int:
    """Return the epoch second at which the waiting step fell due first, whatever delayed it since; 0 for none."""
    match decide(connection, about, sequence, enrolment, now=now):
        case Send(_, due_at) | Wait(_, due_at) | Act(_, due_at):
            return due_at
    return 0


def finish(connection: Connection, enrolment: Enrolment, *, now: int) -> None:
    """End an enrolment whose steps are all decided."""
    _end(connection, enrolment, "finished", "", now)


def stop(connection: Connection, enrolment: Enrolment, reason: str, *, now: int) -> None:
    """End an enrolment early and take its waiting mail back; nothing happens when it has ended."""
    _end(connection, enrolment, "stopped", reason, now)


def stop_all(connection: Connection, lead_id: int, reason: str, *, now: int) -> None:
    """End everything that a lead is being sent."""
    for enrolment in enrolments.active_enrolments(connection, lead_id):
        stop(connection, enrolment, reason, now=now)


def _end(connection: Connection, enrolment: Enrolment, state: str, reason: str, now: int) -> None:
    if not enrolments.end_enrolment(connection, enrolment.id, state, reason, now):
        return
    statements.cancel_waiting_mails_of_enrolment(connection, enrolment_id=enrolment.id, reason=reason or state, now=now)
    detail = {"reason": reason} if reason else None
    add_event(connection, state, lead_id=enrolment.lead_id, now=now, sequence=enrolment.sequence, detail=detail)


def _queue(connection: Connection, enrolment: Enrolment, step: Step, due_at: int, now: int) -> None:
    kind = "drip" if step.is_message else "step"
    waiting = statements.waiting_mail_of_enrolment(connection, enrolment_id=enrolment.id)
    if waiting and (waiting["step"], waiting["kind"]) == (step.key, kind):
        if waiting["due_at"] != due_at:
            statements.move_due_mail(connection, id=waiting["id"], due_at=due_at, now=now)
        return
    if waiting:
        statements.cancel_waiting_mails_of_enrolment(
            connection, enrolment_id=enrolment.id, reason="the sequence was edited", now=now
        )
    add_mail(
        connection,
        kind=kind,
        lead_id=enrolment.lead_id,
        submission_id=enrolment.submission_id,
        enrolment_id=enrolment.id,
        step=step.key,
        due_at=due_at,
        now=now,
    )
