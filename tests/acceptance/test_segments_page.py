"""The page about conditions has all of their words, and each of its examples is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.leads.conditions import parse_condition
from gatepost_webhook.leads.members import members
from gatepost_webhook.leads.nodes import All, Either, Not, questions_of
from gatepost_webhook.leads.questions import ORDERS, SETS, TRAITS, Measures
from gatepost_webhook.store.database import open_database
from tests.acceptance.documentation import DOCS, table

if TYPE_CHECKING:
    from pathlib import Path

PAGE = DOCS / "segments.md"
EXAMPLES = [
    condition
    for heading in ("Answers", "What the lead did", "What is said of the lead", "Joining them")
    for condition in table(PAGE, heading)
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_understood_and_reads_back_as_it_is_shown(example: str, tmp_path: Path) -> None:
    condition = parse_condition(example)
    assert str(condition) == example
    assert members(open_database(tmp_path / "leads.db"), condition, 0) == []


def test_every_word_of_the_grammar_has_an_example() -> None:
    conditions = [parse_condition(example) for example in EXAMPLES]
    questions = [question for condition in conditions for question in questions_of(condition.node)]
    kinds = {type(question).__name__ for question in questions}
    assert kinds == {"Answered", "Equals", "Contains", "Measures", "Has", "Belongs", "Since"}
    assert {question.order for question in questions if isinstance(question, Measures)} == set(ORDERS)
    assert {getattr(question, "word", None) for question in questions} >= set(SETS)
    assert {question.subject.name for question in questions if hasattr(question, "subject")} >= set(TRAITS)
    assert {type(condition.node) for condition in conditions} >= {All, Either, Not}
