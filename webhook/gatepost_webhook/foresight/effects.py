"""What an edited sequence means for each lead inside it: before and after beside each other, alike leads together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_webhook.followup.plan import Event
from gatepost_webhook.foresight.circumstances import Circumstances
from gatepost_webhook.foresight.insiders import insiders_of
from gatepost_webhook.foresight.prospects import ahead, following
from gatepost_webhook.foresight.step_words import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatepost_webhook.followup.plan import Lead
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.followup.surroundings import Surroundings
    from gatepost_webhook.foresight.changes import Comparison
    from gatepost_webhook.foresight.insiders import Insider
    from gatepost_webhook.foresight.prospects import Prospect
    from gatepost_webhook.store.database import Connection

#: again: a message that they have had comes again; gets, misses: a step that would (not) have come comes (not);
#: past: a new step is behind them; moves: something else comes next; later, sooner: the next step comes at another
#: time; reads: a step that is still to come says something else; ends: nothing follows any more; reopens: they had
#: finished and go on with it; same: all as before.
Kind: TypeAlias = Literal[
    "again", "gets", "misses", "past", "moves", "later", "sooner", "reads", "ends", "reopens", "same"
]
#: What a lead has had.
_HAD = frozenset({"sent", "held"})


@dataclass(frozen=True, order=True)
class Effect:
    """One consequence that some leads share."""

    kind: Kind
    #: Key of the step that it is about.
    step: str = ""
    #: again: the step under whose key they had it; moves: the step that would have come.
    other: str = ""
    #: later, sooner: by how many seconds.
    seconds: int = 0


@dataclass(frozen=True)
class Outlook:
    """What comes to a lead: next, and all in all."""

    following: Prospect
    #: Keys of the steps that are to be sent or done, in order.
    steps: tuple[str, ...]
    #: Keys of the steps that are passed over, in order.
    passed: tuple[str, ...] = ()


@dataclass
class Effects:
    """The consequences of a change, each with the leads whom it concerns."""

    leads: int = 0
    #: Effect -> (number, address) of each lead.
    found: dict[Effect, list[tuple[int, str]]] = field(default_factory=dict)

    def count(self, kind: Kind) -> int:
        """Return how many leads have any effect of a kind."""
        return len({lead for effect, leads in self.found.items() if effect.kind == kind for lead, _ in leads})


class Reckoner:
    """Compares what would have come to each lead with what will."""

    def __init__(self, comparisons: Mapping[str, Comparison], new: Sequence, now: int) -> None:
        """`comparisons` are by the version with which leads are inside."""
        self.comparisons = comparisons
        self.new = new
        self._now = now
        self._policy = new.rules.on_change
        versions = {new.version: new} | {version: one.old for version, one in comparisons.items()}
        self._circumstances = {version: Circumstances(sequence) for version, sequence in versions.items()}
        #: What is ahead depends on what is behind and on circumstances, seldom on times: (...) -> keys sent, passed.
        self._known: dict[tuple[object, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self.effects = Effects()

    def read(self, connection: Connection, about: Surroundings, state: str) -> Iterator[Insider]:
        """Yield everybody who is inside, or with state 'finished' has been last, with all that the versions ask."""
        versions = (self.new, *(one.old for one in self.comparisons.values()))
        asks = any(one.asks_facts or _leaves_by_itself(one) for one in versions)
        return insiders_of(connection, self.new.slug, about, self._now, with_facts=asks, state=state)

    def add(self, insider: Insider) -> None:
        """Take one more lead into account."""
        self.effects.leads += 1
        for effect in self.effects_on(insider):
            self.effects.found.setdefault(effect, []).append((insider.lead_id, insider.email))

    def add_finished(self, insider: Insider) -> None:
        """Take a lead into account who has finished, and goes on when the sequence has become longer."""
        for effect in self.effects_on_finished(insider):
            self.effects.found.setdefault(effect, []).append((insider.lead_id, insider.email))

    def effects_on_finished(self, insider: Insider) -> list[Effect]:
        """Return every consequence for a lead who has finished; none when nothing follows for them."""
        if insider.version == self.new.version:
            return []
        reopened = [*insider.events, Event(self._now, "reopened", self.new.slug)]
        after = self._outlook(self.new, insider.lead, reopened)
        if not after.following.step:
            return []
        repeats = self._repeats(insider, self.comparisons[insider.version], after)
        return [Effect("reopens", after.following.step), *repeats]

    def effects_on(self, insider: Insider) -> list[Effect]:
        """Return every consequence for one lead; 'same' alone when there is none."""
        if insider.version == self.new.version or self._policy == "finish-old":
            return [Effect("same")]
        compared = self.comparisons[insider.version]
        before, after = self.outlook(compared.old, insider), self.after(insider)
        return list(self._compared(insider, compared, before, after)) or [Effect("same")]

    def after(self, insider: Insider) -> Outlook:
        """Return what comes to a lead once the files are published."""
        is_kept = self._policy == "finish-old"
        return self.outlook(self.comparisons[insider.version].old if is_kept else self.new, insider)

    def outlook(self, sequence: Sequence, insider: Insider) -> Outlook:
        """Return what comes to a lead under a version: the next step to the second, and the keys of all of them."""
        return self._outlook(sequence, insider.lead, self._history(sequence, insider))

    def _outlook(self, sequence: Sequence, lead: Lead, events: list[Event]) -> Outlook:
        first = following(sequence, lead, events, self._now)
        return Outlook(first, *self._ahead(sequence, lead, events, first))

    def _history(self, sequence: Sequence, insider: Insider) -> list[Event]:
        events = list(insider.events)
        if sequence is self.new and self._policy == "restart" and insider.version != sequence.version:
            came_in = next((one for one in reversed(events) if _is_entry(one, sequence.slug)), None)
            events.append(Event(self._now, "enrolled", sequence.slug, magnet=came_in.magnet if came_in else ""))
        return events

    def _ahead(
        self, sequence: Sequence, lead: Lead, events: list[Event], first: Prospect
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        # A step that is too late already is passed over for some of those whose histories are alike.
        known = (
            sequence.version,
            lead.consents,
            first.kind,
            first.step,
            self._circumstances[sequence.version].of(lead, events, self._now),
        )
        if known not in self._known:
            to_come = ahead(sequence, lead, events, self._now)
            done = tuple(one.step for one in to_come if one.kind in ("sent", "acted"))
            self._known[known] = done, tuple(one.step for one in to_come if one.kind == "skipped")
        return self._known[known]

    def _compared(self, insider: Insider, compared: Comparison, before: Outlook, after: Outlook) -> Iterator[Effect]:
        yield from self._repeats(insider, compared, after)
        yield from _steps_compared(compared, before, after)
        for change in compared.changes:
            if change.kind == "added" and change.step not in after.steps:
                yield Effect("past", change.step)
        yield from _next_compared(compared, before.following, after.following)

    def _repeats(self, insider: Insider, compared: Comparison, after: Outlook) -> Iterator[Effect]:
        had = _had(insider, compared)
        for step in after.steps:
            if message_of(self.new.by_key[step]) is None:
                continue
            former = compared.old_key(step)
            if former in had:
                yield Effect("again", step, had[former])
            elif (same := compared.alike.get(step, "")) in had:
                yield Effect("again", step, had[same])


def _leaves_by_itself(sequence: Sequence) -> bool:
    """Tell whether a step may bring the lead to the sequence's goal, which depends on the tags that there are."""
    marks = {step.kind for step in sequence.by_key.values()} & {"tag", "stage"}
    return any(trigger.kind in marks for trigger in sequence.rules.leave)


def _is_entry(event: Event, slug: str) -> bool:
    return event.kind == "enrolled" and event.sequence == slug


def _had(insider: Insider, compared: Comparison) -> dict[str, str]:
    """Return what a lead has had since they came in the last time: key in the old version -> key at its time.

    What they had before that comes again because they came again, whatever is edited.
    """
    slug, found = compared.new.slug, dict[str, str]()
    for event in insider.events:
        if _is_entry(event, slug):
            found = {}
        elif event.kind in _HAD and event.sequence == slug:
            found[event.step] = event.step
    for step in compared.old.renamed:
        former = next((old for old in step.renamed_from if old in found), "")
        if former:
            found.setdefault(step.key, found[former])
    return found


def _steps_compared(compared: Comparison, before: Outlook, after: Outlook) -> Iterator[Effect]:
    were, are = set(before.steps), {compared.old_key(step) for step in after.steps}
    rewritten = {change.step for change in compared.changes if change.kind == "text"}
    for step in after.steps:
        if compared.old_key(step) not in were:
            yield Effect("gets", step)
        elif step in rewritten:
            yield Effect("reads", step)
    for step in before.steps:
        if step not in are:
            yield Effect("misses", step)


def _next_compared(compared: Comparison, before: Prospect, after: Prospect) -> Iterator[Effect]:
    if not after.step and before.step:
        yield Effect("ends", other=before.step)
    elif compared.old_key(after.step) != before.step:
        yield Effect("moves", after.step, before.step)
    elif after.at > before.at:
        yield Effect("later", after.step, seconds=after.at - before.at)
    elif after.at < before.at:
        yield Effect("sooner", after.step, seconds=before.at - after.at)
