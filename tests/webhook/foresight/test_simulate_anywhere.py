"""The example's sequences simulated all over the world, on the days on which clocks change there."""

from __future__ import annotations

import time
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.followup.personas import Persona
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.foresight.moments import epoch
from gatepost_webhook.foresight.timeline import timeline

PROJECT = Project.at(Path(__file__).resolve().parents[3])
SEQUENCES = load_sequences(PROJECT, load_magnets(PROJECT))
#: Two hours around a change of the clocks: an hour, half an hour at Lord Howe, at midnight, and a day that never was.
CHANGES = [
    ("Europe/Berlin", "2029-03-25 01:30"),
    ("Europe/Berlin", "2029-10-28 02:30"),
    ("America/New_York", "2029-03-11 01:59"),
    ("Australia/Lord_Howe", "2029-04-01 01:45"),
    ("America/Santiago", "2029-09-01 23:59"),
    ("Pacific/Apia", "2011-12-29 23:00"),
    ("Asia/Kathmandu", "2029-03-08 08:29"),
]
EVENTS = (
    (0, "downloaded nurturing-playbook"),
    (3600, "confirmed landing-page-clinic"),
    (7200, "tagged clinic-guest"),
    (86_400, "visited /landing-pages/"),
    (100 * 86_400, "staged talking"),
    (120 * 86_400, "unsubscribed"),
)
FIELDS = {"first_name": "Anna", "company": "Bakery", "landing_page": "https://bakery.example/"}


@pytest.mark.parametrize(("zone", "start"), CHANGES)
@pytest.mark.parametrize("slug", SEQUENCES)
def test_mails_go_within_their_window_on_the_readers_clock_once_each_and_with_their_gap(
    slug: str, zone: str, start: str
) -> None:
    sequence, place = SEQUENCES[slug], ZoneInfo(zone)
    begin = epoch(datetime.fromisoformat(start), place)
    line = timeline(sequence, Persona("anna@example.com", FIELDS, events=EVENTS), start=begin, days=400, zone=place)
    sent = [row for row in line.rows if row.action == "sent"]
    assert len({row.step for row in sent}) == len(sent)
    assert [row.at for row in line.rows] == sorted(row.at for row in line.rows)
    window = sequence.rules.window
    assert not window or all(window.next_open(row.at, place) == row.at for row in sent)
    assert all(after.at - before.at >= sequence.rules.gap for before, after in pairwise(sent))
    assert line.is_over


def test_thirty_days_take_less_than_a_second_of_the_processor() -> None:
    begun = time.process_time()
    for sequence in SEQUENCES.values():
        timeline(
            sequence,
            Persona("anna@example.com", FIELDS, events=EVENTS),
            start=0,
            days=30,
            zone=ZoneInfo("Europe/Berlin"),
        )
    assert time.process_time() - begun < 1
