"""What happens next to one lead in one sequence: the one pure function that worker, simulator and tests all ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.leads.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.steps import Sequence, Step

#: Seconds for which a mail of unknown fate counts as delivered before the lead gets another.
HELD_SECONDS = DAY
#: Kinds of event that decide a step for good.
DECIDED = frozenset({"sent", "skipped", "failed", "held"})


@dataclass(frozen=True)
class Lead:
    """What a decision needs to know of a person, now."""

    #: Answers to form fields; unanswered ones are missing or empty.
    fields: Mapping[str, str]
    #: A confirmed consent to marketing is in force.
    consents: bool = True
    #: The address is on the suppression list.
    suppressed: bool = False


@dataclass(frozen=True)
class Event:
    """Something that happened to the lead, as far as a decision depends on it."""

    at: int
    kind: str
    sequence: str = ""
    step: str = ""
    magnet: str = ""


@dataclass(frozen=True)
class Send:
    """Send this step now; it was due at `due_at`."""

    step: Step
    due_at: int


@dataclass(frozen=True)
class Skip:
    """Pass this step over for good."""

    step: Step
    reason: str


@dataclass(frozen=True)
class Wait:
    """Nothing to do before `until`, when this step is due."""

    step: Step
    until: int


@dataclass(frozen=True)
class Finished:
    """Every step is decided."""


@dataclass(frozen=True)
class Stopped:
    """The lead gets no further step."""

    reason: str


Decision: TypeAlias = Send | Skip | Wait | Finished | Stopped


def plan(sequence: Sequence, lead: Lead, events: Iterable[Event], now: int) -> Decision:
    """Decide what happens next to a lead in a sequence at epoch second `now`; `events` are the lead's, oldest first.

    Waits count from the last decision on a step, or from the enrolment. Conditions are judged when the step is due.
    """
    history = list(events)
    own = _since_enrolment(history, sequence.slug)
    if stopped := _stopped(lead, own):
        return stopped
    step = _next_step(sequence, own)
    if step is None:
        return Finished()
    due_at = _due_at(step, own)
    if now < due_at:
        return Wait(step, due_at)
    if now > due_at + step.max_late:
        return Skip(step, "late")
    downloaded = frozenset(event.magnet for event in history if event.kind == "downloaded")
    facts = Facts(now, lead.fields, downloaded=downloaded, magnet=own[0].magnet, consents=lead.consents)
    for condition in step.only_if:
        if reason := condition.reason(facts):
            return Skip(step, reason)
    return Send(step, due_at)


def _since_enrolment(history: Row[Event], slug: str) -> list[Event]:
    own = [event for event in history if event.sequence == slug]
    starts = [index for index, event in enumerate(own) if event.kind == "enrolled"]
    return own[starts[-1] :] if starts else []


def _stopped(lead: Lead, own: Row[Event]) -> Decision | None:
    if not own:
        return Stopped("not enrolled")
    if lead.suppressed:
        return Stopped("suppressed")
    if not lead.consents:
        return Stopped("no consent")
    if any(event.kind == "stopped" for event in own):
        return Stopped("left")
    return Finished() if any(event.kind == "finished" for event in own) else None


def _next_step(sequence: Sequence, own: Row[Event]) -> Step | None:
    """Find the step after the furthest one decided.

    So a step inserted before a lead's position is not sent to them, an appended one is, a deleted one is moved over.
    """
    decided = {event.step for event in own if event.kind in DECIDED}
    past = [index for index, step in enumerate(sequence.steps) if step.key in decided]
    position = max(past, default=-1) + 1
    return sequence.steps[position] if position < len(sequence.steps) else None


def _due_at(step: Step, own: Row[Event]) -> int:
    last = next((event for event in reversed(own) if event.kind in DECIDED), own[0])
    wait = max(step.wait, HELD_SECONDS) if last.kind == "held" else step.wait
    return last.at + wait
