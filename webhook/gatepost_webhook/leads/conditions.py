"""Conditions: one closed grammar of what may be asked about a lead, for steps, branches and segments alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_site.documents import mistake
from gatepost_webhook.leads.grammar import EXAMPLES, read
from gatepost_webhook.leads.nodes import All, Either, holds, questions_of, spread, text_of, unmet_of
from gatepost_webhook.leads.questions import SETS, Belongs, Has, Since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.leads.facts import Facts
    from gatepost_webhook.leads.nodes import Node

#: What a name in a condition names.
Kind: TypeAlias = Literal["field", "tag", "magnet", "page", "sequence", "segment"]


@dataclass(frozen=True)
class Condition:
    """Something that is true of a lead or not. `str()` of it is a text that means the same."""

    node: Node

    def holds(self, facts: Facts) -> bool:
        """Return whether it is true of a lead."""
        return holds(self.node, facts)

    def __str__(self) -> str:
        return text_of(self.node)

    @property
    def unmet(self) -> str:
        """The sentence that is true when the condition is not: the reason of a skipped step."""
        return unmet_of(self.node)

    def reason(self, facts: Facts) -> str:
        """Return what keeps it from being true of a lead, "" when it is: of several parts only those that fail."""
        return _reason(self.node, facts)

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return what it names of a kind, in the order of the text, so that somebody can check that there is such."""
        return tuple(dict.fromkeys(name for found, name in _names(self.node) if found == kind and name))

    def segments_named(self) -> list[str]:
        """Return the segments that it names, each as often as it does."""
        return [question.segment for question in questions_of(self.node) if isinstance(question, Belongs)]

    @property
    def weight(self) -> int:
        """How many names and values it holds."""
        return sum(len(getattr(question, "values", (question,))) for question in questions_of(self.node))


def parse_condition(value: object) -> Condition:
    """Return the condition that a text states. Raises a validator's mistake."""
    if not isinstance(value, str):
        raise mistake("is not a condition", EXAMPLES)
    return Condition(read(value))


def _reason(node: Node, facts: Facts) -> str:
    if holds(node, facts):
        return ""
    match spread(node):
        case All(parts):
            return " and ".join(reason for part in parts if (reason := _reason(part, facts)))
        case Either(parts):
            return " and ".join(_reason(part, facts) for part in parts)
    return unmet_of(node)


def _names(node: Node) -> Iterator[tuple[str, str]]:
    for question in questions_of(node):
        match question:
            case Has(word, name):
                yield SETS[word][1], name
            case Belongs(segment):
                yield "segment", segment
            case Since():
                pass
            case _:
                yield ("field" if question.subject.is_field else "trait"), question.subject.name
