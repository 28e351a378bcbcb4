"""What happens next to one lead in one sequence: the one pure function that worker, simulator and tests all ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from gatepost_webhook.followup.actions import Stop
from gatepost_webhook.followup.goals import goal
from gatepost_webhook.followup.position import next_step
from gatepost_webhook.followup.timing import held_until
from gatepost_webhook.followup.windows import lateness
from gatepost_webhook.leads.facts import Facts
from gatepost_webhook.leads.preferences import NONE, Preferences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.rules import Rules
    from gatepost_webhook.followup.steps import Sequence, Step
    from gatepost_webhook.leads.conditions import Condition

#: Kinds of event that decide a step for good.
DECIDED = frozenset({"sent", "skipped", "failed", "held", "acted"})

#: Kinds of event after which a lead has a mail, or must be taken to have it; one that is on its way is an event too.
DELIVERED = frozenset({"sent", "held", "sending"})


@dataclass(frozen=True)
class Lead:
    """What a decision needs to know of a person, now."""

    #: Answers to form fields; unanswered ones are missing or empty.
    fields: Mapping[str, str]
    #: A confirmed consent to marketing is in force.
    consents: bool = True
    #: The address is on the suppression list.
    suppressed: bool = False
    #: Number of the lead: a split goes by it.
    id: int = 0
    zone: tzinfo = UTC
    #: All that conditions may ask about; None when nothing but answers and downloads is asked.
    facts: Facts | None = None
    #: What the lead chose on the preferences page.
    preferences: Preferences = NONE
    #: When a step of any sequence went to the lead last; looked at by who wants few mails.
    mailed_at: int | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened to the lead, as far as a decision depends on it."""

    at: int
    kind: str
    sequence: str = ""
    step: str = ""
    magnet: str = ""
    #: Of a step that chose: the way that was taken.
    way: str = ""
    #: Of a tag, stage or page that the event is about.
    name: str = ""
    #: Of an enrolment and of what ended after it: how often the lead had come in, 0 when that is not known.
    round: int = 0


@dataclass(frozen=True)
class Send:
    """Send this step now; it was due at `due_at`."""

    step: Step
    due_at: int


@dataclass(frozen=True)
class Act:
    """Do now what this step, which is no message, says; it was due at `due_at`."""

    step: Step
    due_at: int
    #: Of a branch or split: the way that the lead takes, "" when none is open.
    way: str = ""


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


Decision: TypeAlias = Send | Act | Skip | Wait | Finished | Stopped


def plan(sequence: Sequence, lead: Lead, events: Iterable[Event], now: int) -> Decision:
    """Decide what happens next to a lead in a sequence at epoch second `now`; `events` are the lead's, oldest first.

    Waits count from the last decision on a step, or from the enrolment. Conditions are judged when the step is due.
    """
    history = list(events)
    since = _since_enrolment(history, sequence.slug)
    own = [event for event in since if event.sequence == sequence.slug and not _of_another_round(event, since[0])]
    if over := _over(sequence, lead, own):
        return over
    facts = _facts(sequence, lead, history, own[0].magnet, now)
    if reason := goal(sequence.rules.leave, since, facts, lead.zone):
        return Stopped(reason)
    step = next_step(sequence.steps, _decided(sequence, own))
    if step is None:
        return Finished()
    due_at = _due_at(sequence, step, own, lead.zone)
    due_at = _wished(step, _held(sequence.rules, step, due_at, history, lead.zone), lead)
    return _judged(sequence, step, due_at, lead, facts)


def _judged(sequence: Sequence, step: Step, due_at: int, lead: Lead, facts: Facts) -> Decision:
    """Decide about a step at the moment of the facts."""
    if facts.now < due_at:
        return Wait(step, due_at)
    if step.is_message and (window := sequence.rules.window):
        opens = window.next_open(facts.now, lead.zone)
        if facts.now < opens and lateness(window, due_at, facts.now, lead.zone) <= step.max_late:
            return Wait(step, opens)
    if step.is_message and lateness(sequence.rules.window, due_at, facts.now, lead.zone) > step.max_late:
        return Skip(step, "late")
    if reason := _unmet(step.only_if, facts):
        return Stopped(reason) if step.kind == "pause" else Skip(step, reason)
    return Send(step, due_at) if step.is_message else Act(step, due_at, _way(sequence.slug, step, lead, facts))


def _decided(sequence: Sequence, own: Row[Event]) -> dict[str, str]:
    """Return the keys of the steps that are decided, each with the way taken; a renamed step has its old key's past."""
    decided = {event.step: event.way for event in own if event.kind in DECIDED or event.kind == "renamed"}
    renamed = {step.key: decided[old] for step in sequence.renamed for old in step.renamed_from if old in decided}
    return renamed | decided


def _held(rules: Rules, step: Step, due_at: int, history: Row[Event], zone: tzinfo) -> int:
    if not step.is_message or not (rules.window or rules.gap or rules.at_most):
        return due_at
    sends = [event.at for event in history if event.kind in DELIVERED and event.sequence]
    return held_until(rules, due_at, step.max_late, sorted(sends), zone)


def split_number(lead: int, sequence: str, step: str) -> int:
    """Return a number below a hundred: the same for a lead at a split for ever, and of no pattern among leads."""
    return int.from_bytes(sha256(f"{lead}\0{sequence}\0{step}".encode()).digest()[:8]) % 100


def _facts(sequence: Sequence, lead: Lead, history: Row[Event], magnet: str, now: int) -> Facts:
    if lead.facts is not None:
        return replace(lead.facts, now=now, magnet=magnet, segments=sequence.segments)
    downloaded = frozenset(event.magnet for event in history if event.kind == "downloaded")
    return Facts(now, lead.fields, downloaded=downloaded, magnet=magnet, consents=lead.consents)


def _unmet(conditions: Iterable[Condition], facts: Facts) -> str:
    return next((reason for condition in conditions if (reason := condition.reason(facts))), "")


def _way(sequence: str, step: Step, lead: Lead, facts: Facts) -> str:
    """Return the name of the way that a lead takes."""
    if step.kind == "split":
        number = split_number(lead.id, sequence, step.key)
        for way in step.ways:
            number -= way.percent
            if number < 0:
                return way.name
    elif step.kind == "branch":
        return next((way.name for way in step.ways if not _unmet(way.when, facts)), "")
    return ""


def _since_enrolment(history: Row[Event], slug: str) -> Row[Event]:
    """Return what happened since the lead came in the last time, the coming included; nothing when they never did."""
    for index in range(len(history) - 1, -1, -1):
        if history[index].kind == "enrolled" and history[index].sequence == slug:
            return history[index:]
    return []


def _of_another_round(event: Event, enrolled: Event) -> bool:
    """Tell whether an event is the late end of a mail that was on its way when the lead came in anew."""
    return bool(event.round and enrolled.round) and event.round != enrolled.round


def _over(sequence: Sequence, lead: Lead, own: Row[Event]) -> Decision | None:
    if not own:
        return Stopped("not enrolled")
    if unwanted := _unwanted(sequence, lead):
        return Stopped(unwanted)
    if any(event.kind == "stopped" for event in own):
        return Stopped("left")
    ends = [event.kind for event in own if event.kind in {"finished", "reopened"}]
    if ends and ends[-1] == "finished":
        return Finished()
    ended = next((event.step for event in own if event.kind == "acted" and _ends(sequence, event.step)), "")
    return Stopped(f"ended at step {ended!r}") if ended else None


def _unwanted(sequence: Sequence, lead: Lead) -> str:
    """Say why the lead gets nothing of a sequence, "" when nothing speaks against it."""
    if lead.suppressed:
        return "suppressed"
    if not lead.consents:
        return "no consent"
    return "topic left" if lead.preferences.leaves(sequence.topic) else ""


def _ends(sequence: Sequence, key: str) -> bool:
    step = sequence.step(key)
    return step is not None and step.does == Stop(sequence.slug)


def _wished(step: Step, due_at: int, lead: Lead) -> int:
    """Return when a step may be done that is due at an epoch second: not in a pause, and no mail soon after another."""
    return lead.preferences.due_at(due_at, last_sent_at=lead.mailed_at if step.is_message else None)


def _due_at(sequence: Sequence, step: Step, own: Row[Event], zone: tzinfo) -> int:
    last = next((event for event in reversed(own) if event.kind in DECIDED or event.kind == "reopened"), own[0])
    due_at = step.due_after(last.at, zone)
    decided = next((event for event in reversed(own) if event.kind in DECIDED), last)
    return max(due_at, decided.at + sequence.assume_delivered_after) if decided.kind == "held" else due_at
