"""What lies ahead of one lead in a sequence: plan() asked again and again, as the worker will ask it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatepost_webhook.followup.actions import Stage, Tag
from gatepost_webhook.followup.plan import Act, Event, Finished, Send, Skip, Stopped, Wait, plan
from gatepost_webhook.followup.simulate import facts_after
from gatepost_webhook.leads.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.plan import Lead
    from gatepost_webhook.followup.steps import Sequence, Step

#: Decisions after which a sequence that does not end is given up: more than a file can have steps.
_MOST = 500


@dataclass(frozen=True)
class Prospect:
    """One decision that is to come."""

    #: Key of the step; "" for the end of the sequence.
    step: str
    #: sent, acted or skipped, of a step, or waits; finished or stopped, of the sequence.
    kind: str
    #: Epoch second.
    at: int
    reason: str = ""
    way: str = ""


def following(sequence: Sequence, lead: Lead, events: Row[Event], now: int) -> Prospect:
    """Return the next decision about a lead, as it is at `now`; of one that waits, when that is looked at."""
    match plan(sequence, lead, events, now):
        case Wait(step, until):
            # Conditions are judged then, and may be true by then: what it will be is not said here.
            return Prospect(step.key, "waits", until)
        case Send(step):
            return Prospect(step.key, "sent", now)
        case Act(step, _, way):
            return Prospect(step.key, "acted", now, way=way)
        case Skip(step, reason):
            return Prospect(step.key, "skipped", now, reason)
        case Stopped(reason):
            return Prospect("", "stopped", now, reason)
        case Finished():
            return Prospect("", "finished", now)


def ahead(sequence: Sequence, lead: Lead, events: Row[Event], now: int) -> list[Prospect]:
    """Return everything that is decided from now on, if nothing else happens."""
    return list(_ahead(sequence, lead, list(events), now))


def _ahead(sequence: Sequence, lead: Lead, history: list[Event], now: int) -> Iterator[Prospect]:
    for _ in range(_MOST):
        found = following(sequence, lead, history, now)
        if found.kind == "waits":
            now = found.at
            continue
        yield found
        if not found.step:
            return
        if found.kind == "acted":
            step = sequence.by_key[found.step]
            history += _marks(step, sequence.slug, lead, now)
            lead = replace(lead, facts=facts_after(lead.facts, step)) if lead.facts else lead
        elif found.kind == "sent" and lead.preferences.least_gap:
            lead = replace(lead, mailed_at=now)
        history.append(Event(now, found.kind, sequence.slug, found.step, way=found.way))


def _marks(step: Step, slug: str, lead: Lead, now: int) -> list[Event]:
    """Return the events that follow from what a step does to the lead; none when it is so already."""
    match step.does:
        case Tag(name) if lead.facts is None or folded(name) not in lead.facts.tags:
            return [Event(now, "tagged", slug, step.key, name=folded(name))]
        case Stage(name) if lead.facts is None or folded(name) != lead.facts.stage:
            return [Event(now, "staged", slug, step.key, name=folded(name))]
    return []
