"""Tags, stages, notes and visits: each is an event and a row, and saying it again changes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.store.database import open_database
from gatepost_webhook.store.marks import Cause, add_note, notes_of, set_stage, tag, tags_of, untag, visit
from tests.webhook.leads.filled import DAY, START, fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

NOW = START + 9 * DAY
ADA = 1


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    """A database with three leads."""
    fill(tmp_path)
    return open_database(tmp_path / "leads.db")


def log(connection: Connection) -> list[tuple[str, str, str, dict[str, object]]]:
    """Return kind, sequence, step and detail of what was recorded here."""
    rows = connection.execute("SELECT kind, sequence, step, detail FROM event WHERE at >= ? ORDER BY id", (NOW,))
    return [(row["kind"], row["sequence"], row["step"], json.loads(row["detail"])) for row in rows]


@pytest.mark.parametrize(
    ("say", "event"),
    [
        (lambda c: tag(c, ADA, " Beta  Tester", now=NOW), ("tagged", "", "", {"tag": "beta tester"})),
        (
            lambda c: set_stage(c, ADA, "customer", now=NOW, cause=Cause("after", "won")),
            ("staged", "after", "won", {"stage": "customer", "before": ""}),
        ),
        (lambda c: add_note(c, ADA, "Called.", occasion="7/call", now=NOW), ("noted", "", "", {"note": 1})),
        (lambda c: visit(c, ADA, "/pricing/", now=NOW), ("visited", "", "", {"page": "/pricing/"})),
    ],
)
def test_the_same_delivered_ten_times_has_one_effect(
    connection: Connection, say: Callable[[Connection], bool], event: tuple[str, str, str, dict[str, object]]
) -> None:
    assert [say(connection) for _ in range(10)] == [True] + [False] * 9
    assert log(connection) == [event]


def test_what_was_said_can_be_asked_for(connection: Connection) -> None:
    tag(connection, ADA, "beta", now=NOW)
    tag(connection, ADA, "alpha", now=NOW)
    set_stage(connection, ADA, "customer", now=NOW)
    add_note(connection, ADA, "Called.", occasion="7/call", now=NOW)
    add_note(connection, ADA, "Called.", occasion="8/call", now=NOW + 1)
    visit(connection, ADA, "/pricing/", now=NOW)
    facts = facts_of(connection, ADA, NOW)
    assert facts.tags == {"alpha", "beta"}
    assert facts.stage == "customer"
    assert facts.visited == {"/pricing/"}
    assert facts.last_activity_at == NOW
    assert tags_of(connection, ADA) == ["alpha", "beta"]
    assert notes_of(connection, ADA) == [(NOW, "Called."), (NOW + 1, "Called.")]


def test_a_tag_can_be_taken_back_and_given_again(connection: Connection) -> None:
    assert not untag(connection, ADA, "beta", now=NOW)
    assert tag(connection, ADA, "beta", now=NOW)
    assert untag(connection, ADA, "BETA", now=NOW + 1)
    assert tags_of(connection, ADA) == []
    assert tag(connection, ADA, "beta", now=NOW + 2)
    assert [kind for kind, *_ in log(connection)] == ["tagged", "untagged", "tagged"]


def test_a_page_counts_again_after_an_hour(connection: Connection) -> None:
    times = (NOW, NOW + 1800, NOW + 3600)
    assert [visit(connection, ADA, "/pricing/", now=at) for at in times] == [True, False, True]


def test_nobody_there_has_no_stage(connection: Connection) -> None:
    assert not set_stage(connection, 99, "customer", now=NOW)
    assert log(connection) == []
