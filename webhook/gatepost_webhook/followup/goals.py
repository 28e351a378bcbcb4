"""What ends a sequence early: something that the lead did since they came in, something that is true, or a date."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from gatepost_webhook.followup.waits import instant_of
from gatepost_webhook.leads.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Row
    from datetime import tzinfo

    from gatepost_webhook.followup.plan import Event
    from gatepost_webhook.followup.rules import Trigger
    from gatepost_webhook.leads.facts import Facts

#: Word of a trigger -> kind of event that it waits for.
EVENTS = {
    "downloaded": "downloaded",
    "magnet": "confirmed",
    "tag": "tagged",
    "stage": "staged",
    "visited": "visited",
    "finished": "finished",
}


def goal(leave: Iterable[Trigger], since: Row[Event], facts: Facts, zone: tzinfo) -> str:
    """Return why a lead leaves, "" when there is no reason; `since` is what happened since they came in."""
    return next((f"goal reached: {trigger}" for trigger in leave if _is_reached(trigger, since, facts, zone)), "")


def _is_reached(trigger: Trigger, since: Row[Event], facts: Facts, zone: tzinfo) -> bool:
    if trigger.condition:
        return trigger.condition.holds(facts)
    if trigger.kind == "date":
        return facts.now >= instant_of(trigger.day, time(0), zone)
    return any(is_about(trigger, event) for event in since)


def is_about(trigger: Trigger, event: Event) -> bool:
    """Tell whether an event is what a trigger waits for."""
    if EVENTS.get(trigger.kind) != event.kind:
        return False
    match trigger.kind:
        case "downloaded" | "magnet":
            return event.magnet == trigger.name
        case "finished":
            return event.sequence == trigger.name
        case "visited":
            return event.name == trigger.name
    return folded(event.name) == folded(trigger.name)
