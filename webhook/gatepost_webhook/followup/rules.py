"""What holds for a whole sequence: who enters and leaves it, when its mails may go, and what an edit means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gatepost_webhook.followup.durations import HOUR
from gatepost_webhook.followup.windows import Window
from gatepost_webhook.leads.conditions import Condition, parse_condition

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Seconds between two mails of sequences to one lead, unless a sequence says otherwise.
GAP = 20 * HOUR
OnChange: TypeAlias = Literal["move-at-next-step", "finish-old", "restart"]


@dataclass(frozen=True)
class Trigger:
    """Something for which a lead enters a sequence, or leaves it."""

    #: To enter: magnet, tag, visited, finished, webinar, score. To leave: downloaded, tag, stage, visited, date.
    #: Either: when.
    kind: str
    #: Of the magnet, tag, stage, page or sequence; the day of a date; the points to be passed.
    name: str = ""
    #: Of a webinar: seconds after its start, below zero before it.
    seconds: int = 0
    #: Of `when` and `segment`.
    condition: Condition | None = None

    def __str__(self) -> str:
        return str(self.condition) if self.condition else f"{self.kind} {self.name}"

    @property
    def data(self) -> dict[str, Any]:
        """What the store keeps of it."""
        found = {"kind": self.kind, "name": self.name, "seconds": self.seconds, "condition": str(self.condition or "")}
        return {key: value for key, value in found.items() if value}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Trigger:
        """Return the trigger of which the store keeps this."""
        condition = parse_condition(data["condition"]) if "condition" in data else None
        return cls(data["kind"], data.get("name", ""), data.get("seconds", 0), condition)

    @property
    def day(self) -> date:
        """The day of a date."""
        return date.fromisoformat(self.name)


@dataclass(frozen=True)
class Rules:
    """Of one sequence."""

    #: What brings leads in, besides the magnet that names the sequence.
    enter: tuple[Trigger, ...] = ()
    #: Seconds after which a lead who was here may come again; 0 at once, None never.
    again: int | None = None
    leave: tuple[Trigger, ...] = ()
    window: Window | None = None
    #: Mails that a lead may get in a day from all sequences together, this one's included; 0 is any number.
    at_most: int = 0
    #: Seconds since the last mail of any sequence.
    gap: int = 0
    #: Of several mails that are due to a lead, that of the highest goes first.
    priority: int = 0
    on_change: OnChange = "move-at-next-step"
    #: Leads who had finished get the steps that were added since.
    reopen: bool = False

    @property
    def data(self) -> dict[str, Any]:
        """What the store keeps of them: what is not as usual."""
        said = {
            "enter": [trigger.data for trigger in self.enter],
            "again": self.again,
            "leave": [trigger.data for trigger in self.leave],
            "window": self.window.data if self.window else None,
            "at_most": self.at_most,
            "gap": self.gap,
            "priority": self.priority,
            "on_change": self.on_change,
            "reopen": self.reopen,
        }
        usual: dict[str, Any] = {**vars(Rules()), "enter": [], "leave": [], "gap": GAP}
        return {name: value for name, value in said.items() if value != usual[name]}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Rules:
        """Return the rules of which the store keeps this."""
        lists = {name: tuple(map(Trigger.of, data.get(name, ()))) for name in ("enter", "leave")}
        window = Window.of(data["window"]) if "window" in data else None
        return cls(**{"gap": GAP, **data, **lists, "window": window})
