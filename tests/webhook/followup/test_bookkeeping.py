"""The worker keeps what can be asked about leads up to date, and sequences ask it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gatepost_site.magnets import load_magnets
from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.followup.reload import sequences_in_force
from gatepost_webhook.leads.conditions import parse_condition
from gatepost_webhook.leads.members import members
from gatepost_webhook.leads.selecting import select
from gatepost_webhook.store.marks import tag, visit
from tests.webhook.followup.desk import SEQUENCE, write_project

if TYPE_CHECKING:
    import pytest

    from tests.webhook.followup.desk import Desk

SCORES = "rules:\n  - {points: 7, event: visited, page: /pricing/}\n"
SEGMENTS = "segments:\n  buyers:\n    title: Buyers\n    condition: tagged 'buyer'\n"


def write(desk: Desk, name: str, text: str) -> None:
    (desk.outfit.project.sequences / name).write_text(text, encoding="utf-8")


def scores(desk: Desk) -> list[object]:
    return [row["score"] for row in desk.sql("SELECT score FROM lead ORDER BY id")]


def visited(desk: Desk, lead: int) -> None:
    now = desk.clock.now()
    confirmed = "INSERT INTO event (at, lead_id, kind, magnet) VALUES (:now, :lead, 'confirmed', 'checklist')"
    desk.sql(confirmed, now=now, lead=lead)
    desk.outfit.writer.run(lambda connection: visit(connection, lead, "/pricing/", now=now))


def test_an_event_changes_the_score_within_one_look(desk: Desk) -> None:
    write(desk, "scores.yml", SCORES)
    visited(desk, desk.add_lead())
    desk.add_lead("ben@example.com")
    assert scores(desk) == [0, 0]
    desk.run()
    assert scores(desk) == [7, 0]


def test_changed_rules_are_in_force_at_the_next_look_and_broken_ones_never(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    write(desk, "scores.yml", SCORES)
    visited(desk, desk.add_lead())
    desk.run()
    write(desk, "scores.yml", SCORES.replace("7", "70"))
    desk.run()
    assert scores(desk) == [70]
    write(desk, "scores.yml", SCORES.replace("visited", "sighted"))
    desk.run()
    assert scores(desk) == [70]
    assert "sequences/scores.yml is broken, the last good rules stay in force" in caplog.text


def test_answers_can_be_searched_after_one_look_and_again_when_they_change(desk: Desk) -> None:
    lead = desk.add_lead(fields='{"company": "Bäckerei"}')

    def found(company: str) -> list[dict[str, object]]:
        selection = select(parse_condition(f'company is "{company}"'), {}, 0)
        return desk.sql(f"SELECT id FROM lead WHERE {selection.clause}", **selection.parameters)

    def asked(company: str) -> list[int]:
        condition = parse_condition(f'company is "{company}"')
        return desk.outfit.writer.run(lambda connection: members(connection, condition, 0))

    assert (found("BÄCKEREI"), asked("BÄCKEREI")) == ([], [lead])
    desk.run()
    assert found("BÄCKEREI") == [{"id": lead}]
    desk.sql("UPDATE lead SET fields = :fields", fields='{"company": "Mill"}')
    assert (asked("BÄCKEREI"), asked("mill")) == ([], [lead])
    desk.run()
    assert found("mill") == [{"id": lead}]


def test_a_step_may_ask_for_a_segment_and_keeps_what_it_means(desk: Desk) -> None:
    write(desk, "segments.yml", SEGMENTS)
    write_project(desk.outfit.project.root, SEQUENCE.replace("company is set", "in segment buyers"))
    desk.worker.run_once()
    desk.worker.run_once()
    buyer, other = desk.add_lead(), desk.add_lead("ben@example.com")
    desk.outfit.writer.run(lambda connection: tag(connection, buyer, "Buyer", now=desk.clock.now()))
    sequence, now = desk.worker.sequences["after"], desk.clock.now()
    for lead in (buyer, other):
        place: dict[str, Any] = {"sequence": sequence, "lead_id": lead, "submission_id": lead, "now": now}
        desk.outfit.writer.run(partial(enrol, **place))
    for days in (1, 2):
        desk.run(days=days)
    ends = desk.sql("SELECT lead_id, state, reason FROM mail WHERE step = 'second' ORDER BY lead_id")
    assert [tuple(row.values()) for row in ends] == [
        (buyer, "sent", ""),
        (other, "skipped", "not in segment buyers"),
    ]


def test_an_edited_segment_is_an_edited_sequence(desk: Desk) -> None:
    write(desk, "segments.yml", SEGMENTS)
    project = write_project(desk.outfit.project.root, SEQUENCE.replace("company is set", "in segment buyers"))
    before = sequences_in_force(project, load_magnets(project), lambda _: None)[0]["after"]
    write(desk, "segments.yml", SEGMENTS.replace("tagged 'buyer'", "stage is 'buyer'"))
    after = sequences_in_force(project, load_magnets(project), lambda _: None)[0]["after"]
    assert before.version != after.version
    assert str(after.segments["buyers"]) == 'stage is "buyer"'


def test_a_broken_segment_leaves_the_last_good_version_of_who_needs_it(desk: Desk) -> None:
    write(desk, "segments.yml", SEGMENTS)
    project = write_project(desk.outfit.project.root, SEQUENCE.replace("company is set", "in segment buyers"))
    magnets = load_magnets(project)
    good = sequences_in_force(project, magnets, lambda _: None)[0]["after"]
    write(desk, "segments.yml", SEGMENTS.replace("tagged", "taged"))
    sequences, findings = sequences_in_force(project, magnets, lambda _: good)
    assert sequences == {"after": good}
    assert str(findings[0]).startswith("sequences/segments.yml:4:5: 'segments.buyers.condition': is not a condition")
