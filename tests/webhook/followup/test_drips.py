"""Ordinary steps are dealt with many at a time: as each would be alone, and none is hurt by another one."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.channels.channel import Later, Sent
from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup import claims, drips
from gatepost_webhook.followup.enrolling import stop_all
from gatepost_webhook.followup.handing import Beginnings
from gatepost_webhook.followup.outcomes import Endings
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.store.pauses import pause
from gatepost_webhook.store.writer import Writer
from tests.webhook.followup.desk import DAY, START, Desk

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.channels.channel import Outcome, Outgoing
    from gatepost_webhook.followup.claimed import Claimed

LEADS = 12
#: Events of several leads in one second have no order.
LOG = "SELECT at, lead_id, kind, sequence, step, detail FROM event ORDER BY lead_id, id"
ROWS = (LOG, *(f"SELECT * FROM {table}" for table in ("mail", "enrolment", "hit", "counter", "lead")))


def fill(desk: Desk) -> Desk:
    """Enrol twelve leads, whose first step is due then; every other one gets the second too."""
    for index in range(LEADS):
        desk.enrol(desk.add_lead(f"lead{index}@example.com", fields='{"company": "Acme"}' if index % 2 else "{}"))
    desk.clock.advance(DAY)
    return desk


@pytest.fixture
def crowd(desk: Desk) -> Desk:
    return fill(desk)


def claim(desk: Desk, limit: int = 100) -> list[Claimed]:
    _, claimed = desk.outfit.writer.run(lambda c: claims.claim_batch(c, desk.outfit, limit, drips=True))
    return claimed


def begun(desk: Desk, claimed: list[Claimed]) -> list[int]:
    """Begin mails together; return which of them."""
    return sorted(desk.outfit.writer.run(lambda c: Beginnings(desk.outfit).together(c, claimed)))


def together(desk: Desk) -> int:
    claimed = claim(desk)
    assert begun(desk, claimed) == list(range(len(claimed)))
    ends = [(one, Sent("250 ok")) for one in claimed]
    desk.outfit.writer.run(lambda c: Endings(desk.outfit).together(c, ends))
    return len(claimed)


def alone(desk: Desk) -> int:
    claimed = [one for _ in range(LEADS) for one in claim(desk, 1)]
    assert not any(one.address for one in claimed)
    for one in claimed:
        assert desk.outfit.writer.run(lambda c, one=one: Beginnings(desk.outfit).alone(c, one))  # type: ignore[misc]
    for one in claimed:
        desk.outfit.writer.run(lambda c, one=one: Endings(desk.outfit).alone(c, (one, Sent("250 ok"))))  # type: ignore[misc]
    return len(claimed)


def test_what_is_recorded_of_many_is_what_is_recorded_of_each(crowd: Desk, tmp_path: Path) -> None:
    with Writer(tmp_path / "other" / "leads.db") as writer:
        channel, clock = RecordingChannel(), MovableClock(START)
        other = fill(Desk(dataclasses.replace(crowd.outfit, writer=writer, clock=clock), channel, clock))
        counts = []
        for _ in range(4):
            counts.append(together(crowd))
            assert alone(other) == counts[-1]
            for desk in (crowd, other):
                desk.clock.advance(2 * DAY)
            for rows in ROWS:
                assert crowd.sql(rows) == other.sql(rows)
    # Every other lead gets no second step, and the third two days after that was decided.
    assert counts == [LEADS, LEADS // 2, LEADS, 0]
    assert {row["state"] for row in crowd.sql("SELECT state FROM enrolment")} == {"finished"}


def test_who_must_not_be_mailed_any_more_is_left_out_and_all_others_begin(crowd: Desk) -> None:
    claimed = claim(crowd)
    assert all(one.address for one in claimed)
    crowd.suppress("lead0@example.com")
    crowd.suppress("lead1@example.com", "all")
    crowd.sql("UPDATE lead SET marketing_at = NULL WHERE id = 3")
    now = crowd.clock.now()
    crowd.outfit.writer.run(lambda c: stop_all(c, 4, "stopped", now=now))
    crowd.sql("UPDATE mail SET fence = fence + 1 WHERE id = :id", id=claimed[4].mail.id)
    assert begun(crowd, claimed) == list(range(5, LEADS))
    assert begun(crowd, claimed) == []


def test_nothing_of_a_paused_sequence_begins(crowd: Desk) -> None:
    claimed, now = claim(crowd), crowd.clock.now()
    crowd.outfit.writer.run(lambda c: pause(c, "after", "refused", "a test", now=now))
    assert begun(crowd, claimed) == []


def test_a_mail_that_is_not_ordinary_is_claimed_alone_in_its_turn(crowd: Desk) -> None:
    crowd.suppress("lead2@example.com")
    crowd.sql(
        "UPDATE mail SET reason = 'repeated: no answer', mime = x'6b657074', message_id = '<x@y>' WHERE lead_id = 4"
    )
    crowd.sql("UPDATE enrolment SET state = 'stopped' WHERE lead_id = 6")
    claimed = claim(crowd)
    assert [one.mail.lead_id for one in claimed] == [1, 2, 4, 5, 7, 8, 9, 10, 11, 12]
    assert [one.mail.lead_id for one in claimed if not one.address] == [4]
    assert crowd.states().count("cancelled") == 2


def test_one_mail_that_cannot_be_written_is_given_up_and_the_others_go(crowd: Desk) -> None:
    # What nobody has thought of, about one lead.
    crowd.sql("UPDATE submission SET magnet = 'gone' WHERE lead_id = 7")
    assert len(crowd.run()) == LEADS - 1
    assert crowd.sql("SELECT lead_id FROM mail WHERE state = 'failed'") == [{"lead_id": 7}]


def test_one_record_that_cannot_be_made_harms_no_other(crowd: Desk) -> None:
    """What a lead chose is broken after the mail was begun: together fails for all, and alone for one."""
    channel = RecordingChannel(lanes=LEADS)

    def break_one(message: Outgoing) -> None:
        if message.recipient == "lead11@example.com":
            crowd.sql(
                "INSERT INTO preference (lead_id, topics_left, changed_at) VALUES (5, 'broken', 1)"
                " ON CONFLICT DO NOTHING"
            )

    channel.before = break_one
    with closing(Worker(dataclasses.replace(crowd.outfit, channel=channel))) as worker:
        worker.run_once()
    assert len(channel.messages) == LEADS
    first = crowd.sql("SELECT lead_id, state FROM mail WHERE step = 'first' ORDER BY lead_id")
    assert [row["lead_id"] for row in first if row["state"] != "sent"] == [5]
    assert len(crowd.sql("SELECT id FROM mail WHERE step = 'second' AND state = 'due'")) == LEADS - 1


def test_mails_that_end_in_different_ways_end_as_they_would_alone(crowd: Desk) -> None:
    outcomes: list[Outcome] = [Sent("250 ok"), Later("450 later")]
    crowd.end_with(*outcomes * (LEADS // 2))
    crowd.run()
    rows = crowd.sql("SELECT state, attempts FROM mail WHERE step = 'first' ORDER BY lead_id")
    assert [tuple(row.values()) for row in rows] == [("sent", 0), ("due", 1)] * (LEADS // 2)


def test_what_goes_wrong_together_is_done_alone(crowd: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("not together")

    monkeypatch.setattr(drips, "_go_on_all", fail)
    channel = RecordingChannel(lanes=4)
    with closing(Worker(dataclasses.replace(crowd.outfit, channel=channel))) as worker:
        assert worker.run_once() == LEADS
    assert crowd.states().count("sent") == LEADS
    assert len({message.recipient for message in channel.messages}) == LEADS
