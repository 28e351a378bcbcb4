"""Why a condition is true of a lead or not, part by part, with what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gatepost_webhook.leads.nodes import All, Either, Not, holds, text_of
from gatepost_webhook.leads.questions import SETS, Belongs, Has, Since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.leads.conditions import Condition
    from gatepost_webhook.leads.facts import Facts
    from gatepost_webhook.leads.nodes import Node
    from gatepost_webhook.leads.questions import Question

_DAY = 86_400
_MOST = 5


class Part(NamedTuple):
    """A part of a condition, and how it stands with a lead."""

    #: How deep inside the condition it is: 0 is the whole.
    depth: int
    holds: bool
    text: str
    #: What the lead has there; "" where further parts say it.
    found: str


def explain(condition: Condition, facts: Facts) -> list[Part]:
    """Return the parts of a condition, the whole first, with those of the segments that it names."""
    return list(_parts(condition.node, facts, 0))


def _parts(node: Node, facts: Facts, depth: int) -> Iterator[Part]:
    yield Part(depth, holds(node, facts), text_of(node), _found(node, facts))
    match node:
        case All(parts) | Either(parts):
            for part in parts:
                yield from _parts(part, facts, depth + 1)
        case Not(All() | Either() | Belongs() as part):
            yield from _parts(part, facts, depth + 1)
        case Belongs(segment) if segment in facts.segments:
            yield from _parts(facts.segments[segment].node, facts, depth + 1)


def _found(node: Node, facts: Facts) -> str:
    match node:
        case All() | Either() | Not(All() | Either() | Belongs()):
            return ""
        case Not(part) if not isinstance(part, All | Either):
            return _seen(part, facts)
        case Not():
            return ""
        case _:
            return _seen(node, facts)


def _seen(question: Question, facts: Facts) -> str:
    match question:
        case Belongs(segment):
            return "" if segment in facts.segments else "there is no such segment"
        case Has(word):
            names = sorted(getattr(facts, SETS[word][0]))
            more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
            return (", ".join(names[:_MOST]) or "none") + more
        case Since(what):
            at = facts.created_at if what == "came" else facts.last_activity_at
            days = (facts.now - at) // _DAY
            return "today" if days < 1 else f"{days} {'day' if days == 1 else 'days'} ago"
        case _:
            return question.subject.value(facts) or "nothing"
