"""SQL finds whom Python means, for any condition; and what people write reaches it as parameters only."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from gatepost_webhook.leads.conditions import Condition, parse_condition
from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.leads.members import members
from gatepost_webhook.leads.selecting import select
from gatepost_webhook.store.database import open_database
from gatepost_webhook.store.searching import keep_answers
from tests.webhook.leads.conditioned import NOW, SEGMENTS, TEXTS, conditions, populate

if TYPE_CHECKING:
    from gatepost_webhook.leads.facts import Facts
    from gatepost_webhook.store.database import Connection

#: The words of which clauses are made.
FIXED = """
AND BY DESC EXISTS FROM IN IS LIMIT NOT NULL OR ORDER SELECT UNION WHERE + = <> < <= > >= '' 'active' 'finished' 0 1
coalesce lower replace substr lead lead.id submission.id lead.created_at lead.last_activity_at lead.score lead.stage
lead_answer lead_tag lead_visit enrolment event submission
confirmed_at created_at downloaded_at field id kind language last_activity_at lead_id magnet number page score sequence
stage state tag value
"""
#: What conditions are made of, for making sense and nonsense of.
WORDS = ["not", "is", "and", "or", "(", ")", "'x'", '"y"', "a", "in", "segment", ",", "one", "of", "20", "came", "set"]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Connection:
    """A database of leads who differ in everything."""
    opened = open_database(tmp_path_factory.mktemp("leads") / "leads.db")
    opened.execute("BEGIN IMMEDIATE")
    populate(opened)
    opened.execute("COMMIT")
    return opened


class People:
    """The facts of some leads, by number; with a short name for failing tests to show."""

    def __init__(self, facts: dict[int, Facts]) -> None:
        self.facts = facts

    def __repr__(self) -> str:
        return "everybody"


@pytest.fixture(scope="module")
def everybody(connection: Connection) -> People:
    """The facts of each of them."""
    # Some answers are kept for searching and some are not: it must not show.
    keep_answers(connection, len(TEXTS) - 5)
    ids = [row["id"] for row in connection.execute("SELECT id FROM lead ORDER BY id")]
    return People({lead: facts_of(connection, lead, NOW, segments=SEGMENTS) for lead in ids})


@settings(max_examples=400)
@given(condition=conditions)
def test_sql_finds_whom_python_means(connection: Connection, everybody: People, condition: Condition) -> None:
    found = members(connection, condition, NOW, segments=SEGMENTS)
    assert found == [lead for lead, facts in everybody.facts.items() if condition.holds(facts)]


@given(condition=conditions)
def test_a_condition_reads_back_as_it_was_written(condition: Condition) -> None:
    assert str(parse_condition(str(condition))) == str(condition)


@given(condition=conditions)
def test_the_reason_is_empty_exactly_when_it_holds(everybody: People, condition: Condition) -> None:
    assert all((condition.reason(facts) == "") is condition.holds(facts) for facts in everybody.facts.values())


@given(condition=conditions)
def test_nothing_that_was_written_is_in_the_sql(condition: Condition) -> None:
    words = set(re.split(r"[\s(),]+", select(condition, SEGMENTS, NOW).clause))
    assert {word for word in words if not re.fullmatch(r":p\d+", word)} <= {"", *FIXED.split()}


@given(text=st.text(max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_text_is_a_condition_or_a_mistake(connection: Connection, text: str) -> None:
    with suppress(PydanticCustomError):
        members(connection, parse_condition(text), NOW)
