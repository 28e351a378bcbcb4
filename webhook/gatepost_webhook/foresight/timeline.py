"""The timeline of a persona in a sequence, with everything that is shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.messages import step_subject
from gatepost_webhook.followup.simulate import simulate
from gatepost_webhook.foresight.moments import ClockChange, clock_changes, said_local
from gatepost_webhook.foresight.step_words import does_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Row

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.personas import Persona
    from gatepost_webhook.followup.simulate import TimelineRow
    from gatepost_webhook.followup.steps import Sequence

#: What the worker does with a step that came to pass; anything else passed it over.
DONE = frozenset({"sent", "acted"})


@dataclass(frozen=True)
class Timeline:
    """What happens to a persona in a sequence, from a start on."""

    sequence: Sequence
    persona: Persona
    start: int
    days: int
    rows: Row[TimelineRow]
    magnet: Magnet | None = None
    zone: tzinfo = UTC

    @property
    def is_over(self) -> bool:
        """Whether the sequence ended within the days."""
        return bool(self.rows) and not self.rows[-1].step

    @property
    def clock_changes(self) -> list[ClockChange]:
        """What the persona's clocks do meanwhile."""
        end = self.rows[-1].at if self.is_over else self.start + self.days * DAY
        return clock_changes(self.start, end, self.zone)

    def subject(self, row: TimelineRow) -> str:
        """Return the subject that a row's mail has for the persona; "" when it is no mail."""
        step = self.sequence.step(row.step)
        if step is None or row.action != "sent":
            return ""
        answers: Mapping[str, str] = {field.name: "" for field in self.magnet.meta.fields} if self.magnet else {}
        title = self.magnet.meta.title if self.magnet else self.sequence.title
        return step_subject(self.sequence, step, {**answers, **self.persona.fields}, title)

    def words(self, row: TimelineRow) -> str:
        """Return what a row says besides: its reason, its mail's subject, the way that was taken, what was done."""
        step = self.sequence.step(row.step)
        if row.reason or step is None or row.action not in DONE:
            return row.reason
        if row.action == "sent":
            return self.subject(row)
        return f"way '{row.way}'" if row.way else "no way is open" if step.ways else does_words(step)

    def local(self, at: int) -> str:
        """Return an epoch second in the persona's time, as "Tue 2026-12-01 09:00"."""
        return said_local(at, self.zone)

    def iso(self, at: int) -> str:
        """Return an epoch second in the persona's time, with its distance from UTC, for programs."""
        return datetime.fromtimestamp(at, self.zone).isoformat()


def timeline(  # noqa: PLR0913 - whom, what and when, all by name
    sequence: Sequence,
    persona: Persona,
    *,
    start: int,
    days: int,
    magnet: Magnet | None = None,
    zone: tzinfo = UTC,
    lead_id: int = 1,
) -> Timeline:
    """Simulate a persona who confirms at epoch second `start`, for so many days; `lead_id` decides splits."""
    rows = simulate(sequence, persona, start, days, magnet=magnet, zone=zone, lead_id=lead_id)
    return Timeline(sequence, persona, start, days, rows, magnet, zone)
