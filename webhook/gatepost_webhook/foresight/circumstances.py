"""What of a lead decides which steps are ahead, apart from the steps that are behind: leads alike in it go one way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatepost_webhook.followup.formats import MAX_LATE
from gatepost_webhook.followup.plan import split_number
from gatepost_webhook.followup.waits import UntilDate
from gatepost_webhook.leads.facts import Facts
from gatepost_webhook.leads.nodes import questions_of
from gatepost_webhook.leads.questions import Since

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.plan import Event, Lead
    from gatepost_webhook.followup.steps import Sequence, Step
    from gatepost_webhook.leads.conditions import Condition
    from gatepost_webhook.leads.questions import Question


#: What a lead does outside of a sequence that may end it.
_MARKS = frozenset({"downloaded", "tagged", "staged", "visited", "confirmed", "finished"})


class Circumstances:
    """Knows what a sequence asks of each lead."""

    def __init__(self, sequence: Sequence) -> None:
        self._sequence = sequence
        self._splits = [step for step in sequence.by_key.values() if step.kind == "split"]
        # Question by question: what a step changes later, as a tag, may make a whole condition true for some only.
        self._questions = [question for one in conditions_of(sequence) for question in questions_of(one.node)]

        self._goes_by_times = _goes_by_times(sequence, self._questions)

    def of(self, lead: Lead, events: Row[Event], now: int) -> tuple[object, ...]:
        """Return what is behind the lead, the ways that splits have, and the answer to each single question."""
        ways: list[object] = [way_of_split(self._sequence.slug, step, lead.id) for step in self._splits]
        own = [event for event in events if event.sequence == self._sequence.slug or event.kind in _MARKS]
        ways += [(event.kind, event.step, event.way, event.name, event.magnet) for event in own]
        ways.append(lead.preferences.leaves(self._sequence.topic))
        if self._goes_by_times or lead.preferences.due_at(0, last_sent_at=0):
            ways += [lead.preferences, lead.mailed_at]
        if self._goes_by_times:
            ways += [lead.zone, *(event.at for event in events)]
        if not self._questions:
            return tuple(ways)
        facts = _facts(self._sequence, lead, events, now)
        return (*ways, *(question.holds(facts) for question in self._questions))


def _goes_by_times(sequence: Sequence, questions: Row[Question]) -> bool:
    """Tell whether leads with the same past may get different steps, because of the time at which it was."""
    rules = sequence.rules
    is_held = bool(rules.window or rules.gap or rules.at_most)
    return (
        any(trigger.kind == "date" for trigger in rules.leave)
        or any(isinstance(question, Since) for question in questions)
        or any(isinstance(step.until, UntilDate) for step in sequence.by_key.values())
        # A mail that is held for days may come too late; one that has three days of grace is not.
        or (is_held and any(step.max_late < MAX_LATE for step in sequence.messages))
    )


def conditions_of(sequence: Sequence) -> Iterator[Condition]:
    """Yield every condition of a sequence."""
    for trigger in sequence.rules.leave:
        if trigger.condition:
            yield trigger.condition
    for step in sequence.by_key.values():
        yield from step.only_if
        for way in step.ways:
            yield from way.when


def way_of_split(sequence: str, step: Step, lead_id: int) -> str:
    """Return the name of the way that chance has for a lead."""
    number = split_number(lead_id, sequence, step.key)
    for way in step.ways:
        number -= way.percent
        if number < 0:
            return way.name
    return ""


def _facts(sequence: Sequence, lead: Lead, events: Row[Event], now: int) -> Facts:
    """Return the facts as plan() judges by them."""
    magnets = [event.magnet for event in events if event.kind == "enrolled" and event.sequence == sequence.slug]
    magnet = magnets[-1] if magnets else ""
    if lead.facts is not None:
        return replace(lead.facts, now=now, magnet=magnet, segments=sequence.segments)
    downloaded = frozenset(event.magnet for event in events if event.kind == "downloaded")
    return Facts(now, lead.fields, downloaded=downloaded, magnet=magnet, consents=lead.consents)
