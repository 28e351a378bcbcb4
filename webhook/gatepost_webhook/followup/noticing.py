"""Who comes into a sequence, and who has reached its goal: from the log of what happened, and by looking round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.followup import enrolling
from gatepost_webhook.followup.goals import EVENTS, is_about
from gatepost_webhook.followup.in_force import sequence_of
from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.leads.selecting import select
from gatepost_webhook.store import enrolments, readings
from gatepost_webhook.store.consents import suppressed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.followup.plan import Event
    from gatepost_webhook.followup.rules import Trigger
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.scores import Rise

#: Events looked at in one transaction, and leads in one step of a sweep.
BATCH = 500
STRIDE = 5000
#: Seconds between two steps of a sweep.
PAUSE = 10
_KINDS = frozenset(EVENTS.values())
_READER = "sequences"


def notice(connection: Connection, outfit: Outfit) -> bool:
    """Read on in the log, and let leads in and out for what stands there; False when nothing was left to read."""
    happened, last = readings.read_on(connection, _READER, BATCH)
    concerned = [sequence for sequence in outfit.sequences.values() if sequence.rules.enter or sequence.rules.leave]
    for lead, event in happened if concerned else ():
        if event.kind in _KINDS:
            _let_in(connection, outfit, lead, event)
            _let_out(connection, outfit, lead)
    return last


def _let_in(connection: Connection, outfit: Outfit, lead: int, event: Event) -> None:
    for sequence, trigger in _entrances(outfit):
        if trigger.condition:
            _enter_if_true(connection, outfit, sequence, trigger, lead)
        elif is_about(trigger, event):
            magnet = trigger.name if trigger.kind == "magnet" else ""
            # What a step did is no person's doing: it may be a step of the very sequence that it leads to.
            least = enrolling.BREATH if event.sequence else 0
            _enter(connection, outfit, sequence, lead, cause=str(trigger), magnet=magnet, least=least)


def let_in_by_score(connection: Connection, outfit: Outfit, rises: Iterable[Rise]) -> None:
    """Let those in whose points passed a threshold, in the transaction that gives the points: once for each rise."""
    risen = list(rises)
    for sequence, trigger in _entrances(outfit) if risen else ():
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


def _entrances(outfit: Outfit) -> Iterator[tuple[Sequence, Trigger]]:
    for sequence in outfit.sequences.values():
        for trigger in sequence.rules.enter:
            yield sequence, trigger


def _enter_if_true(connection: Connection, outfit: Outfit, sequence: Sequence, trigger: Trigger, lead: int) -> None:
    facts = facts_of(connection, lead, outfit.clock.now(), segments=sequence.segments)
    if trigger.condition and trigger.condition.holds(facts):
        _enter(connection, outfit, sequence, lead, cause=str(trigger), least=enrolling.BREATH)


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


@dataclass
class Sweep:
    """Goes through all leads, some at a time: time passes, scores change, and webinars come near without an event."""

    #: Number of the last lead that was looked at; the next look begins behind.
    after: int = 0
    _last_look: int = 0

    def is_due(self, outfit: Outfit) -> bool:
        """Tell whether it is time for the next step, and somebody could come in by it."""
        now = outfit.clock.now()
        # A clock that was set back must not keep everybody out.
        if 0 <= now - self._last_look < PAUSE:
            return False
        return any(trigger.condition or trigger.kind == "webinar" for _, trigger in _entrances(outfit))

    def go_on(self, connection: Connection, outfit: Outfit) -> None:
        """Look at the next leads; after the last one it begins anew."""
        self._last_look = outfit.clock.now()
        span = (self.after, self.after + STRIDE)
        for sequence, trigger in _entrances(outfit):
            if trigger.condition:
                _enter_of_span(connection, outfit, sequence, trigger, span)
            elif trigger.kind == "webinar":
                _enter_seated(connection, outfit, sequence, trigger, span)
        self.after = 0 if span[1] >= readings.last_lead(connection) else span[1]


def _enter_of_span(
    connection: Connection, outfit: Outfit, sequence: Sequence, trigger: Trigger, span: tuple[int, int]
) -> None:
    if trigger.condition is None:
        return
    selection = select(trigger.condition, sequence.segments, outfit.clock.now())
    for lead in readings.willing_leads(connection, span, sequence.slug, selection.clause, selection.parameters):
        _enter_if_true(connection, outfit, sequence, trigger, lead)


def _enter_seated(
    connection: Connection, outfit: Outfit, sequence: Sequence, trigger: Trigger, span: tuple[int, int]
) -> None:
    """Let those in who have a seat in a webinar, once its time has come; before it, only until it begins."""
    magnet = outfit.magnets.get(trigger.name)
    if magnet is None or magnet.webinar is None:
        return
    begins, now = int(magnet.webinar.start.timestamp()), outfit.clock.now()
    if now < begins + trigger.seconds or (trigger.seconds < 0 and now >= begins):
        return
    for lead in readings.seated_leads(
        connection, span, sequence.slug, trigger.name, again=sequence.rules.again, now=now
    ):
        _enter(connection, outfit, sequence, lead, cause=str(trigger), magnet=trigger.name)
