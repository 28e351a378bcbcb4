"""When mails may go: windows, the gap between mails, so many a day; nothing is lost, and the simulation agrees."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepost_webhook.followup.actions import Tag
from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.followup.personas import Persona
from gatepost_webhook.followup.plan import Event, Lead, Send, Skip, Wait, plan
from gatepost_webhook.followup.rules import Rules
from gatepost_webhook.followup.simulate import simulate
from gatepost_webhook.followup.steps import Sequence
from gatepost_webhook.followup.timing import held_until
from gatepost_webhook.followup.windows import Window, lateness
from tests.webhook.followup.desk import START
from tests.webhook.followup.test_acting import desk_with, rows_of
from tests.webhook.followup.test_ways import step

if TYPE_CHECKING:
    from gatepost_webhook.followup.outfit import Outfit

HOUR, DAY = 3600, 86_400
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Window(frozenset(range(5)), 9 * 60, 17 * 60)
ENROLLED = Event(0, "enrolled", "after")


def utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("due", "opens"),
    [
        (utc(2026, 11, 23, 12), utc(2026, 11, 23, 12)),
        (utc(2026, 11, 23, 7), utc(2026, 11, 23, 8)),
        # Four o'clock in the afternoon is five in Berlin: closed.
        (utc(2026, 11, 23, 16), utc(2026, 11, 24, 8)),
        # A Saturday, and the Monday after clocks were put forward.
        (utc(2026, 3, 28, 12), utc(2026, 3, 30, 7)),
    ],
)
def test_a_mail_that_is_due_outside_its_window_goes_when_it_opens(due: int, opens: int) -> None:
    assert OFFICE.next_open(due, BERLIN) == opens


def test_on_a_holiday_nothing_goes() -> None:
    window = dataclasses.replace(OFFICE, holidays=frozenset({date(2026, 12, 24), date(2026, 12, 25)}))
    assert window.next_open(utc(2026, 12, 24, 10), BERLIN) == utc(2026, 12, 28, 8)


def test_while_its_window_is_closed_a_mail_does_not_become_later() -> None:
    friday, monday = utc(2026, 11, 27, 15, 59), utc(2026, 11, 30, 8, 0)
    assert lateness(OFFICE, friday, monday, BERLIN) == 60
    assert lateness(None, friday, monday, BERLIN) == monday - friday
    assert OFFICE.open_seconds(friday, friday + 28 * DAY, BERLIN) == 20 * 8 * HOUR


HOURS = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] < pair[1])
WINDOWS = st.builds(
    lambda days, hours, holidays: Window(frozenset(days), hours[0] * 60, hours[1] * 60, frozenset(holidays)),
    st.sets(st.integers(0, 6), min_size=1),
    HOURS,
    st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=10),
)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "UTC"])


@settings(max_examples=150, deadline=None)
@given(WINDOWS, ZONES, st.lists(st.integers(utc(2026, 1, 1), utc(2026, 12, 31)), min_size=70, max_size=70))
def test_of_ten_thousand_mails_none_goes_outside_its_window_and_none_is_lost(
    window: Window, name: str, dues: list[int]
) -> None:
    zone = ZoneInfo(name)
    for due in dues:
        at = window.next_open(due, zone)
        shown = datetime.fromtimestamp(at, zone)
        minutes = (shown - shown.replace(hour=0, minute=0)).seconds // 60
        assert due <= at
        assert shown.weekday() in window.days
        assert shown.date() not in window.holidays
        # An hour that a day does not have is the first one after it.
        assert window.opens <= minutes < window.closes or _has_a_gap(shown)


def _has_a_gap(shown: datetime) -> bool:
    midnight = shown.replace(hour=0, minute=0, second=0)
    return midnight.utcoffset() != (midnight + timedelta(days=1)).utcoffset()


SENDS = st.lists(st.integers(0, 30 * DAY), max_size=8).map(sorted)


@given(st.integers(0, 30 * DAY), SENDS, st.integers(0, 3), st.sampled_from([0, HOUR, 20 * HOUR, 3 * DAY]))
def test_a_mail_keeps_its_distance_and_its_day(due: int, sends: list[int], at_most: int, gap: int) -> None:
    found = held_until(Rules(gap=gap, at_most=at_most), due, 99 * DAY, sends, UTC)
    assert found >= due
    assert not gap or all(found - at >= gap for at in sends)
    if at_most and found // DAY > max(sends, default=0) // DAY - 1:
        assert sum(at // DAY == found // DAY for at in sends) < at_most


def two(gap: int = 20 * HOUR, **rules: object) -> Sequence:
    return Sequence("after", "After", (step("a", wait=DAY), step("b")), {}, "", rules=Rules(gap=gap, **rules))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "now", "decision"),
    [
        # Another sequence's mail went an hour before.
        ([Event(23 * HOUR, "sent", "other", "x")], DAY, Wait(two().steps[0], 43 * HOUR)),
        ([Event(23 * HOUR, "sent", "other", "x")], 43 * HOUR, Send(two().steps[0], 43 * HOUR)),
        # One whose fate is not known counts, one that failed does not, and neither does a note to the owner.
        ([Event(23 * HOUR, "held", "other", "x")], DAY, Wait(two().steps[0], 43 * HOUR)),
        ([Event(23 * HOUR, "failed", "other", "x")], DAY, Send(two().steps[0], DAY)),
        ([Event(23 * HOUR, "sent")], DAY, Send(two().steps[0], DAY)),
        # Its own mails too.
        ([Event(DAY, "sent", "after", "a")], DAY, Wait(two().steps[1], 44 * HOUR)),
        # Nothing ran for two days: the second overdue mail comes a day after the first.
        ([Event(3 * DAY, "sent", "other", "x")], 3 * DAY, Wait(two().steps[0], 4 * DAY)),
        # Nothing ran for ten days: late is late, whatever else went meanwhile.
        ([Event(11 * DAY, "sent", "other", "x")], 11 * DAY, Skip(two().steps[0], "late")),
    ],
)
def test_mails_of_all_sequences_keep_their_distance(events: list[Event], now: int, decision: object) -> None:
    assert plan(two(), Lead({}), [ENROLLED, *events], now) == decision


def test_steps_that_are_no_mails_do_not_wait_for_windows() -> None:
    sunday = Sequence("after", "A", (step("t", Tag("x")), step("a")), {}, "", rules=Rules(window=OFFICE))
    begins = utc(2026, 11, 22, 9)
    events = [Event(begins, "enrolled", "after")]
    assert not isinstance(plan(sunday, Lead({}), events, begins), Wait)
    after = [*events, Event(begins, "acted", "after", "t")]
    assert plan(sunday, Lead({}, zone=BERLIN), after, begins) == Wait(sunday.steps[1], utc(2026, 11, 23, 8))


A = """\
title: A
priority: {priority}
steps:
  - {{key: one, wait: 1 day, message: first.md}}
  - {{key: two, wait: 1 hour, message: second.md}}
"""
B = "title: B\nsteps:\n  - {key: one, wait: 1 day, message: mail.md}\n  - {key: two, wait: 1 hour, message: mail.md}\n"


@pytest.mark.parametrize(("priority", "first"), [(0, "A"), (5, "A"), (-5, "B")])
def test_of_two_mails_that_are_due_the_one_that_matters_more_goes_first(
    outfit: Outfit, priority: int, first: str
) -> None:
    desk = desk_with(outfit, A.format(priority=priority), other=B)
    lead = desk.add_lead()
    desk.enrol(lead)
    now = desk.clock.now()
    other = desk.outfit.sequences["other"]
    outfit.writer.run(lambda c: enrol(c, sequence=other, lead_id=lead, submission_id=lead, now=now))
    for _ in range(24 * 6):
        desk.run(days=1 / 24)
    rows = desk.sql("SELECT at, sequence FROM event WHERE kind = 'sent' ORDER BY id")
    times = [int(str(row["at"])) for row in rows]
    assert len(times) == 4
    assert all(later - earlier >= 20 * HOUR for earlier, later in pairwise(times))
    assert rows[0]["sequence"] == {"A": "after", "B": "other"}[first]
    # With the other's mails as events, the simulation of one says the same.
    sent = [Event(at, "sent", "other", "x") for at, row in zip(times, rows, strict=True) if row["sequence"] == "other"]
    if first == "B":
        told = simulate(desk.outfit.sequences["after"], Persona(), START, 7, others=sent)
        assert [row.at for row in told if row.action == "sent"] == [row.at for row in rows_of(desk) if row.step][:2]


@pytest.mark.parametrize(("max_late", "ends"), [("1 hour", "skipped"), ("9 hours", "due")])
def test_a_worker_that_missed_a_window_waits_for_the_next_unless_the_mail_is_late(
    outfit: Outfit, max_late: str, ends: str
) -> None:
    window = "window: {days: [monday, tuesday, wednesday, thursday, friday], hours: 09:00-17:00}"
    text = f"title: A\n{window}\nsteps:\n  - {{key: a, max_late: {max_late}, message: first.md}}\n"
    desk = desk_with(outfit, text)
    desk.enrol(desk.add_lead())
    desk.run()
    # It is Sunday; and on Monday nothing runs before eight in the evening.
    desk.clock.advance(35 * HOUR)
    assert desk.run() == []
    assert desk.states() == [ends]
    assert len(desk.run(days=13 / 24)) == (ends == "due")


WAITS = ["0 minutes", "5 hours", "2 days", "until Tuesday 09:00", "until 08:00"]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    waits=st.lists(
        st.sampled_from(["0 minutes", "5 hours", "2 days", "until Tuesday 09:00", "until 08:00"]),
        min_size=1,
        max_size=4,
    ),
    gap=st.sampled_from(["0 minutes", "20 hours", "2 days"]),
    hours=st.sampled_from(["00:00-24:00", "09:00-17:00", "20:00-21:00"]),
    tags=st.sets(st.integers(0, 3)),
    leaves=st.none() | st.integers(1, 100),
)
def test_whatever_the_sequence_the_worker_does_what_the_simulation_says(  # noqa: PLR0917 - what differs
    outfit: Outfit, waits: list[str], gap: str, hours: str, tags: set[int], leaves: int | None
) -> None:
    steps = [
        f"  - {{key: s{number}, wait: {wait}, {'tag: t' + str(number) if number in tags else 'message: first.md'}}}"
        for number, wait in enumerate(waits)
    ]
    text = f"title: A\ngap: {gap}\nwindow: {{hours: '{hours}'}}\nleave: [{{tag: goal}}]\nsteps:\n" + "\n".join(steps)
    desk = desk_with(outfit, text + "\n")
    lead = desk.add_lead(f"lead{outfit.clock.now()}@example.com")
    start = desk.clock.now()
    desk.enrol(lead)
    for hour in range(24 * 9):
        if leaves is not None and hour == leaves:
            desk.sql(
                "INSERT INTO event (at, lead_id, kind, detail) VALUES (:at, :lead, 'tagged', '{\"tag\": \"goal\"}')",
                at=desk.clock.now(),
                lead=lead,
            )
        desk.run()
        desk.clock.advance(HOUR)
    persona = Persona(events=((leaves * HOUR, "tagged goal"),) if leaves is not None else ())
    told = simulate(
        desk.outfit.sequences["after"], persona, start, 15, lead_id=lead, magnet=outfit.magnets["checklist"]
    )
    assert rows_of(desk, lead) == [row for row in told if row.at < start + 9 * DAY]
