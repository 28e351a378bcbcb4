from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.leads.times import local_time, utc_time, zone_name
from tests.webhook.leads.zone import in_zone

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from in_zone("Europe/Berlin", monkeypatch)


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("instant", "text"),
    [
        # The night of 2026-10-25: 02:30 comes twice.
        (1_792_888_200, "2026-10-25 02:30"),
        (1_792_891_800, "2026-10-25 02:30"),
        (1_792_895_400, "2026-10-25 03:30"),
        (None, ""),
    ],
)
def test_people_read_their_own_clock_without_seconds(instant: int | None, text: str) -> None:
    assert local_time(instant) == text


@pytest.mark.usefixtures("berlin")
def test_the_zone_has_a_name() -> None:
    assert zone_name() in {"CET", "CEST"}


def test_machines_read_utc() -> None:
    assert utc_time(1_792_888_201) == "2026-10-25T00:30:01Z"
    assert utc_time(None) == ""
