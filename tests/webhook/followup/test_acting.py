"""Steps that are no mails: done by the worker, in the transaction that records them, exactly once."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.followup.personas import Persona
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.simulate import TimelineRow, simulate
from gatepost_webhook.store.marks import notes_of, tags_of
from tests.webhook.followup.desk import DAY, START, Desk, write_project

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit

STEPS = """\
title: After
steps:
  - {key: first, wait: 1 day, message: first.md}
  - {key: mark, tag: Reader}
  - {key: unmark, untag: stranger}
  - {key: talking, stage: talking}
  - {key: remark, note: Read the first mail.}
  - key: fork
    wait: 1 day
    branch:
      readers:
        when: tagged "reader"
        steps: [{key: second, message: second.md}]
      otherwise:
        steps: [{key: third, message: third.md}]
  - {key: only-bakers, tag: baker, only_if: company is "Bakery"}
  - {key: last, tag: done}
"""


def desk_with(outfit: Outfit, sequence: str, **others: str) -> Desk:
    """Return a desk whose project has this sequence, and others by name."""
    write_project(outfit.project.root, sequence, first="Hello.")
    for slug, text in others.items():
        folder = outfit.project.sequences / slug
        folder.mkdir(exist_ok=True)
        (folder / "sequence.yml").write_text(text, encoding="utf-8")
        (folder / "mail.md").write_text("---\nsubject: About it\n---\nHello.\n", encoding="utf-8")
    changed = dataclasses.replace(outfit, sequences=load_sequences(outfit.project, outfit.magnets))
    return Desk(changed, changed.channel, changed.clock)  # type: ignore[arg-type]


def rows_of(desk: Desk, lead: int = 1, sequence: str = "after") -> list[TimelineRow]:
    found = desk.sql(
        "SELECT at, step, kind, detail FROM event WHERE lead_id = :lead AND sequence = :sequence"
        " AND kind IN ('sent', 'acted', 'skipped', 'finished', 'stopped') ORDER BY id",
        lead=lead,
        sequence=sequence,
    )
    details = [json.loads(str(row["detail"])) for row in found]
    return [
        TimelineRow(row["at"], row["step"], row["kind"], detail.get("reason", ""), detail.get("way", ""))  # type: ignore[arg-type]
        for row, detail in zip(found, details, strict=True)
    ]


def test_every_plain_kind_is_done_once_and_the_simulation_says_the_same(outfit: Outfit) -> None:
    desk = desk_with(outfit, STEPS)
    lead = desk.add_lead()
    desk.enrol(lead)
    for _ in range(3 * 24):
        desk.run(days=1 / 24)
    assert [row.step or row.action for row in rows_of(desk)] == [
        *("first", "mark", "unmark", "talking", "remark", "fork", "second", "only-bakers", "last", "finished")
    ]
    assert rows_of(desk) == simulate(
        desk.outfit.sequences["after"], Persona(), START, 3, magnet=outfit.magnets["checklist"]
    )
    assert outfit.writer.run(lambda connection: tags_of(connection, lead)) == ["done", "reader"]
    assert [note.text for note in outfit.writer.run(lambda c: notes_of(c, lead))] == ["Read the first mail."]
    assert desk.sql("SELECT stage FROM lead") == [{"stage": "talking"}]
    # What follows at once needs no row of its own; what waits has one.
    assert [(mail[0], mail[1], mail[2]) for mail in desk.mails()] == [
        ("drip", "first", "sent"),
        ("step", "fork", "acted"),
        ("drip", "second", "sent"),
    ]


def test_a_step_starts_another_sequence_and_stops_it(outfit: Outfit) -> None:
    desk = desk_with(
        outfit,
        "title: A\nsteps: [{key: go, start: other}, {key: halt, wait: 2 days, stop: other}]\n",
        other="title: B\nsteps: [{key: hello, message: mail.md}, {key: later, wait: 9 days, message: mail.md}]\n",
    )
    desk.enrol(desk.add_lead())
    assert len(desk.run()) == 1
    desk.run(days=2)
    assert [(row.step, row.action, row.reason) for row in rows_of(desk, sequence="other")] == [
        ("hello", "sent", ""),
        ("", "stopped", "stopped by after"),
    ]
    assert [row.step for row in rows_of(desk)] == ["go", "halt", ""]
    assert desk.sql("SELECT cause, round FROM enrolment WHERE sequence = 'other'") == [{"cause": "start", "round": 1}]


def test_a_sequence_that_is_started_needs_consent_of_its_own(outfit: Outfit) -> None:
    desk = desk_with(
        outfit, "title: A\nsteps: [{key: go, start: other}]\n", other="title: B\nsteps: [{key: a, tag: b}]\n"
    )
    desk.enrol(desk.add_lead())
    desk.sql("UPDATE lead SET marketing_at = NULL")
    # The course was asked for and is mailed without; what follows it is not.
    desk.sql(
        "INSERT INTO receipt (lead_id, submission_id, purpose, act, at, method, page)"
        " VALUES (1, 1, 'course', 'confirmed', 0, 'button', '')"
    )
    desk.run()
    assert rows_of(desk)[0] == TimelineRow(START, "go", "acted", "no consent")
    assert rows_of(desk, sequence="other") == []


@pytest.mark.parametrize(
    ("wait", "due"),
    [
        ("until Tuesday 09:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("until Sunday 12:00", datetime(2026, 11, 22, 11, tzinfo=UTC)),
        # The lead confirmed at ten o'clock in Berlin: nine is over.
        ("until 09:00", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("until Sunday 10:00", datetime(2026, 11, 29, 9, tzinfo=UTC)),
        ("until 2026-12-24 09:00", datetime(2026, 12, 24, 8, tzinfo=UTC)),
    ],
)
def test_a_step_waits_until_a_moment_in_the_leads_zone(outfit: Outfit, wait: str, due: datetime) -> None:
    desk = desk_with(outfit, f"title: A\nsteps: [{{key: a, wait: {wait}, message: first.md}}]\n")
    lead = desk.add_lead()
    desk.sql("UPDATE lead SET zone = 'Europe/Berlin'")
    desk.enrol(lead)
    desk.run()
    assert desk.sql("SELECT due_at FROM mail") == [{"due_at": int(due.timestamp())}]


def test_two_workers_act_once(outfit: Outfit) -> None:
    desk = desk_with(outfit, "title: A\nsteps: [{key: a, wait: 1 day, note: Seen.}]\n")
    desk.enrol(desk.add_lead())
    other = Desk(desk.outfit, desk.channel, desk.clock)
    desk.run(days=1)
    other.run()
    desk.run()
    assert [row.step for row in rows_of(desk)] == ["a", ""]
    assert desk.sql("SELECT count(*) AS notes FROM lead_note") == [{"notes": 1}]
    assert rows_of(desk)[0].at == START + DAY
