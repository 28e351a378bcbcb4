"""What was known at any past moment comes out of the log as it stood then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.leads.conditions import parse_condition
from gatepost_webhook.leads.facts import Facts, facts_of
from gatepost_webhook.leads.history import facts_at, leads_at
from gatepost_webhook.leads.members import members, members_at
from gatepost_webhook.store.database import open_database
from tests.webhook.leads.filled import DAY, START
from tests.webhook.leads.lived import Life

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def life(tmp_path: Path) -> Life:
    """A lead who is about to be."""
    return Life(open_database(tmp_path / "leads.db"))


def live(life: Life, look: Callable[[], None]) -> None:
    """Live a life, and look after each of its days."""
    first = life.ask("ebook", {"company": "Bakery", "city": "Wien"})
    days: list[list[Callable[[], object]]] = [
        [lambda: life.ask("checklist", {"company": "Mill"}, "de")],
        [lambda: life.confirm(first)],
        [lambda: life.enrol("welcome"), lambda: life.tag("Beta"), lambda: life.reach("reader")],
        # Asked by somebody who is known, and not proved: the first answer stays.
        [lambda: life.ask("webinar", {"company": "Not Mine", "team": "3"})],
        [lambda: life.visit("/pricing/"), lambda: life.untag("beta"), lambda: life.finish("welcome")],
        [lambda: life.tag("customer"), lambda: life.reach("customer"), lambda: life.enrol("onboarding")],
    ]
    look()
    for day in days:
        life.wait(1)
        for step in day:
            step()
        look()


def test_every_day_is_remembered_as_it_was(life: Life) -> None:
    days: list[Facts] = []
    live(life, lambda: days.append(facts_of(life.connection, life.lead, life.now)))
    assert [facts_at(life.connection, life.lead, day.now) for day in days] == days
    assert facts_at(life.connection, life.lead, START - 1) is None
    assert days[-1].fields == {"company": "Bakery", "city": "Wien", "team": "3"}
    assert days[-1].last_activity_at == START + 5 * DAY


def test_members_of_a_past_day_are_those_whom_sql_found_on_that_day(life: Life) -> None:
    condition = parse_condition('tagged "beta" or stage is "customer" and finished welcome')
    then: dict[int, list[int]] = {}
    live(life, lambda: then.update({life.now: members(life.connection, condition, life.now)}))
    again = {at: members_at(life.connection, condition, at, leads_at(life.connection, at)) for at in then}
    assert again == then
    assert [bool(found) for found in then.values()] == [False, False, False, True, True, False, True]
