"""Coming in by passing a number of points, coming again to a webinar, and circles that nobody brought about."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from gatepost_site.magnets import load_magnets
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.store import marks
from tests.webhook.followup.desk import DAY, Desk
from tests.webhook.followup.test_acting import desk_with
from tests.webhook.followup.test_coming import QUIET, WEBINAR, entering, inside, tag

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit

SCORES = """\
rules:
  - {points: 30, event: visited, page: /prices/, at_most: 9, half_life: 1 day}
  - {points: 20, condition: 'tagged "keen"'}
"""


def pointing(outfit: Outfit, *rules: str) -> Desk:
    """Return a desk with a sequence that is entered with more than 50 points, and a lead who has none."""
    (outfit.project.sequences / "scores.yml").write_text(SCORES, encoding="utf-8")
    desk = entering(outfit, "score: 50", *rules)
    desk.add_lead()
    event = "INSERT INTO event (at, lead_id, kind, magnet) VALUES (:at, 1, 'confirmed', 'checklist')"
    desk.sql(event, at=desk.clock.now())
    desk.run()
    return desk


def visit(desk: Desk, lead: int = 1) -> None:
    desk.clock.advance(3600)
    desk.outfit.writer.run(lambda connection: marks.visit(connection, lead, "/prices/", now=desk.clock.now()))
    # Who brought the points counts in one look, whatever another worker reads meanwhile.
    desk.run()


def test_passing_the_points_brings_in_at_the_next_look(outfit: Outfit) -> None:
    desk = pointing(outfit)
    visit(desk)
    assert inside(desk) == []
    visit(desk)
    assert inside(desk) == [(1, 1, "active", "score 50")]


def test_staying_above_brings_nobody_in_again_but_rising_again_does(outfit: Outfit) -> None:
    desk = pointing(outfit, "again: always")
    visit(desk)
    visit(desk)
    tag(desk, 1, "keen")
    desk.run(days=1 / 24)
    for _ in range(3):
        # The sequence ends while the points are still there.
        desk.run(days=1)
    assert [row[1:3] for row in inside(desk)] == [(1, "finished")]
    desk.run(days=20)
    visit(desk)
    assert len(inside(desk)) == 1
    visit(desk)
    assert [row[1:3] for row in inside(desk)] == [(1, "finished"), (2, "active")]


def test_who_was_above_before_and_who_is_lifted_by_changed_rules_has_passed_nothing(outfit: Outfit) -> None:
    desk = pointing(outfit)
    visit(desk)
    (outfit.project.sequences / "scores.yml").write_text(SCORES.replace("30", "90"), encoding="utf-8")
    desk.run()
    assert desk.sql("SELECT score FROM lead") == [{"score": 90}]
    for _ in range(3):
        desk.run(days=1 / 24)
    assert inside(desk) == []


def test_two_workers_let_in_once_for_a_rise(outfit: Outfit) -> None:
    desk = pointing(outfit)
    other = Worker(desk.outfit)
    for _ in range(2):
        desk.clock.advance(3600)
        desk.outfit.writer.run(lambda connection: marks.visit(connection, 1, "/prices/", now=desk.clock.now()))
        other.run_once()
        desk.run()
    other.close()
    assert len(inside(desk)) == 1


CIRCLES = {
    "a condition that stays true": ("title: A\nagain: always\nenter: [{when: company is set}]\n", "tag: x"),
    "its own end": ("title: A\nagain: always\nenter: [{finished: after}]\n", "tag: x"),
    "its own tag": ("title: A\nagain: always\nenter: [{tag: x}]\n", "tag: x}, {key: b, untag: x"),
    "its own start": ("title: A\nagain: always\n", "start: other"),
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_a_circle_that_nobody_checked_for_goes_round_once_a_day(outfit: Outfit, circle: str) -> None:
    head, step = CIRCLES[circle]
    text = f"{head}steps: [{{key: a, {step}}}]\n"
    desk = desk_with(outfit, text, other="title: B\nagain: always\nsteps: [{key: a, start: after}]\n")
    desk.enrol(desk.add_lead(fields='{"company": "Bakery"}'))
    for _ in range(6):
        # It comes to an end at all, which a circle without a breath does not.
        desk.run(days=1 / 24)
    assert len(inside(desk, "after")) == 1
    desk.run(days=1)
    desk.run()
    assert len(inside(desk, "after")) <= 2
    assert len(desk.sql("SELECT id FROM event")) < 30


def test_what_people_do_themselves_brings_them_in_again_at_once_if_the_file_says_so(outfit: Outfit) -> None:
    desk = desk_with(outfit, QUIET, other="title: B\nagain: always\nenter: [{tag: x}]\nsteps: [{key: a, note: x}]\n")
    desk.add_lead()
    for _ in range(3):
        tag(desk, 1, "x")
        desk.run()
        desk.outfit.writer.run(lambda connection: marks.untag(connection, 1, "x", now=desk.clock.now()))
    assert [row[1] for row in inside(desk)] == [1, 2, 3]


@pytest.mark.parametrize(("again", "seat", "rounds"), [
    ("never", "new", 1),
    ("always", "old", 1),
    ("always", "new", 2),
    ("after 10 days", "new", 2),
    ("after 60 days", "new", 1),
])  # fmt: skip
def test_a_webinar_that_takes_place_again_brings_in_again_who_took_a_new_seat(
    outfit: Outfit, again: str, seat: str, rounds: int
) -> None:
    folder = outfit.project.root / "magnets" / "demo"
    folder.mkdir()

    def announced(day: str, outfit: Outfit) -> Desk:
        (folder / "magnet.md").write_text(WEBINAR.replace("2026-12-01", day), encoding="utf-8")
        changed = dataclasses.replace(outfit, magnets=load_magnets(outfit.project))
        return entering(changed, "{webinar: demo, before: 1 day}", f"again: {again}")

    desk = announced("2026-12-01", outfit)
    desk.add_lead()
    desk.sql("UPDATE submission SET magnet = 'demo'")
    desk.run(days=8.5)
    desk.run(days=3)
    assert [row[1:3] for row in inside(desk)] == [(1, "finished")]
    later = announced("2027-01-10", desk.outfit)
    if seat == "new":
        later.sql(
            "INSERT INTO submission (lead_id, magnet, at, page, fields, marketing, fingerprint, confirmed_at)"
            " VALUES (1, 'demo', :at, '/', '{}', 0, 'x', :at)",
            at=later.clock.now(),
        )
    later.clock.advance(37 * DAY)
    later.run()
    later.run(days=1 / 24)
    assert len(inside(later)) == rounds
