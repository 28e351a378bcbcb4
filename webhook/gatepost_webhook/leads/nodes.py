"""How questions are joined to a condition: a tree of `and`, `or` and `not`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from gatepost_webhook.leads.questions import Question, Since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.leads.facts import Facts


@dataclass(frozen=True)
class All:
    """Every part is true; there are two at least."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """One part is true at least; there are two at least."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """The part is not true."""

    part: All | Either | Question


Node: TypeAlias = All | Either | Not | Question


def denied(node: Node) -> Node:
    """Return what is true when a node is not."""
    match node:
        case Not(part):
            return part
        case Since(what, seconds, within):
            return Since(what, seconds, not within)
        case _:
            return Not(node)


def holds(node: Node, facts: Facts) -> bool:
    """Return whether a node is true of a lead."""
    match node:
        case All(parts):
            return all(holds(part, facts) for part in parts)
        case Either(parts):
            return any(holds(part, facts) for part in parts)
        case Not(part):
            return not holds(part, facts)
        case _:
            return node.holds(facts)


def text_of(node: Node) -> str:
    """Return a node as it is written."""
    match node:
        case All(parts):
            return " and ".join(_inner(part) for part in parts)
        case Either(parts):
            return " or ".join(_inner(part) for part in parts)
        case Not(part):
            return _denial(part)
        case _:
            return node.text(denied=False)


def unmet_of(node: Node) -> str:
    """Return the sentence that is true when a node is not."""
    match spread(node):
        case All(parts):
            return " or ".join(unmet_of(part) for part in parts)
        case Either(parts):
            return " and ".join(_in_parentheses(part) for part in parts)
    return text_of(denied(node))


def spread(node: Node) -> Node:
    """Return the same with a `not` before a group taken into the group."""
    match node:
        case Not(All(parts)):
            return Either(tuple(map(denied, parts)))
        case Not(Either(parts)):
            return All(tuple(map(denied, parts)))
    return node


def questions_of(node: Node) -> Iterator[Question]:
    """Yield the questions of a node, from left to right."""
    match node:
        case All(parts) | Either(parts):
            for part in parts:
                yield from questions_of(part)
        case Not(part):
            yield from questions_of(part)
        case _:
            yield node


def _denial(part: All | Either | Question) -> str:
    if isinstance(part, All | Either):
        return f"not ({text_of(part)})"
    return part.text(denied=True)


def _inner(node: Node) -> str:
    return f"({text_of(node)})" if isinstance(node, All | Either) else text_of(node)


def _in_parentheses(node: Node) -> str:
    return f"({unmet_of(node)})" if isinstance(spread(node), All) else unmet_of(node)
