"""What plan says of each lead is what the engine then does: for any sequence, any edit, any place inside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.foresight.changes import compare
from gatepost_webhook.foresight.effects import Reckoner
from gatepost_webhook.foresight.insiders import insiders_of
from tests.webhook.followup.desk import DAY, write_project

if TYPE_CHECKING:
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.foresight.effects import Outlook
    from gatepost_webhook.store.database import Connection
    from tests.webhook.followup.desk import Desk

HOUR = 3600
ANSWERS = ("{}", '{"company": "Bakery"}', '{"company": "Inn", "first_name": "Cleo"}')
LINES = st.tuples(
    st.sampled_from(["0 minutes", "5 hours", "1 day", "3 days"]),
    st.sampled_from(["", "company is set", "company is 'Inn'", "tagged 'reader'"]),
    st.sampled_from(["message", "message", "message", "tag: reader", "note: So far.", "branch", "split"]),
)
STEPS = st.lists(st.tuples(st.sampled_from("abcdef"), LINES), min_size=1, max_size=6, unique_by=lambda step: step[0])


def written(steps: list[tuple[str, tuple[str, str, str]]]) -> str:
    """Return a sequence.yml; ways have a step each, with a key of its own."""
    lines = ["title: After", "fallbacks: {first_name: there}", "steps:"]
    for key, (wait, only_if, does) in steps:
        lines += [f"  - key: {key}", f"    wait: {wait}", *([f"    only_if: {only_if}"] if only_if else [])]
        if does in ("branch", "split"):
            one, other = ("when: company is set", "{}") if does == "branch" else ("percent: 40", "percent: 60")
            lines += [f"    {does}:", "      one:", f"        {one}", "        steps:"]
            lines += [f"          - {{key: {key}-inside, wait: 2 hours, message: first.md}}"]
            lines += ["      otherwise: {}" if does == "branch" else f"      two: {{{other}}}"]
        else:
            lines += ["    message: second.md" if does == "message" else f"    {does}"]
    return "\n".join(lines) + "\n"


def publish(desk: Desk, steps: list[tuple[str, tuple[str, str, str]]]) -> Sequence:
    """Let the engine go on with an edited file."""
    project = write_project(desk.outfit.project.root, written(steps))
    sequences = load_sequences(project, desk.outfit.magnets)
    desk.outfit = replace(desk.outfit, sequences=sequences)
    desk.worker = Worker(desk.outfit)
    return sequences["after"]


def foretold(desk: Desk, old: Sequence, new: Sequence) -> dict[int, Outlook]:
    now = desk.clock.now()
    reckoner = Reckoner({old.version: compare(old, new), new.version: compare(new, new)}, new, now)

    def read(connection: Connection) -> dict[int, Outlook]:
        insiders = insiders_of(connection, "after", desk.outfit.surroundings, now, with_facts=True)
        return {insider.lead_id: reckoner.outlook(new, insider) for insider in insiders}

    return desk.outfit.writer.run(read)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(before=STEPS, after=STEPS, pauses=st.lists(st.integers(1, 2 * DAY), min_size=1, max_size=5))
def test_the_next_step_to_the_second_and_all_steps_in_their_order(
    desk: Desk, before: list[tuple[str, tuple[str, str, str]]], after: list[tuple[str, tuple[str, str, str]]],
    pauses: list[int],
) -> None:  # fmt: skip
    old = publish(desk, before)
    for index, pause in enumerate(pauses):
        desk.enrol(desk.add_lead(f"lead{desk.clock.now()}@example.com", ANSWERS[index % 3]))
        desk.clock.advance(pause)
        desk.worker.run_once()

    new = publish(desk, after)
    said, now = foretold(desk, old, new), desk.clock.now()
    latest = desk.sql("SELECT max(id) AS id FROM event")[0]["id"]
    desk.worker.run_once()

    waiting = {
        row["lead_id"]: (row["step"], row["due_at"])
        for row in desk.sql("SELECT lead_id, step, due_at FROM mail WHERE state = 'due'")
    }
    for lead, outlook in said.items():
        if outlook.following.kind == "waits":
            assert waiting[lead] == (outlook.following.step, outlook.following.at)
        else:
            [first] = desk.sql(
                "SELECT kind, step, at FROM event WHERE lead_id = :lead AND id > :latest"
                " AND kind IN ('sent', 'acted', 'skipped', 'finished', 'stopped') ORDER BY id LIMIT 1",
                lead=lead, latest=latest,
            )  # fmt: skip
            expected = (outlook.following.kind, outlook.following.step, now)
            assert tuple(first.values()) == expected

    while due := desk.sql("SELECT min(due_at) AS at FROM mail WHERE state = 'due'")[0]["at"]:
        desk.clock.advance_to(int(str(due)))
        desk.worker.run_once()
    for lead, outlook in said.items():
        done = desk.sql(
            "SELECT step FROM event WHERE lead_id = :lead AND id > :latest AND kind IN ('sent', 'acted') ORDER BY id",
            lead=lead, latest=latest,
        )  # fmt: skip
        assert tuple(row["step"] for row in done) == outlook.steps
