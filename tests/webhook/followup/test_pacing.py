"""The sending policy: never faster than it says, over all workers and restarts; what people asked for goes first."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gatepost_site.findings import ContentError
from gatepost_webhook.channels.channel import Away, Later, Sent
from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.followup.claims import claim_batch
from gatepost_webhook.followup.durations import DAY, HOUR, MINUTE
from gatepost_webhook.followup.pacing import Pacing
from gatepost_webhook.followup.sending import read_sending
from gatepost_webhook.followup.worker import Worker

if TYPE_CHECKING:
    from gatepost_webhook.channels.channel import Outcome, Outgoing, Talking
    from tests.webhook.followup.desk import Desk


#: A day is counted in slots of twelve minutes.
SLOT = 12 * MINUTE


def write(desk: Desk, text: str) -> None:
    (desk.outfit.project.sequences / "sending.yml").write_text(text, encoding="utf-8")
    desk.worker = Worker(desk.outfit)


def enrol(desk: Desk, *addresses: str) -> None:
    for address in addresses:
        desk.enrol(desk.add_lead(address))
    desk.clock.advance(DAY)


def many(count: int, domain: str = "example.com") -> list[str]:
    return [f"lead{index}@{domain}" for index in range(count)]


def test_two_workers_and_their_successors_together_keep_to_the_rate(desk: Desk) -> None:
    write(desk, "mailbox: {at_most: [3 per second, 40 per minute]}")
    enrol(desk, *many(90))
    sent: Counter[int] = Counter()
    for second in range(150):
        for _ in range(2):
            desk.worker = Worker(desk.outfit)
            sent[second] += len(desk.run())
        desk.clock.advance(1)
    assert max(sent.values()) == 3
    in_a_minute = [sum(sent[second + more] for more in range(60)) for second in range(90)]
    assert max(in_a_minute) == 40
    assert sum(sent.values()) == 90


def test_confirmations_and_files_have_room_of_their_own(desk: Desk) -> None:
    write(desk, "mailbox: {at_most: 10 per day, kept_for_requests: 30}")
    enrol(desk, *many(20))
    assert len(desk.run()) == 7
    for lead in range(1, 6):
        desk.queue("delivery", lead)
    assert len(desk.run()) == 3
    assert desk.states().count("due") >= 13 + 2
    # A day later there is room again, and the files that waited go first.
    (first, second, *_) = desk.run(days=1 + 1 / 48)
    assert (first.recipient, second.recipient) == ("lead3@example.com", "lead4@example.com")


def test_a_new_sender_begins_small_and_ends_at_the_daily_rate(desk: Desk) -> None:
    write(
        desk,
        "mailbox:\n  at_most: 10 per day\n  kept_for_requests: 0\n"
        "  warm_up: {start: 2026-11-23, first_day: 4, growth: 1.5}\n",
    )
    enrol(desk, *many(60))
    counts = []
    for _ in range(3):
        counts.append(sum(len(desk.run()) for _ in range(3)))
        # Within max_late, which is three days: what waits longer than a step allows is passed over like any late one.
        desk.clock.advance(DAY + SLOT)
    assert counts == [4, 6, 9]


def test_a_list_of_days_is_followed_and_then_the_daily_rate_is_in_force(desk: Desk) -> None:
    write(
        desk,
        "mailbox:\n  at_most: 10 per day\n  kept_for_requests: 0\n"
        "  warm_up: {start: 2026-11-23, first_day: 1, then: [2]}\n",
    )
    enrol(desk, *many(60))
    counts = []
    for _ in range(3):
        counts.append(len(desk.run()))
        desk.clock.advance(DAY + SLOT)
    assert counts == [1, 2, 10]


def test_a_slow_domain_holds_up_no_other_and_loses_nothing(desk: Desk) -> None:
    write(desk, "mailbox: {domains: {slow.example: {at_most: 4 per minute}}}")
    enrol(desk, *many(30, "slow.example"), *many(10))
    first = Counter(one.recipient.partition("@")[2] for one in desk.run())
    assert first == {"slow.example": 4, "example.com": 10}
    waiting = desk.sql("SELECT DISTINCT reason FROM mail WHERE state = 'due' AND step = 'first'")
    assert waiting == [{"reason": "slow.example is sent 4 per minute at most"}]
    minutes: Counter[int] = Counter()
    for second in range(10 * 60):
        desk.clock.advance(1)
        minutes[second // 60] += len(desk.run())
    assert sum(minutes.values()) == 26
    assert max(minutes.values()) <= 4
    # Each got a turn of its own, so few looked in vain.
    assert desk.sql("SELECT count(*) AS n FROM mail WHERE step = 'first' AND state <> 'sent'") == [{"n": 0}]


class Crowd(RecordingChannel):
    """Counts how many conversations about one domain's mails there are at once."""

    def __init__(self) -> None:
        super().__init__(lanes=8)
        self.talking: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def deliver(self, message: Outgoing, talking: Talking) -> Outcome:
        domain = message.recipient.partition("@")[2]
        self.talking[domain] += 1
        self.most[domain] = max(self.most[domain], self.talking[domain])
        try:
            for _ in range(20):
                await asyncio.sleep(0)
            return await super().deliver(message, talking)
        finally:
            self.talking[domain] -= 1


def test_one_domain_gets_no_more_connections_than_it_likes(desk: Desk) -> None:
    write(desk, "mailbox: {domains: {gmail.com: {connections: 2}, '*': {connections: 5}}}")
    enrol(desk, *many(20, "gmail.com"), *many(20, "example.com"))
    channel = Crowd()
    with closing(Worker(dataclasses.replace(desk.outfit, channel=channel))) as worker:
        for _ in range(60):
            worker.run_once()
            desk.clock.advance(1)
    assert channel.most["gmail.com"] == 2
    assert channel.most["example.com"] in range(1, 6)
    assert len(channel.messages) == 40


def test_what_was_not_handed_over_is_not_counted(desk: Desk) -> None:
    write(desk, "mailbox: {at_most: 2 per day, kept_for_requests: 0, domains: {'*': {connections: 1}}}")
    enrol(desk, "anna@example.com")
    for _ in range(5):
        desk.end_with(Away("connection refused"))
        desk.run(days=1 / 24)
    desk.end_with()
    assert len(desk.run(days=1 / 24)) == 1


def test_a_worker_that_was_killed_blocks_its_domain_no_longer_than_its_lease(desk: Desk) -> None:
    write(desk, "mailbox: {domains: {'*': {connections: 1}}}")
    enrol(desk, "anna@example.com", "ben@example.com")

    pacing = Pacing(desk.outfit.project, "mailbox")
    desk.outfit.writer.run(lambda c: claim_batch(c, desk.outfit, 8, drips=True, pacing=pacing))
    assert [len(desk.run(days=days)) for days in (0, 4 * MINUTE / DAY)] == [0, 0]
    desk.worker = Worker(desk.outfit)
    assert len(desk.run(days=HOUR / DAY)) + len(desk.run(days=MINUTE / DAY)) == 2


class Weather:
    """A relay that greylists for a quarter of an hour, closes after each tenth mail for a while, and is then away."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.begin, self.taken = desk, desk.clock.now(), 0
        self.attempts: Counter[str] = Counter()

    def outcome(self, message: Outgoing) -> Outcome:
        since = self.desk.clock.now() - self.begin
        if since < 15 * MINUTE:
            self.attempts[message.message_id] += 1
            return Later("450 4.2.0 greylisted")
        if since in range(2 * HOUR, 8 * HOUR):
            return Away("connection refused")
        self.taken += 1
        if self.taken % 11 == 10 and since < 2 * HOUR:
            return Away("421 4.7.0 ten mails are enough")
        self.attempts[message.message_id] += 1
        return Sent("250 ok")


class Relay(RecordingChannel):
    """Ends each message as the weather says."""

    weather: Weather

    async def deliver(self, message: Outgoing, talking: Talking) -> Outcome:
        self.outcomes = [self.weather.outcome(message)]
        return await super().deliver(message, talking)


def test_greylisting_rate_limits_and_outages_only_delay(desk: Desk) -> None:
    write(desk, "mailbox: {at_most: 5 per minute}")
    channel = Relay()
    desk = type(desk)(dataclasses.replace(desk.outfit, channel=channel), channel, desk.clock)
    enrol(desk, *many(60))
    channel.weather = Weather(desk)
    minutes: list[int] = []
    for _ in range(4 * 24 * 60):
        minutes.append(len(desk.run()))
        desk.clock.advance(MINUTE)
        if len(minutes) > 9 * 60 and not desk.sql(
            "SELECT 1 FROM mail WHERE state = 'due' AND due_at < :t", t=desk.clock.now()
        ):
            # Nothing is late any more: go to the next mail.
            due = desk.sql("SELECT min(due_at) AS at FROM mail WHERE state = 'due'")[0]["at"]
            if due is None:
                break
            assert isinstance(due, int)
            desk.clock.advance_to(due)
    assert max(minutes) <= 5
    assert max(channel.weather.attempts.values()) <= 12
    sent = desk.sql("SELECT enrolment_id, step FROM mail WHERE state = 'sent' ORDER BY id")
    assert len(sent) == 120, "first and third: the second's condition does not hold"
    recipients = Counter(message.recipient for message in channel.messages)
    assert set(recipients.values()) == {2}
    subjects: dict[str, list[bytes]] = {}
    for message in channel.messages:
        line = next(line for line in message.data.splitlines() if line.startswith(b"Subject:"))
        subjects.setdefault(message.recipient, []).append(line)
    assert set(map(tuple, subjects.values())) == {(b"Subject: About first", b"Subject: About third")}


def test_a_broken_policy_leaves_the_last_good_one_in_force(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    write(desk, "mailbox: {at_most: 2 per minute}")
    enrol(desk, *many(5))
    (desk.outfit.project.sequences / "sending.yml").write_text("mailbox: {at_most: fast}", encoding="utf-8")
    assert len(desk.run()) == 2
    (message,) = caplog.messages
    assert message.startswith("sequences/sending.yml:1:11: 'mailbox.at_most.0': is not a rate, found 'fast'; write a")
    assert message.endswith("as in '10 per second'; the last good policy stays in force")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("smtp: {at_most: 10 a second}", "sequences/sending.yml:1:8: 'smtp.at_most.0': is not a rate, found"),
        (
            "smtp: {domains: {Gmail.com: {connections: 2}}}",
            "sequences/sending.yml:1:8: 'smtp.domains': 'Gmail.com' is not a domain",
        ),
        (
            "smtp: {warm_up: {start: 2026-12-01, first_day: 5}}",
            "sequences/sending.yml:1:1: 'smtp': warm_up has no daily rate at which it ends",
        ),
        ("smtp: {at_most: 5 per day, warmup: {}}", "sequences/sending.yml:1:28: "),
        ("sms: {}", "sequences/sending.yml:1:1: "),
    ],
)
def test_mistakes_are_shown_where_they_are(desk: Desk, text: str, message: str) -> None:
    path = desk.outfit.project.sequences / "sending.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_sending(path.parent, root=desk.outfit.project.root)
    assert str(caught.value.findings[0]).startswith(message), caught.value.findings[0]
