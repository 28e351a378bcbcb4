"""What a lead's doings are worth: a pure function of the log, the facts and the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_webhook.leads.conditions import Condition
    from gatepost_webhook.leads.facts import Facts
    from gatepost_webhook.leads.history import Happening


@dataclass(frozen=True)
class Rule:
    """Points for something that a lead did, or for something that is true of them."""

    points: int
    #: Kind of event that counts, one of history.HUMAN; "" when a condition decides.
    event: str = ""
    #: Only events about this magnet, or this page; "" for any.
    magnet: str = ""
    page: str = ""
    #: How many such events count at the most, the latest first.
    at_most: int = 1
    #: Seconds in which half of an event's points fade; 0 for never.
    half_life: int = 0
    #: What must be true, of a rule that counts no events.
    condition: Condition | None = None
    #: Line of the file, from 1.
    line: int = 0

    def __str__(self) -> str:
        if self.condition is not None:
            return f"if {self.condition}"
        return " ".join(part for part in (self.event, self.magnet, self.page) if part)

    def counts(self, event: Happening) -> bool:
        """Return whether an event is one of those."""
        return (
            event.kind == self.event
            and self.magnet in {"", event.magnet}
            and self.page in {"", event.detail.get("page")}
        )


@dataclass(frozen=True)
class Scoring:
    """The rules of a project."""

    rules: tuple[Rule, ...] = ()
    #: Names the rules by their content: other rules, another name.
    version: str = "none"

    @property
    def fades(self) -> bool:
        """Whether a score changes by time alone."""
        return any(rule.half_life for rule in self.rules)


class Share(NamedTuple):
    """What one rule gives a lead."""

    rule: Rule
    points: int
    #: How many events counted, or 1 for a condition that is true.
    times: int


def score(scoring: Scoring, facts: Facts, happenings: Sequence[Happening]) -> list[Share]:
    """Return what each rule gives a lead at the moment of the facts; the score is the sum of the points.

    Who has confirmed nothing has proved nothing, and gets nothing: anybody can type an address.
    """
    if not any(event.kind == "confirmed" for event in happenings):
        return [Share(rule, 0, 0) for rule in scoring.rules]
    return [_share(rule, facts, happenings) for rule in scoring.rules]


def total(shares: Sequence[Share]) -> int:
    """Return the score."""
    return sum(share.points for share in shares)


def _share(rule: Rule, facts: Facts, happenings: Sequence[Happening]) -> Share:
    if rule.condition is not None:
        holds = rule.condition.holds(facts)
        return Share(rule, rule.points * holds, int(holds))
    counting = [event for event in happenings if event.at <= facts.now and rule.counts(event)][-rule.at_most :]
    return Share(rule, round(sum(_worth(rule, facts.now - event.at) for event in counting)), len(counting))


def _worth(rule: Rule, age: int) -> float:
    return rule.points * 0.5 ** (age / rule.half_life) if rule.half_life else float(rule.points)
