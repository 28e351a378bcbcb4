"""What a sequence would send to somebody, and when: plan() driven over time, without a database or a mail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from gatepost_webhook.followup.actions import Stage, Start, Stop, Tag, Untag
from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.plan import Act, Event, Finished, Lead, Send, Skip, Stopped, Wait, plan
from gatepost_webhook.leads.facts import Facts
from gatepost_webhook.leads.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.personas import Persona
    from gatepost_webhook.followup.plan import Decision
    from gatepost_webhook.followup.steps import Sequence, Step


@dataclass(frozen=True)
class TimelineRow:
    """One thing that happens to a lead in a sequence."""

    #: Epoch second.
    at: int
    #: Key of the step; "" when the sequence ends.
    step: str
    #: sent, acted or skipped, of a step; finished or stopped, of the sequence. The kinds of event that the worker
    #: records.
    action: str
    #: Why, for skipped and stopped; else "".
    reason: str
    #: Of a branch or split: the way that was taken.
    way: str = ""


def simulate(  # noqa: PLR0913 - whom, what and when
    sequence: Sequence,
    persona: Persona,
    start: int,
    days: int,
    *,
    magnet: Magnet | None = None,
    zone: tzinfo = UTC,
    lead_id: int = 1,
    others: Iterable[Event] = (),
) -> list[TimelineRow]:
    """Return what happens to a persona who confirms at epoch second `start`, for so many days.

    `magnet` is what they asked for; a file when it is left out. By `lead_id` they take the ways of a split. `others`
    are events that something else brings about, such as mails of other sequences.
    """
    # Who asks for a course asks for its mails; there is no box to tick.
    consents = persona.marketing or (magnet is not None and magnet.is_course)
    lead = Lead(persona.fields, consents=consents, id=lead_id, zone=zone)
    span = range(start, start + days * DAY + 1)
    return list(_Run(sequence, lead, start, magnet).timeline(persona, span, others))


class _Run:
    """One persona on the way through a sequence."""

    def __init__(self, sequence: Sequence, lead: Lead, start: int, magnet: Magnet | None) -> None:
        self._sequence = sequence
        self._lead = lead
        self._magnet = magnet.key if magnet else ""
        # The press of the button that confirms is also the download, where there is one.
        downloads = magnet is None or magnet.is_handed_over
        pressed = [Event(start, "downloaded", magnet=self._magnet)] if downloads else []
        self._history = [*pressed, Event(start, "enrolled", sequence.slug, magnet=self._magnet)]
        asked = frozenset({self._magnet})
        self._facts = Facts(
            start,
            lead.fields,
            asked=asked,
            confirmed=asked,
            downloaded=asked if downloads else frozenset(),
            inside=frozenset({sequence.slug}),
            consents=lead.consents,
            created_at=start,
            last_activity_at=start,
        )
        self._has_left = False

    def timeline(self, persona: Persona, span: range, others: Iterable[Event]) -> Iterator[TimelineRow]:
        ahead = [_event(span.start + after, text, self._magnet) for after, text in persona.events]
        ahead = sorted([*ahead, *others], key=lambda event: event.at)
        now = span.start
        while now in span:
            while ahead and ahead[0].at <= now:
                self._happens(ahead.pop(0))
            decision = plan(self._sequence, replace(self._lead, facts=self._facts), self._history, now)
            if isinstance(decision, Wait):
                now = min([decision.until, *(event.at for event in ahead)])
                continue
            row = _row(decision, now, left=self._has_left)
            yield row
            if not row.step:
                return
            if isinstance(decision, Act):
                self._acts(decision.step, now)
            self._history.append(Event(now, row.action, self._sequence.slug, row.step, way=row.way))

    def _happens(self, event: Event) -> None:
        self._history.append(event)
        self._facts = _after(self._facts, event)
        if event.kind == "unsubscribed":
            self._has_left = True
            self._lead = replace(self._lead, consents=False)

    def _acts(self, step: Step, now: int) -> None:
        """Do what a step does to the lead: the same event follows from it that the worker records."""
        match step.does:
            case Tag(name) if folded(name) not in self._facts.tags:
                self._happens(Event(now, "tagged", self._sequence.slug, step.key, name=folded(name)))
            case Stage(name) if folded(name) != self._facts.stage:
                self._happens(Event(now, "staged", self._sequence.slug, step.key, name=folded(name)))
            case _:
                self._facts = facts_after(self._facts, step)


def _event(at: int, text: str, magnet: str) -> Event:
    kind, _, name = text.partition(" ")
    if kind in {"downloaded", "confirmed", "unsubscribed"}:
        return Event(at, kind, magnet=name or magnet)
    return Event(at, kind, name=folded(name) if kind != "visited" else name)


#: Kind of event -> which set of names it adds to.
_SETS = {
    "downloaded": ("downloaded",),
    "confirmed": ("confirmed", "asked"),
    "tagged": ("tags",),
    "visited": ("visited",),
}


def _after(facts: Facts, event: Event) -> Facts:
    """Return what is known of a lead once something has happened."""
    changed: dict[str, Any] = {
        name: getattr(facts, name) | {event.magnet or event.name} for name in _SETS.get(event.kind, ())
    }
    if event.kind == "staged":
        changed["stage"] = event.name
    if event.kind == "unsubscribed":
        changed["consents"] = False
    if not event.sequence:
        changed["last_activity_at"] = event.at
    return replace(facts, **changed)


def _row(decision: Decision, now: int, *, left: bool) -> TimelineRow:
    match decision:
        case Send(step):
            return TimelineRow(now, step.key, "sent", "")
        case Act(step, _, way):
            return TimelineRow(now, step.key, "acted", "", way)
        case Skip(step, reason):
            return TimelineRow(now, step.key, "skipped", reason)
        case Stopped(reason):
            return TimelineRow(now, "", "stopped", "unsubscribed" if left else reason)
        case Finished() | Wait():
            return TimelineRow(now, "", "finished", "")


def facts_after(facts: Facts, step: Step) -> Facts:
    """Return what is known of a lead once a step was done."""
    match step.does:
        case Tag(name):
            return replace(facts, tags=facts.tags | {folded(name)})
        case Untag(name):
            return replace(facts, tags=facts.tags - {folded(name)})
        case Stage(name):
            return replace(facts, stage=folded(name))
        case Start(slug):
            return replace(facts, inside=facts.inside | {slug})
        case Stop(slug):
            return replace(facts, inside=facts.inside - {slug})
    return facts
