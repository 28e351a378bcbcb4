"""What a sequence would send to somebody, and when: plan() driven over time, without a database or a mail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from gatepost_webhook.followup.actions import Stage, Start, Stop, Tag, Untag
from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.plan import Act, Event, Finished, Lead, Send, Skip, Stopped, Wait, plan
from gatepost_webhook.leads.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterator

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
) -> list[TimelineRow]:
    """Return what happens to a persona who confirms at epoch second `start`, for so many days.

    `magnet` is what they asked for; a file when it is left out. By `lead_id` they take the ways of a split.
    """
    # Who asks for a course asks for its mails; there is no box to tick.
    consents = persona.marketing or (magnet is not None and magnet.is_course)
    lead = Lead(persona.fields, consents=consents, id=lead_id, zone=zone)
    return list(_timeline(sequence, persona, lead, range(start, start + days * DAY + 1), magnet))


def _timeline(
    sequence: Sequence, persona: Persona, lead: Lead, span: range, magnet: Magnet | None
) -> Iterator[TimelineRow]:
    start = now = span.start
    slug = magnet.key if magnet else ""
    # The press of the button that confirms is also the download, where there is one.
    pressed = [Event(start, "downloaded", magnet=slug)] if magnet is None or magnet.is_handed_over else []
    history = [*pressed, Event(start, "enrolled", sequence.slug, magnet=slug)]
    facts = Facts(start, lead.fields, consents=lead.consents, created_at=start, last_activity_at=start)
    facts = replace(facts, asked=frozenset({slug}), confirmed=frozenset({slug}), inside=frozenset({sequence.slug}))
    ahead = [(start + after, kind) for after, kind in persona.events]
    while now in span:
        while ahead and ahead[0][0] <= now:
            at, kind = ahead.pop(0)
            history.append(Event(at, kind, magnet=slug))
            lead = replace(lead, consents=lead.consents and kind != "unsubscribed")
        downloaded = frozenset(event.magnet for event in history if event.kind == "downloaded")
        lead = replace(lead, facts=replace(facts, downloaded=downloaded, consents=lead.consents))
        decision = plan(sequence, lead, history, now)
        if isinstance(decision, Wait):
            now = min([decision.until, *(at for at, _ in ahead)])
            continue
        row = _row(decision, now, left=any(event.kind == "unsubscribed" for event in history))
        yield row
        if not row.step:
            return
        history.append(Event(now, row.action, sequence.slug, row.step, way=row.way))
        if isinstance(decision, Act):
            facts = _after(facts, decision.step)


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


def _after(facts: Facts, step: Step) -> Facts:
    """Return what is known of a lead once a step was done."""
    match step.does:
        case Tag(name):
            return replace(facts, tags=facts.tags | {name})
        case Untag(name):
            return replace(facts, tags=facts.tags - {name})
        case Stage(name):
            return replace(facts, stage=name)
        case Start(slug):
            return replace(facts, inside=facts.inside | {slug})
        case Stop(slug):
            return replace(facts, inside=facts.inside - {slug})
    return facts
