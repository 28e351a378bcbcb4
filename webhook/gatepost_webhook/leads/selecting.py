"""A condition as SQL: a clause over `lead` from fixed words, and everything that somebody wrote as bound parameters.

What is compared is folded on both sides before it gets here (leads/folding.py), so the clause compares bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from gatepost_webhook.leads.folding import folded
from gatepost_webhook.leads.nodes import All, Either, Not
from gatepost_webhook.leads.questions import Answered, Belongs, Contains, Equals, Has, Measures, Since

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.leads.conditions import Condition
    from gatepost_webhook.leads.nodes import Node
    from gatepost_webhook.leads.questions import Comparison, Question

Value: TypeAlias = str | int | float
_NOBODY = "1 = 0"
_LANGUAGE = (
    "lower(coalesce((SELECT language FROM submission WHERE lead_id = lead.id ORDER BY submission.id DESC LIMIT 1), ''))"
)
#: How numbers compare: words of a condition -> operator.
_OPERATORS = {"more than": ">", "at least": ">=", "less than": "<", "at most": "<="}
#: Which leads have a name in a set: word of a condition -> (the leads that have any, the column of the name).
_HOLDERS = {
    "tagged": ("SELECT lead_id FROM lead_tag WHERE 1 = 1", "tag"),
    "asked for": ("SELECT lead_id FROM submission WHERE 1 = 1", "magnet"),
    "confirmed": ("SELECT lead_id FROM submission WHERE confirmed_at IS NOT NULL", "magnet"),
    "downloaded": ("SELECT lead_id FROM submission WHERE downloaded_at IS NOT NULL", "magnet"),
    "visited": ("SELECT lead_id FROM lead_visit WHERE 1 = 1", "page"),
    "finished": ("SELECT lead_id FROM event WHERE kind = 'finished'", "sequence"),
    "in": ("SELECT lead_id FROM enrolment WHERE state = 'active'", "sequence"),
}


@dataclass(frozen=True)
class Selection:
    """Which leads a condition is true of."""

    #: A clause over the table `lead`; it names its parameters.
    clause: str
    parameters: Mapping[str, Value]
    #: It asks for answers, so it says nothing of a lead whose answers are not kept for searching yet.
    asks_answers: bool


def select(condition: Condition, segments: Mapping[str, Condition], now: int) -> Selection:
    """Return the leads of whom a condition is true at epoch second `now`; `segments` are what it may name."""
    writer = _Writer(segments, now)
    clause = writer.clause(condition.node)
    return Selection(clause, writer.parameters, writer.asks_answers)


@dataclass
class _Writer:
    """Writes a clause, and gathers its parameters."""

    segments: Mapping[str, Condition]
    now: int
    parameters: dict[str, Value] = field(default_factory=dict)
    asks_answers: bool = False

    def clause(self, node: Node) -> str:
        """Return the clause of a node."""
        match node:
            case All(parts):
                return " AND ".join(f"({self.clause(part)})" for part in parts)
            case Either(parts):
                return " OR ".join(f"({self.clause(part)})" for part in parts)
            case Not(part):
                return f"NOT ({self.clause(part)})"
            case _:
                return self._question(node)

    def _question(self, question: Question) -> str:
        match question:
            case Belongs(segment):
                condition = self.segments.get(segment)
                return f"({self.clause(condition.node)})" if condition else _NOBODY
            case Has(word, name):
                return self._holders(word, name)
            case Since():
                return self._since(question)
            case _:
                return self._answer(question) if question.subject.is_field else self._trait(question)

    def _bind(self, value: Value) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _bind_all(self, values: tuple[str, ...]) -> str:
        return ", ".join(self._bind(value) for value in values)

    def _holders(self, word: str, name: str) -> str:
        leads, column = _HOLDERS[word]
        named = f" AND {column} = {self._bind(folded(name) if word == 'tagged' else name)}" if name else ""
        return f"id IN ({leads}{named})"

    def _since(self, question: Since) -> str:
        bound = self._bind(self.now - question.seconds)
        lately = f"created_at >= {bound}"
        if question.what == "last active":
            lately = f"last_activity_at >= {bound} OR {lately}"
        return lately if question.within else f"NOT ({lately})"

    def _answer(self, question: Comparison) -> str:
        self.asks_answers = True
        whose = f"id IN (SELECT lead_id FROM lead_answer WHERE field = {self._bind(question.subject.name)}"  # noqa: S608
        match question:
            case Answered():
                return f"{whose})"
            case Contains(_, part):
                return f"{whose} AND replace(value, {self._bind(folded(part))}, '') <> value)"
            case Measures(_, order, bound):
                return f"{whose} AND number {_OPERATORS[order]} {self._bind(bound)})"
            case Equals(_, values):
                wanted = tuple(map(folded, values))
                given = f"{whose} AND value IN ({self._bind_all(wanted)}))"
                # No answer is an empty answer, of which no row is kept.
                return f"{given} OR NOT ({whose}))" if "" in wanted else given

    def _trait(self, question: Comparison) -> str:
        column = _LANGUAGE if question.subject.name == "language" else question.subject.name
        match question:
            case Answered():
                return f"{column} <> ''"
            case Measures(_, order, bound):
                return f"{column} {_OPERATORS[order]} {self._bind(bound)}"
            case Equals(_, values):
                wanted = tuple(map(folded, values))
                same = f"{column} IN ({self._bind_all(wanted)})"
                return " OR ".join([same, *self._regional(wanted)]) if column == _LANGUAGE else same
            case Contains():
                raise ValueError("nothing but an answer can contain a text")

    def _regional(self, languages: tuple[str, ...]) -> list[str]:
        """Return the clauses of languages that begin with one of those: "de-at" with "de"."""
        return [
            f"substr({_LANGUAGE}, 1, {self._bind(len(language) + 1)}) = {self._bind(f'{language}-')}"
            for language in languages
            if language
        ]
