"""Ordinary steps are dealt with many at a time: as each would be alone, and none is hurt by another one."""

from __future__ import annotations

import dataclasses
import itertools
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.channels.channel import Later, Refused, Sent
from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.followup import claims
from gatepost_webhook.followup.handing import Beginnings
from gatepost_webhook.followup.outcomes import Endings
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.store.preferences import keep_preferences
from gatepost_webhook.leads.preferences import Preferences
from tests.webhook.followup.desk import DAY, Desk, write_project

if TYPE_CHECKING:
    from gatepost_site.project import Project
    from gatepost_webhook.channels.channel import Outcome
    from gatepost_webhook.followup.claimed import Claimed

LEADS = 12


@pytest.fixture
def crowd(desk: Desk) -> Desk:
    """Twelve leads whose first step is due."""
    for index in range(LEADS):
        desk.enrol(desk.add_lead(f"lead{index}@example.com", fields='{"company": "Acme"}' if index % 2 else "{}"))
    desk.clock.advance(DAY)
    return desk


def claim(desk: Desk, limit: int = 100) -> list[Claimed]:
    _, claimed = desk.outfit.writer.run(lambda c: claims.claim_batch(c, desk.outfit, limit, drips=True))
    return claimed


def begin(desk: Desk, claimed: list[Claimed]) -> dict[int, int]:
    return dict(desk.outfit.writer.run(lambda c: Beginnings(desk.outfit).together(c, claimed)))


def end(desk: Desk, claimed: list[Claimed], outcome: Outcome) -> dict[int, None]:
    ends = [(one, outcome) for one in claimed]
    return dict(desk.outfit.writer.run(lambda c: Endings(desk.outfit).together(c, ends)))


def everything(desk: Desk) -> list[object]:
    """What the database says of mails, enrolments, events and counts, row by row."""
    columns = (
        "kind, lead_id, submission_id, enrolment_id, step, state, reason, due_at, lease_until, fence, attempts,"
        " message_id, subject, mime, content_hash, data_hash, file, revision, version, variant, language, written_at,"
        " handed_at, created_at, changed_at"
    )
    return [
        desk.sql(f"SELECT {columns} FROM mail ORDER BY enrolment_id, created_at, step"),
        desk.sql("SELECT lead_id, state, reason, version, ended_at FROM enrolment ORDER BY id"),
        desk.sql(
            "SELECT at, lead_id, kind, magnet, sequence, step, json_remove(detail, '$.mail') FROM event"
            " ORDER BY lead_id, id"
        ),
        desk.sql("SELECT key, until, count FROM hit ORDER BY key, until"),
        desk.sql("SELECT name, value FROM counter WHERE name = 'handed over'"),
    ]


def test_what_is_recorded_of_many_is_what_is_recorded_of_each_alone(crowd: Desk) -> None:
    """Through the whole sequence: the first step, the second for some, and the end."""
    outfit, found = crowd.outfit, []
    start = crowd.clock.now()
    backup = outfit.writer.run(lambda c: b"".join(line.encode() + b"\n" for line in c.iterdump()))
    for together in (True, False):
        if not together:
            _restore(crowd, backup.decode(), start)
        for _ in range(4):
            claimed = claim(crowd) if together else list(itertools.chain(*(claim(crowd, 1) for _ in range(LEADS))))
            if together:
                assert len(begin(crowd, claimed)) == len(end_all(crowd, claimed)) == len(claimed)
            else:
                for one in claimed:
                    assert outfit.writer.run(lambda c, one=one: Beginnings(outfit).alone(c, one))  # type: ignore[misc]
                    outfit.writer.run(lambda c, one=one: Endings(outfit).alone(c, (one, Sent(""))))  # type: ignore[misc]
            crowd.clock.advance(2 * DAY)
        found.append(everything(crowd))
    assert found[0] == found[1]
    assert "finished" in str(found[0])
    assert "third" in str(found[0])


def end_all(desk: Desk, claimed: list[Claimed]) -> dict[int, None]:
    return end(desk, claimed, Sent("250"))
