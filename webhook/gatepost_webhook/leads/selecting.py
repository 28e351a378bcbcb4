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
#: How many leads a part of a condition finds by index; all means that it has to look at each.
_FEW, _SOME, _MANY, _ALL = range(4)
_LANGUAGE = (
    "lower(coalesce((SELECT language FROM submission WHERE lead_id = lead.id ORDER BY submission.id DESC LIMIT 1), ''))"
)
#: How numbers compare: words of a condition -> operator.
_OPERATORS = {"more than": ">", "at least": ">=", "less than": "<", "at most": "<="}
#: Which leads have a name in a set: word of a condition -> (the rows of those who have any, the column of the name).
_HOLDERS = {
    "tagged": ("lead_tag WHERE 1 = 1", "tag"),
    "asked for": ("submission WHERE 1 = 1", "magnet"),
    "confirmed": ("submission WHERE confirmed_at IS NOT NULL", "magnet"),
    "downloaded": ("submission WHERE downloaded_at IS NOT NULL", "magnet"),
    "visited": ("lead_visit WHERE 1 = 1", "page"),
    "finished": ("event WHERE kind = 'finished'", "sequence"),
    "in": ("enrolment WHERE state = 'active'", "sequence"),
}


@dataclass(frozen=True)
class Selection:
    """Which leads a condition is true of."""

    #: A clause over the table `lead`; it names its parameters.
    clause: str
    parameters: Mapping[str, Value]
    #: It asks for answers, so it says nothing of a lead whose answers are not kept for searching yet.
    asks_answers: bool


def select(condition: Condition, segments: Mapping[str, Condition], now: int, *, of_few: bool = False) -> Selection:
    """Return the leads of whom a condition is true at epoch second `now`; `segments` are what it may name.

    `of_few` is for a query that has found few leads by something else, and asks the condition of these alone.
    """
    writer = _Writer(segments, now)
    clause = writer.clause(condition.node, probe=of_few)
    return Selection(f"({clause})", writer.parameters, writer.asks_answers)


def breadth(question: Question) -> int:
    """Say how many leads a question finds by index, as far as its form tells."""
    match question:
        case Equals(subject, values):
            return _ALL if subject.name == "language" or "" in map(folded, values) else _FEW
        case Has(word, name):
            return (_FEW if word in {"tagged", "visited", "in"} else _SOME) if name else _MANY
        case Since() | Measures():
            return _SOME
        case _:
            return _MANY


def _has_row(rows: str, *, probe: bool) -> str:
    """Return that a lead has one of some rows: of a table with conditions, all of them fixed words and parameters."""
    if probe:
        return f"EXISTS (SELECT 1 FROM {rows} AND lead_id = lead.id)"  # noqa: S608
    return f"lead.id IN (SELECT lead_id FROM {rows})"  # noqa: S608


@dataclass
class _Writer:
    """Writes a clause, and gathers its parameters."""

    segments: Mapping[str, Condition]
    now: int
    parameters: dict[str, Value] = field(default_factory=dict)
    asks_answers: bool = False

    def clause(self, node: Node, *, probe: bool = False) -> str:
        """Return the clause of a node.

        By default it names the leads by number, which finds few of many by index. A `probe` looks at one lead: that is
        what costs least where another clause has found few leads already.
        """
        match node:
            case All(parts):
                return self._all(parts, probe=probe)
            case Either(parts):
                return self._either(parts, probe=probe)
            case Not(part):
                return f"NOT ({self.clause(part, probe=probe)})"
            case _:
                return self._question(node, probe=probe)

    def _all(self, parts: tuple[Node, ...], *, probe: bool) -> str:
        # Of all parts that which finds the fewest leads by index goes ahead, and the others look at these.
        first = min(range(len(parts)), key=lambda index: self._breadth(parts[index]))
        clauses = [self.clause(part, probe=probe or index != first) for index, part in enumerate(parts)]
        return " AND ".join(f"({clause})" for clause in clauses)

    def _either(self, parts: tuple[Node, ...], *, probe: bool) -> str:
        clauses = [self.clause(part, probe=probe) for part in parts]
        if probe or max(map(self._breadth, parts)) > _SOME:
            return " OR ".join(f"({clause})" for clause in clauses)
        # Few leads each: SQLite would rather look at all of them than put the few together, so it is told how.
        found = " UNION ".join(f"SELECT lead.id FROM lead WHERE {clause}" for clause in clauses)  # noqa: S608
        return f"lead.id IN ({found})"

    def _breadth(self, node: Node) -> int:
        """Say how many leads a node finds by index, as far as its form tells."""
        match node:
            case All(parts):
                return min(map(self._breadth, parts))
            case Either(parts):
                return max(map(self._breadth, parts))
            case Not():
                return _ALL
            case Belongs(segment):
                condition = self.segments.get(segment)
                return self._breadth(condition.node) if condition else _FEW
            case _:
                return breadth(node)

    def _question(self, question: Question, *, probe: bool) -> str:
        match question:
            case Belongs(segment):
                condition = self.segments.get(segment)
                return f"({self.clause(condition.node, probe=probe)})" if condition else _NOBODY
            case Has(word, name):
                return self._holders(word, name, probe=probe)
            case Since():
                return self._since(question)
            case _:
                return self._answer(question, probe=probe) if question.subject.is_field else self._trait(question)

    def _bind(self, value: Value) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _bind_all(self, values: tuple[str, ...]) -> str:
        return ", ".join(self._bind(value) for value in values)

    def _holders(self, word: str, name: str, *, probe: bool) -> str:
        rows, column = _HOLDERS[word]
        named = f" AND {column} = {self._bind(folded(name) if word == 'tagged' else name)}" if name else ""
        return _has_row(f"{rows}{named}", probe=probe)

    def _since(self, question: Since) -> str:
        bound = self._bind(self.now - question.seconds)
        lately = f"lead.created_at >= {bound}"
        if question.what == "last active":
            lately = f"(lead.last_activity_at <> 0 AND lead.last_activity_at >= {bound}) OR {lately}"
        return lately if question.within else f"NOT ({lately})"

    def _answer(self, question: Comparison, *, probe: bool) -> str:
        self.asks_answers = True
        rows = f"lead_answer WHERE field = {self._bind(question.subject.name)}"
        match question:
            case Answered():
                return _has_row(rows, probe=probe)
            case Contains(_, part):
                return _has_row(f"{rows} AND replace(value, {self._bind(folded(part))}, '') <> value", probe=probe)
            case Measures(_, order, bound):
                # Of one lead the number is looked at; the index of numbers would find everybody's.
                number = "number + 0" if probe else "number"
                return _has_row(f"{rows} AND {number} {_OPERATORS[order]} {self._bind(bound)}", probe=probe)
            case Equals(_, values):
                wanted = tuple(map(folded, values))
                given = _has_row(f"{rows} AND value IN ({self._bind_all(wanted)})", probe=probe)
                # No answer is an empty answer, of which no row is kept.
                return f"{given} OR NOT ({_has_row(rows, probe=probe)})" if "" in wanted else given

    def _trait(self, question: Comparison) -> str:
        column = _LANGUAGE if question.subject.name == "language" else f"lead.{question.subject.name}"
        match question:
            case Answered():
                return f"{column} <> ''"
            case Measures(_, order, bound):
                # Most leads have no points, and are not in the index.
                indexed = f"{column} <> 0 AND " if bound > 0 and order in {"more than", "at least"} else ""
                return f"{indexed}{column} {_OPERATORS[order]} {self._bind(bound)}"
            case Equals(_, values):
                wanted = tuple(map(folded, values))
                same = f"{column} IN ({self._bind_all(wanted)})"
                if column == _LANGUAGE:
                    return " OR ".join([same, *self._regional(wanted)])
                return same if "" in wanted else f"{column} <> '' AND {same}"
            case Contains():
                raise ValueError("nothing but an answer can contain a text")

    def _regional(self, languages: tuple[str, ...]) -> list[str]:
        """Return the clauses of languages that begin with one of those: "de-at" with "de"."""
        return [
            f"substr({_LANGUAGE}, 1, {self._bind(len(language) + 1)}) = {self._bind(f'{language}-')}"
            for language in languages
            if language
        ]
