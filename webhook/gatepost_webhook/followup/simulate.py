"""What a sequence would send to somebody, and when: plan() driven over time, without a database or a mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.plan import Event, Finished, Lead, Send, Skip, Stopped, Wait, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.personas import Persona
    from gatepost_webhook.followup.plan import Decision
    from gatepost_webhook.followup.steps import Sequence


@dataclass(frozen=True)
class TimelineRow:
    """One thing that happens to a lead in a sequence."""

    #: Epoch second.
    at: int
    #: Key of the step; "" when the sequence ends.
    step: str
    #: sent or skipped, of a step; finished or stopped, of the sequence. The kinds of event that the worker records.
    action: str
    #: Why, for skipped and stopped; else "".
    reason: str


def simulate(
    sequence: Sequence, persona: Persona, start: int, days: int, *, magnet: Magnet | None = None
) -> list[TimelineRow]:
    """Return what happens to a persona who confirms at epoch second `start`, for so many days.

    `magnet` is what they asked for; a file when it is left out.
    """
    return list(_timeline(sequence, persona, start, start + days * DAY, magnet))


def _timeline(
    sequence: Sequence, persona: Persona, start: int, end: int, magnet: Magnet | None
) -> Iterator[TimelineRow]:
    # The press of the button that confirms is also the download, where there is one.
    downloads = magnet is None or magnet.is_handed_over
    pressed = [Event(start, "downloaded")] if downloads else []
    now, history = start, [*pressed, Event(start, "enrolled", sequence.slug)]
    ahead = [(start + after, kind) for after, kind in persona.events]
    # Who asks for a course asks for its mails; there is no box to tick.
    lead = Lead(persona.fields, consents=persona.marketing or (magnet is not None and magnet.is_course))
    while now <= end:
        while ahead and ahead[0][0] <= now:
            at, kind = ahead.pop(0)
            history.append(Event(at, kind))
            lead = Lead(lead.fields, consents=lead.consents and kind != "unsubscribed")
        decision = plan(sequence, lead, history, now)
        if isinstance(decision, Wait):
            now = min([decision.until, *(at for at, _ in ahead)])
            continue
        row = _row(decision, now, left=any(event.kind == "unsubscribed" for event in history))
        yield row
        if not row.step:
            return
        history.append(Event(now, row.action, sequence.slug, row.step))


def _row(decision: Decision, now: int, *, left: bool) -> TimelineRow:
    match decision:
        case Send(step):
            return TimelineRow(now, step.key, "sent", "")
        case Skip(step, reason):
            return TimelineRow(now, step.key, "skipped", reason)
        case Stopped(reason):
            return TimelineRow(now, "", "stopped", "unsubscribed" if left else reason)
        case Finished() | Wait():
            return TimelineRow(now, "", "finished", "")
