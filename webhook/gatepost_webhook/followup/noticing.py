"""Who comes into a sequence, and who has reached its goal: from the log of what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.followup import enrolling
from gatepost_webhook.followup.crowds import enrol_all
from gatepost_webhook.followup.goals import EVENTS, is_about
from gatepost_webhook.followup.in_force import sequence_of
from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.leads.selecting import select
from gatepost_webhook.store import enrolments, readings
from gatepost_webhook.store.consents import suppressed
from gatepost_webhook.store.readings import Some

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.followup.plan import Event
    from gatepost_webhook.followup.rules import Trigger
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.scores import Rise

#: Events looked at in one transaction.
BATCH = 500
#: Kinds of event after which something else may be true of a lead than before.
CHANGES = frozenset(
    ["submitted", "confirmed", "downloaded", "visited", "tagged", "untagged", "staged", "enrolled", "finished"]
) | {"stopped", "reopened"}
_KINDS = frozenset(EVENTS.values())
_READER = "sequences"


def notice(connection: Connection, outfit: Outfit) -> bool:
    """Read on in the log, and let leads in and out for what stands there; False when nothing was left to read."""
    happened, more = readings.read_on(connection, _READER, BATCH)
    if not any(sequence.rules.enter or sequence.rules.leave for sequence in outfit.sequences.values()):
        return more
    for lead, event in happened:
        if event.kind in _KINDS:
            _let_in(connection, outfit, lead, event)
    changed = dict.fromkeys(lead for lead, event in happened if event.kind in CHANGES)
    for sequence, trigger in entrances(outfit) if changed else ():
        let_in_where_true(connection, outfit, sequence, trigger, Some.named(changed))
    for lead in dict.fromkeys(lead for lead, event in happened if event.kind in CHANGES - {"enrolled"}):
        _let_out(connection, outfit, lead)
    return more


def _let_in(connection: Connection, outfit: Outfit, lead: int, event: Event) -> None:
    for sequence, trigger in entrances(outfit):
        if is_about(trigger, event) or _is_seat(outfit, trigger, event):
            magnet = trigger.name if trigger.kind in {"magnet", "webinar"} else ""
            # What a step did is no person's doing: it may be a step of the very sequence that it leads to.
            least = enrolling.BREATH if event.sequence else 0
            _enter(connection, outfit, sequence, lead, cause=str(trigger), magnet=magnet, least=least)


def _is_seat(outfit: Outfit, trigger: Trigger, event: Event) -> bool:
    """Tell whether an event is a seat in a webinar whose time has come already."""
    taken = trigger.kind == "webinar" and event.kind == "confirmed" and event.magnet == trigger.name
    return taken and has_come(outfit, trigger)


def has_come(outfit: Outfit, trigger: Trigger) -> bool:
    """Tell whether it is time for a webinar's trigger: before the webinar, only until it begins."""
    magnet = outfit.magnets.get(trigger.name)
    if magnet is None or magnet.webinar is None:
        return False
    begins, now = int(magnet.webinar.start.timestamp()), outfit.clock.now()
    return now >= begins + trigger.seconds and (trigger.seconds > 0 or now < begins)


def let_in_where_true(connection: Connection, outfit: Outfit, sequence: Sequence, trigger: Trigger, some: Some) -> int:
    """Let those of some leads in of whom a trigger's condition is true; return how many, 0 if it has none."""
    return let_in(connection, outfit, sequence, trigger, true_of(connection, outfit, sequence, trigger, some))


def true_of(connection: Connection, outfit: Outfit, sequence: Sequence, trigger: Trigger, some: Some) -> list[int]:
    """Return those of some leads who are willing, and of whom a trigger's condition is true."""
    if trigger.condition is None:
        return []
    now, segments = outfit.clock.now(), sequence.segments
    found = readings.fitting_leads(connection, some, select(trigger.condition, segments, now, of_few=True))
    unsure = (
        lead for lead in found.unsure if trigger.condition.holds(facts_of(connection, lead, now, segments=segments))
    )
    return [*found.true, *unsure]


def let_in(connection: Connection, outfit: Outfit, sequence: Sequence, trigger: Trigger, leads: Row[int]) -> int:
    """Let leads in of whom something is true; return how many came in."""
    if not leads:
        return 0
    return enrol_all(
        connection,
        leads,
        sequence,
        hash_of=outfit.hash_of,
        about=outfit.surroundings,
        cause=str(trigger),
        magnet=trigger.name if trigger.kind == "webinar" else "",
        # As long as it is true nobody did anything for it.
        least=0 if trigger.kind == "webinar" else enrolling.BREATH,
        now=outfit.clock.now(),
    )


def let_in_by_score(connection: Connection, outfit: Outfit, rises: Iterable[Rise]) -> None:
    """Let those in whose points passed a threshold, in the transaction that gives the points: once for each rise."""
    risen = list(rises)
    for sequence, trigger in entrances(outfit) if risen else ():
        # More than so many points, so the first number behind is the threshold.
        for rise in risen if trigger.kind == "score" else ():
            if rise.passed([int(trigger.name) + 1]):
                _enter(connection, outfit, sequence, rise.lead_id, cause=str(trigger))


def _let_out(connection: Connection, outfit: Outfit, lead: int) -> None:
    now = outfit.clock.now()
    for enrolment in enrolments.active_enrolments(connection, lead):
        sequence = sequence_of(connection, outfit, enrolment)
        if sequence and sequence.rules.leave:
            enrolling.queue_next(connection, outfit.surroundings, sequence, enrolment, now=now)


def entrances(outfit: Outfit) -> Iterator[tuple[Sequence, Trigger]]:
    """Give each way into each sequence."""
    for sequence in outfit.sequences.values():
        for trigger in sequence.rules.enter:
            yield sequence, trigger


def _enter(  # noqa: PLR0913 - who, where and why
    connection: Connection,
    outfit: Outfit,
    sequence: Sequence,
    lead: int,
    *,
    cause: str,
    magnet: str = "",
    least: int = 0,
) -> None:
    """Enrol somebody who agreed to be written to, and has not been here, or may be here again."""
    person = enrolments.recipient(connection, lead)
    submission = enrolments.proven_submission(connection, lead, magnet)
    if not person.consents or submission is None or suppressed(connection, outfit.hash_of(person.canonical)):
        return
    enrolling.enrol(
        connection,
        sequence=sequence,
        lead_id=lead,
        submission_id=submission,
        now=outfit.clock.now(),
        cause=cause,
        least=least,
        about=outfit.surroundings,
    )
