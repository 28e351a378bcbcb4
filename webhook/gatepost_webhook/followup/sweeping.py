"""Looks round among all leads for those of whom something has become true without an event: time alone does that."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from gatepost_webhook.followup.crowds import portions
from gatepost_webhook.followup.noticing import entrances, has_come, let_in, true_of
from gatepost_webhook.leads.nodes import questions_of
from gatepost_webhook.leads.questions import Measures, Since
from gatepost_webhook.leads.segments import named_by
from gatepost_webhook.store import readings
from gatepost_webhook.store.readings import Some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.followup.rules import Trigger
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.leads.questions import Question
    from gatepost_webhook.store.database import Connection

T = TypeVar("T")


class Run(Protocol):
    """Does some work in a transaction, and returns what it returns."""

    def __call__(self, work: Callable[[Connection], T], /) -> T:
        """Do it."""
        ...


#: Leads in one step, and seconds between two steps.
STRIDE = 10_000
PAUSE = 10


@dataclass
class _Look:
    """How far one way into a sequence was looked at."""

    #: Epoch second of the last look at what time has changed.
    at: int
    #: Number of the last lead of the round under way; None when it is over, and no other is needed.
    after: int | None = 0


@dataclass
class Sweep:
    """Looks at everybody once, and then only at those of whom time has made something true.

    A condition on a score, which fades, and a sequence that lets people in again are looked at round by round: there
    is no telling by time alone whom they concern. What events change is noticed at once (noticing.py).
    """

    _looks: dict[tuple[str, str], _Look] = field(default_factory=dict)
    _last: int = 0

    def is_due(self, outfit: Outfit) -> bool:
        """Tell whether it is time for the next step, and somebody could come in by it."""
        now = outfit.clock.now()
        # A clock that was set back must not keep everybody out; a round under way goes on at the next look.
        waits = 0 <= now - self._last < PAUSE and not self._is_under_way()
        return not waits and any(_is_swept(trigger) for _, trigger in entrances(outfit))

    def go_on(self, run: Run, outfit: Outfit) -> None:
        """Take a step for each way in. `run` does work in a transaction of its own, of which none takes long."""
        self._last = now = outfit.clock.now()
        last, looks = run(readings.last_lead), {}
        for sequence, trigger in entrances(outfit):
            if not _is_swept(trigger):
                continue
            # An edited sequence may mean others, so everybody is looked at again.
            key = (sequence.version, str(trigger.data))
            looks[key] = look = self._looks.get(key, _Look(now))
            for find in _finders(outfit, sequence, trigger, look, last):
                for leads in portions(run(find)):
                    run(partial(let_in, outfit=outfit, sequence=sequence, trigger=trigger, leads=leads))
            look.at = now
        self._looks = looks

    def _is_under_way(self) -> bool:
        return any(look.after for look in self._looks.values())


def _is_swept(trigger: Trigger) -> bool:
    return trigger.condition is not None or trigger.kind == "webinar"


def _finders(
    outfit: Outfit, sequence: Sequence, trigger: Trigger, look: _Look, last: int
) -> Iterator[Callable[[Connection], list[int]]]:
    """Give what finds leads of whom something may have become true; `last` is the number of the last lead."""
    if look.after is not None:
        span = (look.after, look.after + STRIDE)
        look.after = span[1] if span[1] < last else _next_round(sequence, trigger)
        if trigger.kind == "webinar":
            yield partial(_seated, outfit=outfit, sequence=sequence, trigger=trigger, span=span)
        else:
            some = Some.between(*span)
            yield partial(true_of, outfit=outfit, sequence=sequence, trigger=trigger, some=some)
    if spans := [(look.at - age, outfit.clock.now() - age) for age in _ages(sequence, trigger)]:
        yield partial(true_of, outfit=outfit, sequence=sequence, trigger=trigger, some=Some.aged(spans))


def _seated(
    connection: Connection, *, outfit: Outfit, sequence: Sequence, trigger: Trigger, span: tuple[int, int]
) -> list[int]:
    if not has_come(outfit, trigger):
        return []
    again, now = sequence.rules.again, outfit.clock.now()
    return readings.seated_leads(connection, span, sequence.slug, trigger.name, again=again, now=now)


def _next_round(sequence: Sequence, trigger: Trigger) -> int | None:
    """Return where the next round begins; None when time and events tell all."""
    again = sequence.rules.again is not None or trigger.kind == "webinar"
    fades = any(isinstance(one, Measures) and not one.subject.is_field for one in _questions(sequence, trigger))
    return 0 if again or fades else None


def _ages(sequence: Sequence, trigger: Trigger) -> set[int]:
    """Return the ages in seconds, of a lead or of what they did last, at which a condition may become true."""
    return {one.seconds for one in _questions(sequence, trigger) if isinstance(one, Since)}


def _questions(sequence: Sequence, trigger: Trigger) -> Iterator[Question]:
    """Give each question of a trigger's condition, and of the segments that it names."""
    if condition := trigger.condition:
        for one in (condition, *named_by([condition], sequence.segments).values()):
            yield from questions_of(one.node)
