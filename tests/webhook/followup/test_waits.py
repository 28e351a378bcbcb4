"""Waits until a moment, and what clocks that are changed do to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from gatepost_webhook.followup.waits import UntilTime, instant_of, parse_wait, say_wait

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca", "UTC"]
#: Days on which clocks change somewhere, and the days around them.
CHANGES = [
    date(2026, month, day) for month, days in {3: (7, 8, 28, 29), 4: (4, 5), 10: (3, 4, 24, 25)}.items() for day in days
]


def utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        (date(2026, 3, 28), time(2, 30), utc(2026, 3, 28, 1, 30)),
        # Clocks go from two to three: the first moment after is three.
        (date(2026, 3, 29), time(2, 0), utc(2026, 3, 29, 1, 0)),
        (date(2026, 3, 29), time(2, 30), utc(2026, 3, 29, 1, 0)),
        (date(2026, 3, 29), time(3, 0), utc(2026, 3, 29, 1, 0)),
        # Clocks go from three back to two: the first half past two.
        (date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),
    ],
)
def test_a_time_that_does_not_exist_is_the_first_one_after_and_one_that_comes_twice_the_first(
    day: date, at: time, instant: int
) -> None:
    assert instant_of(day, at, BERLIN) == instant


def test_a_day_that_a_country_skipped_is_the_first_moment_of_the_next() -> None:
    apia = ZoneInfo("Pacific/Apia")
    shown = datetime.fromtimestamp(instant_of(date(2011, 12, 30), time(9), apia), apia)
    assert shown.replace(tzinfo=None) == datetime(2011, 12, 31, 0, 0)  # noqa: DTZ001 - a wall time


@pytest.mark.parametrize("name", ZONES)
def test_each_hour_of_a_day_on_which_clocks_change_comes_once_and_near_its_time(name: str) -> None:
    zone = ZoneInfo(name)
    for day in CHANGES:
        for hour in range(24):
            wait = UntilTime(time(hour))
            start = instant_of(day, time(0), zone) - 1
            found = wait.after(start, zone)
            shown = datetime.fromtimestamp(found, zone).replace(tzinfo=None)
            assert timedelta(0) <= shown - datetime.combine(day, time(hour)) <= timedelta(hours=1)
            assert wait.after(found, zone) - found > 22 * 3600


@given(st.integers(utc(2020, 1, 1), utc(2030, 1, 1)), st.sampled_from(ZONES), st.times(), st.none() | st.integers(0, 6))
def test_the_moment_is_the_first_one_after(base: int, name: str, at: time, weekday: int | None) -> None:
    zone, at = ZoneInfo(name), at.replace(second=0, microsecond=0)
    found = UntilTime(at, weekday).after(base, zone)
    assert base < found <= base + (8 if weekday is not None else 1) * 86_400 + 3600
    if weekday is not None:
        assert datetime.fromtimestamp(found, zone).weekday() == weekday


@pytest.mark.parametrize("text", ["3 days", "until 09:00", "until Tuesday 09:00", "until 2026-12-24 09:00"])
def test_a_wait_reads_back_as_it_was_written(text: str) -> None:
    assert say_wait(parse_wait(text)) == text


@pytest.mark.parametrize(
    "text", ["until", "until noon", "until 25:00", "until Tuesday", "until 2026-13-01 09:00", 3, None]
)
def test_anything_else_is_a_mistake(text: object) -> None:
    with pytest.raises(PydanticCustomError):
        parse_wait(text)
