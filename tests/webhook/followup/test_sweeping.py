"""Looking round among all leads: everybody once, and then those of whom time alone has made something true."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup import sweeping
from gatepost_webhook.followup.sweeping import Sweep
from gatepost_webhook.store import marks
from tests.webhook.followup.desk import DAY, Desk
from tests.webhook.followup.test_coming import entering, inside, tag

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.database import Connection

T = TypeVar("T")

HOUR = DAY // 24


class Watched:
    """Does a sweep's work, and notes how many transactions that took and whom they found."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.found: list[list[int]] = []
        self.count = 0

    def __call__(self, work: Callable[[Connection], T]) -> T:
        result = self.desk.outfit.writer.run(work)
        self.count += 1
        if isinstance(result, list):
            self.found.append(result)
        return result


def numbered(desk: Desk, count: int) -> None:
    for number in range(count):
        desk.add_lead(f"{number}@{desk.clock.now()}.example.com")


def test_everybody_of_whom_it_is_true_comes_in_some_at_a_time(outfit: Outfit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "STRIDE", 3)
    desk = entering(outfit, "when: not tagged 'out'")
    numbered(desk, 8)
    tag(desk, 2, "out")
    sweep = Sweep()
    while sweep.is_due(desk.outfit):
        sweep.go_on(Watched(desk), desk.outfit)
        assert len(inside(desk)) <= 7
    assert [row[0] for row in inside(desk)] == [1, 3, 4, 5, 6, 7, 8]


def test_after_one_round_only_those_are_looked_at_who_have_come_to_an_age(outfit: Outfit) -> None:
    desk = entering(outfit, "when: came more than 3 days ago and not tagged 'out'")
    numbered(desk, 2)
    desk.clock.advance(DAY)
    numbered(desk, 4)
    tag(desk, 4, "out")
    sweep = Sweep()
    everybody = Watched(desk)
    sweep.go_on(everybody, desk.outfit)
    assert everybody.found == [[], []]
    desk.clock.advance(2 * DAY + HOUR)
    first = Watched(desk)
    sweep.go_on(first, desk.outfit)
    assert first.found == [[1, 2]]
    desk.clock.advance(DAY)
    then = Watched(desk)
    sweep.go_on(then, desk.outfit)
    assert then.found == [[3, 5, 6]]
    assert [row[0] for row in inside(desk)] == [1, 2, 3, 5, 6]


def test_who_does_something_is_looked_at_again_when_that_is_long_ago(outfit: Outfit) -> None:
    (outfit.project.sequences / "segments.yml").write_text(
        "segments:\n  silent: {title: Silent, condition: last active more than 30 days ago}\n", encoding="utf-8"
    )
    desk = entering(outfit, "segment: silent")
    desk.add_lead()
    desk.run()
    desk.clock.advance(20 * DAY)
    desk.outfit.writer.run(lambda connection: marks.visit(connection, 1, "/prices/", now=desk.clock.now()))
    desk.run(days=20)
    assert inside(desk) == []
    desk.run(days=11)
    assert [row[0] for row in inside(desk)] == [1]


def test_an_event_is_noticed_at_once_whatever_it_takes_away(outfit: Outfit) -> None:
    desk = entering(outfit, "when: not tagged 'out'")
    desk.add_lead()
    tag(desk, 1, "out")
    desk.run()
    assert inside(desk) == []
    desk.outfit.writer.run(lambda connection: marks.untag(connection, 1, "out", now=desk.clock.now()))
    desk.run()
    assert [row[0] for row in inside(desk)] == [1]


def test_a_score_that_fades_lets_somebody_in_and_again_lets_them_in_again(outfit: Outfit) -> None:
    scores = "rules: [{points: 40, event: visited, half_life: 2 days}]\n"
    (outfit.project.sequences / "scores.yml").write_text(scores, encoding="utf-8")
    desk = entering(outfit, "when: score is less than 10 and tagged 'once keen'", "again: after 30 days")
    desk.add_lead()
    desk.sql("INSERT INTO event (at, lead_id, kind) VALUES (:at, 1, 'confirmed')", at=desk.clock.now())
    desk.outfit.writer.run(lambda connection: marks.visit(connection, 1, "/prices/", now=desk.clock.now()))
    desk.run()
    tag(desk, 1, "once keen")
    desk.run()
    assert inside(desk) == []
    for _ in range(7):
        desk.run(days=1)
    assert [row[1] for row in inside(desk)] == [1]
    for _ in range(40):
        desk.run(days=1)
    assert [row[1] for row in inside(desk)] == [1, 2]


def test_answers_that_are_not_kept_for_searching_yet_are_read(outfit: Outfit) -> None:
    desk = entering(outfit, 'when: company is "Bakery"')
    desk.add_lead(fields='{"company": "bakery"}')
    desk.add_lead("ben@example.com", fields='{"company": "Mill"}')
    Sweep().go_on(Watched(desk), desk.outfit)
    assert [row[0] for row in inside(desk)] == [1]


def test_an_edited_condition_concerns_everybody_anew(outfit: Outfit) -> None:
    desk = entering(outfit, "when: tagged 'one'")
    desk.add_lead()
    for name in ("one", "two"):
        tag(desk, 1, name)
    sweep = Sweep()
    nobody = Watched(desk)
    for _ in range(2):
        sweep.go_on(nobody, desk.outfit)
    later = Watched(desk)
    sweep.go_on(later, entering(desk.outfit, "when: tagged 'two'").outfit)
    assert nobody.found == [[1]]
    assert later.found == [[1]]


def test_a_clock_that_was_set_back_keeps_nobody_out(outfit: Outfit) -> None:
    desk = entering(outfit, "when: came more than 3 days ago")
    desk.add_lead()
    sweep = Sweep()
    sweep.go_on(Watched(desk), desk.outfit)
    back = dataclasses.replace(desk.outfit, clock=MovableClock(desk.clock.now() - 2 * DAY))
    assert sweep.is_due(back)
    sweep.go_on(Watched(desk), back)
    desk.clock.advance(3 * DAY + HOUR)
    sweep.go_on(Watched(desk), desk.outfit)
    assert [row[0] for row in inside(desk)] == [1]


def test_where_nothing_is_true_a_look_costs_two_transactions_however_many_leads_there_are(outfit: Outfit) -> None:
    desk = entering(outfit, "when: came more than 3 days ago")
    numbered(desk, 5)
    sweep = Sweep()
    sweep.go_on(Watched(desk), desk.outfit)
    desk.clock.advance(sweeping.PAUSE)
    later = Watched(desk)
    sweep.go_on(later, desk.outfit)
    assert (later.count, later.found) == (2, [[]])
    assert not sweep.is_due(desk.outfit)
