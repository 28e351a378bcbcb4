"""A mail for nine o'clock goes at nine o'clock, once, on the days on which clocks are changed, too (P12)."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from gatepost_site.magnets import load_magnets
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.surroundings import Surroundings
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.store.writer import Writer
from tests.soak.sizes import FULL, report, size
from tests.soak.yard import Relay, draw_project, free_port, outfit_of
from tests.webhook.followup.desk import add_lead

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.project import Project
    from gatepost_webhook.store.database import Connection

ZONES = (
    "Europe/Berlin", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
)  # fmt: skip
#: Days on which some of them change their clocks; on the last, Apia skipped a day.
DAYS = {
    "European spring": date(2026, 3, 29),
    "European autumn": date(2026, 10, 25),
    "American spring": date(2026, 3, 8),
    "American autumn": date(2026, 11, 1),
    "southern autumn": date(2026, 4, 5),
    "Chatham's spring": date(2026, 9, 27),
    "Lord Howe's spring": date(2026, 10, 4),
    "the day that Apia skipped": date(2011, 12, 30),
}
HOURS = range(0, 24, size(2, 1))
SMALL = ("European spring", "Lord Howe's spring", "the day that Apia skipped")
SEQUENCE = """\
title: At a time of the day
gap: 0 minutes
steps:
  - {key: first, wait: "until TIME", message: first.md}
"""
MINUTE, QUARTER = 60, 15 * 60
#: Seconds between two looks of the worker.
STEP = size(2, 1) * QUARTER


def _shown(instant: int, zone: str) -> datetime:
    return datetime.fromtimestamp(instant, ZoneInfo(zone)).replace(tzinfo=None)


def _midnight(day: date, zone: str) -> int:
    """Return the first epoch second at which clocks of a zone show a day, or a later one."""
    wanted = datetime.combine(day, datetime.min.time())
    instant = int(wanted.timestamp()) - 40 * 3600
    while _shown(instant, zone) < wanted:
        instant += QUARTER
    return instant


def _wanted(since: int, hour: int, zone: str) -> tuple[int, datetime]:
    """Walk through the day; return when the hour is there, or is over at once, and its wall time."""
    day = _shown(since, zone).replace(hour=hour)
    return next(instant for instant in range(since, since + 50 * 3600, MINUTE) if _shown(instant, zone) >= day), day


@pytest.mark.parametrize("name", DAYS if FULL else SMALL)
def test_every_hour_of_a_day_comes_once_and_at_its_time(tmp_path: Path, name: str) -> None:
    day = DAYS[name]
    project, relay, since = _at_all_hours(tmp_path / "site"), Relay(free_port()), {}
    sequences = load_sequences(project, load_magnets(project))
    data = tmp_path / "data"
    with relay.up(), Writer(data / "leads.db") as writer:
        for zone in ZONES:
            since[zone] = _midnight(day, zone)

            def come(connection: Connection, zone: str = zone) -> None:
                now, about = since[zone] - 1, Surroundings("UTC")
                row = add_lead(connection, f"{zone.partition('/')[2]}@example.com", now=now)
                connection.execute("UPDATE lead SET zone = ? WHERE id = ?", (zone, row))
                for hour in HOURS:
                    sequence = sequences[f"at-{hour:02}"]
                    enrol(connection, sequence=sequence, lead_id=row, submission_id=row, now=now, about=about)

            writer.run(come)
        clock = MovableClock(min(since.values()) - STEP)
        with closing(Worker(outfit_of(project, writer, clock, data=data, port=relay.port))) as worker:
            while clock.now() < max(since.values()) + 26 * 3600:
                worker.run_once()
                clock.advance(STEP)
        sent = writer.run(
            lambda c: c.execute(
                "SELECT lead.zone, enrolment.sequence, mail.changed_at FROM mail JOIN lead ON lead.id = mail.lead_id"
                " JOIN enrolment ON enrolment.id = mail.enrolment_id WHERE mail.state = 'sent'"
            ).fetchall()
        )
    assert sorted((zone, int(slug[3:])) for zone, slug, _ in sent) == sorted((z, h) for z in ZONES for h in HOURS)
    furthest = 0
    for zone, slug, at in sent:
        instant, wall = _wanted(since[zone], int(slug[3:]), zone)
        assert instant <= at <= instant + STEP, (zone, slug, _shown(at, zone))
        furthest = max(furthest, abs(int((_shown(at, zone) - wall).total_seconds())))
    assert furthest <= 3600 + STEP
    assert set(relay.copies().values()) == {1}
    report("P12 " + day.isoformat(), zones=len(ZONES), hours=len(HOURS), mails=len(sent), seconds_off=furthest)


def _at_all_hours(root: Path) -> Project:
    """Draw a project with a sequence for each hour."""
    project = draw_project(root)
    for hour in HOURS:
        folder = shutil.copytree(project.sequences / "after", project.sequences / f"at-{hour:02}")
        (folder / "sequence.yml").write_text(SEQUENCE.replace("TIME", f"{hour:02}:00"))
    return project
