"""Every row of the table of replies, from the relay's words to what becomes of the mail, over a real connection."""

from __future__ import annotations

import dataclasses
import itertools
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.channels.channel import Away, Refused, Sent
from gatepost_webhook.channels.smtp import SmtpRelay
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.store.pauses import lift, pauses
from gatepost_webhook.store.roads import road_of
from tests.webhook.channels.scripted import DROP, FAST, RESET, SILENCE, ScriptedRelay, smtp_settings
from tests.webhook.followup.desk import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.webhook.followup.desk import Desk

POLICY = Refused("550 5.7.1 we do not like you", dead=False, policy=True)


@dataclass(frozen=True)
class Fate:
    """What becomes of a mail, and of sending."""

    #: State of a step of a sequence, and of a file's mail.
    drip: str
    file: str
    #: Seconds until the file's mail is tried again; None when never.
    again: int | None = None
    attempts: int = 0
    suppressed: bool = False
    #: open, away or closed.
    road: str = "open"


AWAY = Fate("due", "due", again=0, road="away")
CLOSED = Fate("due", "due", again=0, road="closed")
LATER = Fate("due", "due", again=300, attempts=1)
DEAD = Fate("failed", "cancelled", suppressed=True)
REFUSED = Fate("failed", "failed")
AMBIGUOUS = Fate("held", "due", again=900, attempts=1)

TABLE = [
    ("CONNECT", DROP, AWAY),
    ("CONNECT", "421 4.3.2 closing", AWAY),
    ("CONNECT", "554 no service", AWAY),
    ("CONNECT", SILENCE, AWAY),
    ("EHLO", "502 no", AWAY),
    ("EHLO", DROP, AWAY),
    ("MAIL", "421 4.3.2 closing", AWAY),
    ("RCPT", "421 4.3.2 closing", AWAY),
    ("RCPT", SILENCE, AWAY),
    ("DATA", RESET, AWAY),
    ("MAIL", "530 5.7.0 log in first", CLOSED),
    ("MAIL", "535 5.7.8 who are you", CLOSED),
    ("MAIL", "550 5.7.1 not from here", CLOSED),
    ("MAIL", "550 5.7.26 not authenticated", CLOSED),
    ("MAIL", "451 4.3.0 not now", LATER),
    ("RCPT", "450 4.2.0 greylisted", LATER),
    ("RCPT", "451 4.7.1 try again", LATER),
    ("RCPT", "452 4.2.2 full", LATER),
    ("DATA", "451 4.3.0 not now", LATER),
    ("DOT", "451 4.3.0 not now", LATER),
    ("DOT", "421 4.7.0 too fast", LATER),
    ("RCPT", "550 5.1.1 no such user", DEAD),
    ("RCPT", "550 5.1.2 no such domain", DEAD),
    ("RCPT", "556 5.1.10 null MX", DEAD),
    ("RCPT", "550 5.2.1 disabled", DEAD),
    ("DATA", "550 5.1.1 no such user", DEAD),
    ("DOT", "550 5.1.1 no such user", DEAD),
    ("RCPT", "550 5.7.1 denied", REFUSED),
    ("RCPT", "554 denied", REFUSED),
    ("DATA", "554 denied", REFUSED),
    ("DOT", "550 5.7.26 not authenticated", REFUSED),
    ("DOT", "550 5.7.515 not authenticated", REFUSED),
    ("DOT", "550 5.7.9 no", REFUSED),
    ("DOT", "554 5.7.1 spam", REFUSED),
    ("RCPT", "550 relaying denied", REFUSED),
    ("DOT", DROP, AMBIGUOUS),
    ("DOT", RESET, AMBIGUOUS),
    ("DOT", SILENCE, AMBIGUOUS),
]


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    relay = ScriptedRelay()
    relay.start()
    yield relay
    relay.stop()


@pytest.mark.parametrize(("phase", "answer", "fate"), TABLE)
def test_a_reply_decides_about_the_mail_and_about_nobody_else(
    desk: Desk, relay: ScriptedRelay, phase: str, answer: str, fate: Fate
) -> None:
    lead = desk.add_lead()
    desk.enrol(lead)
    desk.clock.advance(DAY)
    relay.script[phase] = [answer] * 4
    channel = SmtpRelay(smtp_settings(relay.port, smtp_connections=1), timeouts=FAST)
    with closing(Worker(dataclasses.replace(desk.outfit, channel=channel))) as worker:
        worker.run_once()
        assert desk.mails()[0][2] == fate.drip
        road = desk.outfit.writer.run(lambda c: road_of(c, desk.outfit.settings.channel))
        assert road is not None
        assert road.state == fate.road
        assert (worker.halted != "", worker.away != "") == (fate.road == "closed", fate.road == "away")
        assert bool(desk.sql("SELECT * FROM suppression")) == fate.suppressed
        desk.queue("delivery", lead)
        asked = len(relay.commands)
        worker.run_once()
        row = desk.sql("SELECT state, attempts, due_at FROM mail WHERE kind = 'delivery'")[0]
        assert (row["state"], row["attempts"]) == (fate.file, fate.attempts)
        if fate.again is not None:
            assert row["due_at"] == desk.clock.now() + fate.again
        if fate.road != "open":
            assert len(relay.commands) == asked, "a closed road is not tried again at once"
    assert relay.kept == []


def test_the_circuit_opens_for_a_minute_and_longer_each_time_up_to_an_hour_and_closes_with_the_first_mail(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("anna", "ben"):
        desk.enrol(desk.add_lead(f"{name}@example.com"))
    desk.clock.advance(DAY)
    asked = []
    for _ in range(400):
        desk.end_with(Away("connection refused"))
        desk.worker.run_once()
        if not desk.channel.outcomes:
            asked.append(desk.clock.now())
        desk.clock.advance(60)
    gaps = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert gaps == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600]
    assert {(row["state"], row["attempts"]) for row in desk.sql("SELECT state, attempts FROM mail")} == {("due", 0)}
    found = desk.outfit.writer.run(lambda c: road_of(c, "mailbox"))
    assert found is not None
    assert (found.state, found.reply, found.since) == ("away", "connection refused", asked[0])
    desk.end_with(Away("connection refused"))
    desk.run(days=1 / 24)
    desk.end_with()
    assert len(desk.run(days=1 / 24)) == 2
    found = desk.outfit.writer.run(lambda c: road_of(c, "mailbox"))
    assert found is not None
    assert found.state == "open"
    caplog.clear()
    desk.queue("delivery", 1)
    desk.end_with(Away("connection refused"))
    desk.run()
    assert caplog.messages == ["the relay is away, next try in 60 s: connection refused"]


def _enrol_many(desk: Desk, count: int) -> None:
    for index in range(count):
        desk.enrol(desk.add_lead(f"lead{index}@example.com"))


def test_five_refusals_by_policy_within_ten_minutes_pause_the_sequence(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    _enrol_many(desk, 30)
    desk.end_with(*[POLICY] * 5)
    desk.run(days=1)
    (found,) = desk.outfit.writer.run(pauses)
    assert (found.sequence, found.cause) == ("after", "refused")
    assert found.reason == "the relay refused 5 mails in ten minutes by policy, lastly: 550 5.7.1 we do not like you"
    assert caplog.messages[-1] == (
        f"sequence after is paused, nothing is lost: {found.reason}; mend it, then run: gatepost resume after"
    )
    # What the worker had claimed already waits as well; nobody is suppressed.
    assert desk.states().count("failed") == 5
    assert desk.sql("SELECT * FROM suppression") == []
    desk.end_with()
    lead = desk.add_lead("new@example.com")
    desk.queue("delivery", lead)
    assert len(desk.run()) == 1, "a file is still delivered"
    assert desk.run(days=1) == []
    assert desk.outfit.writer.run(lambda c: lift(c, found, now=desk.clock.now()))
    assert len(desk.run()) == 25


def test_one_refusal_in_twenty_over_a_day_pauses_the_sequence_too(desk: Desk) -> None:
    _enrol_many(desk, 58)
    outcomes = [Sent("250 ok")] * 58
    outcomes[7] = outcomes[23] = outcomes[51] = POLICY  # type: ignore[call-overload]
    desk.end_with(*outcomes)
    desk.run(days=1)
    (found,) = desk.outfit.writer.run(pauses)
    assert found.reason == "the relay refused 3 mails in a day by policy, lastly: 550 5.7.1 we do not like you"


def test_a_few_refusals_among_many_mails_pause_nothing(desk: Desk) -> None:
    _enrol_many(desk, 100)
    outcomes = [Sent("250 ok")] * 100
    outcomes[60] = outcomes[75] = outcomes[90] = outcomes[99] = POLICY  # type: ignore[call-overload]
    desk.end_with(*outcomes)
    desk.run(days=1)
    assert desk.outfit.writer.run(pauses) == []


def test_refusals_of_one_mailbox_pause_nothing(desk: Desk) -> None:
    _enrol_many(desk, 12)
    desk.end_with(*[Refused("550 5.1.1 no such user", dead=True)] * 12)
    desk.run(days=1)
    assert desk.outfit.writer.run(pauses) == []
