"""The simulator tells what the worker then does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepost_webhook.followup.personas import Persona
from gatepost_webhook.followup.simulate import TimelineRow, simulate
from tests.webhook.followup.desk import DAY, START

if TYPE_CHECKING:
    from tests.webhook.followup.desk import Desk


def test_a_persona_who_answers_gets_every_step(desk: Desk) -> None:
    rows = simulate(desk.outfit.sequences["after"], Persona(fields={"company": "Bakery"}), START, 30)
    assert rows == [
        TimelineRow(START + DAY, "first", "sent", ""),
        TimelineRow(START + 3 * DAY, "second", "sent", ""),
        TimelineRow(START + 5 * DAY, "third", "sent", ""),
        TimelineRow(START + 5 * DAY, "", "finished", ""),
    ]


def test_a_persona_who_leaves_gets_nothing_from_then_on(desk: Desk) -> None:
    persona = Persona(events=((2 * DAY, "unsubscribed"),))
    assert simulate(desk.outfit.sequences["after"], persona, START, 30)[1:] == [
        TimelineRow(START + 2 * DAY, "", "stopped", "unsubscribed")
    ]


def test_a_persona_who_did_not_tick_the_box_gets_nothing(desk: Desk) -> None:
    rows = simulate(desk.outfit.sequences["after"], Persona(marketing=False), START, 30)
    assert rows == [TimelineRow(START, "", "stopped", "no consent")]


def test_the_days_end_the_timeline(desk: Desk) -> None:
    assert [row.step for row in simulate(desk.outfit.sequences["after"], Persona(), START, 2)] == ["first"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(company=st.sampled_from(["", "Bakery"]), jumps=st.lists(st.integers(1, DAY), max_size=3))
def test_the_worker_does_at_the_same_instants_what_the_simulator_said(
    desk: Desk, company: str, jumps: list[int]
) -> None:
    for jump in jumps:
        desk.clock.advance(jump)
    start = desk.clock.now()
    said = simulate(desk.outfit.sequences["after"], Persona(fields={"company": company}), start, 30)
    lead = desk.add_lead(f"lead{start}@example.com", json.dumps({"company": company}))
    desk.enrol(lead)
    for row in said:
        desk.clock.advance_to(row.at)
        desk.worker.run_once()
    rows = desk.sql(
        "SELECT at, step, kind, detail FROM event WHERE lead_id = :lead AND kind <> 'enrolled' ORDER BY id", lead=lead
    )
    done = [
        TimelineRow(row["at"], row["step"], row["kind"], json.loads(str(row["detail"])).get("reason", ""))  # type: ignore[arg-type]
        for row in rows
    ]
    assert done == said
