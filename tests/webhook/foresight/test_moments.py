"""Instants in somebody's own time, and what the clocks do on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gatepost_webhook.foresight.moments import clock_changes, epoch, said_after, said_local

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 86_400


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("zone", "begin", "end", "changes"),
    [
        ("UTC", "2026-01-01", "2027-01-01", []),
        ("Europe/Berlin", "2026-03-01", "2026-03-20", []),
        ("Europe/Berlin", "2026-03-29", "2026-03-30", [("2026-03-29T01:00", "1 hour forward: CET becomes CEST")]),
        (
            "Europe/Berlin",
            "2026-01-01",
            "2027-01-01",
            [
                ("2026-03-29T01:00", "1 hour forward: CET becomes CEST"),
                ("2026-10-25T01:00", "1 hour back: CEST becomes CET"),
            ],
        ),
        # Half an hour only, and on the other half of the globe.
        (
            "Australia/Lord_Howe",
            "2026-04-01",
            "2026-05-01",
            [("2026-04-04T15:00", "30 minutes back: +11 becomes +1030")],
        ),
    ],
)
def test_every_change_of_a_zones_clocks_is_found_to_the_second(
    zone: str, begin: str, end: str, changes: list[tuple[str, str]]
) -> None:
    found = clock_changes(at(begin), at(end), ZoneInfo(zone))
    assert [(change.at, change.words) for change in found] == [(at(when), words) for when, words in changes]


def test_a_local_time_that_is_shown_twice_is_the_first_of_the_two() -> None:
    assert epoch(datetime(2026, 10, 25, 2, 30), BERLIN) == at("2026-10-25T00:30")  # noqa: DTZ001
    assert said_local(at("2026-10-25T00:30"), BERLIN) == "Sun 2026-10-25 02:30"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "T"), (60, "T+1 minute"), (DAY, "T+1 day"), (2 * DAY + 3 * 3600 + 61, "T+2 days 3 hours 1 minute 1 second")],
)
def test_a_distance_is_said_exactly(seconds: int, said: str) -> None:
    assert said_after(seconds) == said
