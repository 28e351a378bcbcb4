"""Who comes into a sequence and who leaves it, how often, and what an edit means for those inside."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from gatepost_site.magnets import load_magnets
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.store import marks
from tests.webhook.followup.desk import DAY, START, Desk
from tests.webhook.followup.test_acting import desk_with, rows_of

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit

STEPS = "steps: [{key: hello, message: mail.md}, {key: later, wait: 2 days, message: mail.md}]\n"
QUIET = "title: A\nsteps: [{key: a, wait: 90 days, tag: x}]\n"


def entering(outfit: Outfit, enter: str, *rules: str) -> Desk:
    """Return a desk with a sequence `other` into which this brings leads."""
    return desk_with(
        outfit, QUIET, other=f"title: B\nenter:\n  - {enter}\n" + "".join(f"{one}\n" for one in rules) + STEPS
    )


def inside(desk: Desk, sequence: str = "other") -> list[tuple[object, ...]]:
    rows = desk.sql(
        "SELECT lead_id, round, state, cause FROM enrolment WHERE sequence = :sequence ORDER BY id", sequence=sequence
    )
    return [tuple(row.values()) for row in rows]


def happens(desk: Desk, kind: str, *, detail: str = "{}", magnet: str = "", sequence: str = "") -> None:
    desk.sql(
        "INSERT INTO event (at, lead_id, kind, magnet, sequence, detail)"
        " VALUES (:at, 1, :kind, :magnet, :sequence, :detail)",
        at=desk.clock.now(),
        kind=kind,
        magnet=magnet,
        sequence=sequence,
        detail=detail,
    )


def tag(desk: Desk, lead: int, name: str) -> None:
    desk.outfit.writer.run(lambda connection: marks.tag(connection, lead, name, now=desk.clock.now()))


@pytest.mark.parametrize(
    ("enter", "event"),
    [
        ("tag: Reader", {"kind": "tagged", "detail": '{"tag": "reader"}'}),
        ("visited: /prices/", {"kind": "visited", "detail": '{"page": "/prices/"}'}),
        ("magnet: checklist", {"kind": "confirmed", "magnet": "checklist"}),
        ("finished: after", {"kind": "finished", "sequence": "after"}),
        ('when: company is "Bakery"', {"kind": "confirmed", "magnet": "checklist"}),
    ],
)
def test_what_happens_brings_a_lead_in_once(outfit: Outfit, enter: str, event: dict[str, str]) -> None:
    desk = entering(outfit, enter)
    desk.add_lead(fields='{"company": "Bakery"}')
    for _ in range(2):
        happens(desk, **event)
        desk.run()
    [(lead, number, state, cause)] = inside(desk)
    assert (lead, number, state) == (1, 1, "active")
    assert cause == enter.replace("when: ", "").replace(":", "")
    assert [row.step for row in rows_of(desk, sequence="other")] == ["hello"]


def test_nothing_brings_in_who_has_not_agreed_or_gets_no_mail(outfit: Outfit) -> None:
    desk = entering(outfit, "tag: reader")
    for email in ("anna@example.com", "ben@example.com", "cleo@example.com"):
        desk.add_lead(email)
    desk.sql("UPDATE lead SET marketing_at = NULL WHERE id = 1")
    desk.suppress("ben@example.com", "all")
    desk.sql("UPDATE submission SET confirmed_at = NULL WHERE lead_id = 3")
    for lead in (1, 2, 3):
        tag(desk, lead, "reader")
    desk.run()
    assert inside(desk) == []


def test_what_happened_before_there_was_an_entry_brings_nobody_in(outfit: Outfit) -> None:
    desk = desk_with(outfit, QUIET, other="title: B\n" + STEPS)
    desk.add_lead()
    tag(desk, 1, "reader")
    desk.run()
    later = entering(desk.outfit, "tag: reader")
    later.run()
    assert inside(later) == []


def test_somebody_comes_in_when_time_makes_a_condition_true(outfit: Outfit) -> None:
    desk = entering(outfit, "when: came more than 3 days ago")
    desk.add_lead()
    desk.run(days=2)
    assert inside(desk) == []
    desk.run(days=2)
    assert inside(desk) == [(1, 1, "active", "came more than 3 days ago")]
    assert len(desk.channel.messages) == 1


WEBINAR = """\
---
title: The Demo
description: Everything that the machine can do, shown in an hour, with time for questions.
webinar: {start: 2026-12-01 16:00, zone: UTC, duration: 1 hour, online: "https://video.example.com/demo"}
consent: Yes, send me more.
---
Come.
"""


@pytest.mark.parametrize(("when", "comes"), [("before: 2 days", 29), ("after: 1 day", 32)])
def test_a_webinar_brings_its_guests_in_at_its_time(outfit: Outfit, when: str, comes: int) -> None:
    folder = outfit.project.root / "magnets" / "demo"
    folder.mkdir()
    (folder / "magnet.md").write_text(WEBINAR, encoding="utf-8")
    changed = dataclasses.replace(outfit, magnets=load_magnets(outfit.project))
    desk = entering(changed, f"{{webinar: demo, {when}}}")
    desk.add_lead()
    desk.add_lead("ben@example.com")
    desk.sql("UPDATE submission SET magnet = 'demo' WHERE lead_id = 1")
    while not inside(desk):
        desk.run(days=1 / 24)
    # The 22nd of November is day 22.
    assert (desk.clock.now() - START) // DAY + 22 == comes
    assert [row[0] for row in inside(desk)] == [1]


@pytest.mark.parametrize(
    ("again", "days", "rounds"),
    [("never", 400, 1), ("always", 3, 2), ("after 90 days", 89, 1), ("after 90 days", 95, 2)],
)
def test_who_was_inside_comes_again_as_the_file_says(outfit: Outfit, again: str, days: int, rounds: int) -> None:
    desk = entering(outfit, "tag: reader", f"again: {again}")
    desk.add_lead()
    tag(desk, 1, "reader")
    desk.run()
    desk.run(days=2)
    assert [row[2] for row in inside(desk)] == ["finished"]
    desk.outfit.writer.run(lambda connection: marks.untag(connection, 1, "reader", now=desk.clock.now()))
    desk.clock.advance(days * DAY)
    tag(desk, 1, "reader")
    desk.run()
    desk.run(days=2)
    assert [(row[1], row[2]) for row in inside(desk)] == [(number, "finished") for number in range(1, rounds + 1)]
    assert len(desk.channel.messages) == 2 * rounds


LEAVING = [
    ("tag: customer", "tagged", '{"tag": "customer"}', ""),
    ("stage: Won", "staged", '{"stage": "won"}', ""),
    ("visited: /thanks/", "visited", '{"page": "/thanks/"}', ""),
    ("downloaded: checklist", "downloaded", "{}", "checklist"),
]


@pytest.mark.parametrize(("leave", "kind", "detail", "magnet"), LEAVING)
def test_a_goal_one_second_before_a_mail_is_due_stops_it(
    outfit: Outfit, leave: str, kind: str, detail: str, magnet: str
) -> None:
    desk = desk_with(outfit, f"title: A\nleave: [{{{leave}}}]\nsteps: [{{key: a, wait: 1 day, message: first.md}}]\n")
    desk.add_lead()
    # What was so before is no reason to leave.
    happens(desk, kind, detail=detail, magnet=magnet)
    desk.enrol(1)
    desk.clock.advance(DAY - 1)
    happens(desk, kind, detail=detail, magnet=magnet)
    desk.clock.advance(1)
    assert desk.run() == []
    assert [(row.action, row.reason) for row in rows_of(desk)] == [
        ("stopped", f"goal reached: {leave.replace(':', '')}")
    ]
    assert desk.states() == ["cancelled"]


def test_a_goal_ends_the_sequence_at_once_and_not_only_when_the_next_step_is_due(outfit: Outfit) -> None:
    desk = desk_with(outfit, "title: A\nleave: [{when: 'tagged \"vip\"'}]\nsteps: [{key: a, wait: 9 days, note: x}]\n")
    desk.enrol(desk.add_lead())
    tag(desk, 1, "vip")
    desk.run()
    assert [row.reason for row in rows_of(desk)] == ['goal reached: tagged "vip"']


def test_a_sequence_ends_on_a_day_for_everybody(outfit: Outfit) -> None:
    desk = desk_with(
        outfit, "title: A\nleave: [{date: 2026-11-24}]\nsteps: [{key: a, wait: 2 days, message: first.md}]\n"
    )
    desk.enrol(desk.add_lead())
    assert desk.run(days=2) == []
    assert [row.reason for row in rows_of(desk)] == ["goal reached: date 2026-11-24"]


def edited(desk: Desk, sequence: str) -> Desk:
    """Return a desk whose project has another text in `after`, over the same database."""
    changed = desk_with(desk.outfit, sequence).outfit
    return Desk(
        dataclasses.replace(changed, sequences=load_sequences(changed.project, changed.magnets)),
        desk.channel,
        desk.clock,
    )


OLD = "title: A\nsteps:\n  - {key: one, message: first.md}\n  - {key: two, wait: 2 days, message: second.md}\n"
NEW = OLD.replace("steps:", "on_change: %s\nsteps:").replace("two, wait: 2 days", "new, wait: 3 days")


@pytest.mark.parametrize(
    ("on_change", "steps"),
    [
        ("move-at-next-step", ["one", "new", ""]),
        ("finish-old", ["one", "two", ""]),
        ("restart", ["one", "", "one", "new", ""]),
    ],
)
def test_an_edit_means_for_people_inside_what_the_file_says(outfit: Outfit, on_change: str, steps: list[str]) -> None:
    desk = desk_with(outfit, OLD)
    desk.enrol(desk.add_lead())
    desk.run()
    after = edited(desk, NEW % on_change)
    for _ in range(6):
        after.run(days=1)
    assert [row.step for row in rows_of(after)] == steps


def test_a_renamed_step_is_not_sent_again(outfit: Outfit) -> None:
    desk = desk_with(outfit, OLD)
    desk.enrol(desk.add_lead())
    desk.run()
    text = OLD.replace("key: one", "key: uno, renamed_from: one").replace("key: two", "key: dos, renamed_from: two")
    after = edited(desk, text)
    after.run(days=2)
    assert [row.step for row in rows_of(after)] == ["one", "dos", ""]


def test_who_has_finished_goes_on_when_a_step_is_added_and_the_file_reopens(outfit: Outfit) -> None:
    desk = desk_with(outfit, "title: A\nsteps: [{key: one, message: first.md}]\n")
    desk.enrol(desk.add_lead())
    desk.run()
    desk.clock.advance(30 * DAY)
    closed = edited(desk, OLD)
    closed.run()
    assert inside(closed, "after")[0][2] == "finished"
    opened = edited(closed, "reopen: true\n" + OLD)
    opened.run()
    assert opened.run() == []
    opened.run(days=2)
    assert [row.step for row in rows_of(opened)] == ["one", "", "two", ""]
    # Looking again changes nothing.
    Worker(opened.outfit).run_once()
    assert inside(opened, "after")[0][2] == "finished"
