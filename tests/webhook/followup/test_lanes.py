"""Several mails on their way at once: how many, and what becomes of the rest when the road closes."""

from __future__ import annotations

import asyncio
import dataclasses
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from gatepost_webhook.channels.channel import Away, Misconfigured, Sent
from gatepost_webhook.channels.smtp import SmtpRelay
from gatepost_webhook.followup.lanes import Lanes
from gatepost_webhook.followup.worker import Worker
from tests.webhook.channels.scripted import PATIENT, ScriptedRelay, smtp_settings
from tests.webhook.followup.desk import DAY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from gatepost_webhook.channels.channel import Outcome
    from tests.webhook.followup.desk import Desk

SENT, AWAY = Sent("250 ok"), Away("421 too many connections")


class Round:
    """Lanes over numbered mails, two to a claim, with words for what tests look at."""

    def __init__(self, count: int, deliver: Callable[[Any], Awaitable[Outcome]]) -> None:
        self.due = list(range(count))
        self.kept: list[tuple[Any, Outcome]] = []
        self.stop = False
        self.lanes = Lanes(self.claim, deliver, self.keep, stopped=lambda: self.stop)

    async def claim(self) -> tuple[int, list[Any]]:
        await asyncio.sleep(0)
        some, self.due = self.due[:2], self.due[2:]
        # A mail is whatever the delivery function takes: here a list, for it must not count as nothing.
        return len(some), [[number] for number in some]

    def keep(self, mail: Any, outcome: Outcome) -> None:
        if isinstance(outcome, Away):
            self.due += mail
        self.kept.append((mail[0], outcome))

    def sent(self) -> list[int]:
        return sorted(number for number, outcome in self.kept if outcome == SENT)


def test_as_many_mails_are_under_way_at_once_as_there_are_lanes() -> None:
    async def run() -> None:
        # Nobody gets past the barrier before four have come to it.
        together = asyncio.Barrier(4)

        async def deliver(_: object) -> Outcome:
            await together.wait()
            return SENT

        sending = Round(12, deliver)
        assert await sending.lanes.run(4) == 12
        assert sending.sent() == list(range(12))

    asyncio.run(asyncio.wait_for(run(), 10))


def test_a_lane_that_is_turned_away_while_others_talk_ends_and_its_mail_goes_another_way() -> None:
    async def run() -> None:
        talking = 0

        async def deliver(_: object) -> Outcome:
            nonlocal talking
            if talking == 2:
                return AWAY
            talking += 1
            await asyncio.sleep(0.001)
            talking -= 1
            return SENT

        sending = Round(20, deliver)
        assert await sending.lanes.run(5) == 20
        assert sending.sent() == list(range(20))
        assert sending.lanes.closed is None

    asyncio.run(run())


@pytest.mark.parametrize("outcome", [AWAY, Misconfigured("535 wrong password")])
def test_the_last_lane_closes_the_road_and_everything_in_hand_is_put_back(outcome: Outcome) -> None:
    async def run() -> None:
        async def deliver(_: object) -> Outcome:
            return outcome

        sending = Round(9, deliver)
        assert await sending.lanes.run(3) == 0
        assert sending.lanes.closed == outcome
        assert sorted(sending.due) == list(range(9))
        assert {kept for _, kept in sending.kept} == {Away("put back")}

    asyncio.run(run())


def test_whoever_asks_to_stop_waits_for_what_is_under_way_only() -> None:
    async def run() -> None:
        async def deliver(_: object) -> Outcome:
            sending.stop = True
            return SENT

        sending = Round(9, deliver)
        assert await sending.lanes.run(1) == 1
        assert sending.sent() == [0]
        assert sorted(sending.due) == list(range(1, 9))

    asyncio.run(run())


def test_a_claim_that_fails_is_made_once_and_what_is_under_way_ends() -> None:
    async def run() -> None:
        claims = 0

        async def deliver(_: object) -> Outcome:
            await asyncio.sleep(0.001)
            return SENT

        async def claim() -> tuple[int, list[Any]]:
            nonlocal claims
            claims += 1
            if claims == 2:
                raise RuntimeError("the database is away")
            return 1, [[0]]

        sending = Round(0, deliver)
        lanes = Lanes(claim, deliver, sending.keep, stopped=lambda: False)
        with pytest.raises(RuntimeError, match="the database is away"):
            await lanes.run(3)
        assert claims == 2
        assert sending.sent() == [0]

    asyncio.run(run())


def test_more_is_claimed_while_every_lane_has_a_mail_on_its_way() -> None:
    async def run() -> None:
        claimed_again, claims = asyncio.Event(), 0

        async def deliver(_: object) -> Outcome:
            await claimed_again.wait()
            return SENT

        sending = Round(4, deliver)

        async def claim() -> tuple[int, list[Any]]:
            nonlocal claims
            claims += 1
            if claims == 2:
                claimed_again.set()
            return await sending.claim()

        lanes = Lanes(claim, deliver, sending.keep, stopped=lambda: False)
        assert await lanes.run(2) == 4
        assert sending.sent() == list(range(4))

    asyncio.run(asyncio.wait_for(run(), 10))


def test_what_was_claimed_ahead_is_put_back_when_somebody_asks_to_stop() -> None:
    async def run() -> None:
        async def deliver(_: object) -> Outcome:
            sending.stop = True
            return SENT

        sending = Round(20, deliver)
        sent = await sending.lanes.run(4)
        assert len(sending.sent()) == sent
        assert sorted(sending.due + sending.sent()) == list(range(20))

    asyncio.run(run())


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    scripted = ScriptedRelay()
    scripted.start()
    yield scripted
    scripted.stop()


def test_a_relay_that_takes_two_connections_gets_every_mail_once_over_two(desk: Desk, relay: ScriptedRelay) -> None:
    relay.script["CONNECT"] = ["220 welcome", "220 welcome", *["421 4.7.0 too many connections"] * 6]
    for index in range(60):
        desk.enrol(desk.add_lead(f"lead{index}@example.com"))
    desk.clock.advance(DAY)
    channel = SmtpRelay(smtp_settings(relay.port, smtp_connections=8), timeouts=PATIENT)
    with closing(Worker(dataclasses.replace(desk.outfit, channel=channel))) as worker:
        assert worker.run_once() == 60
        assert worker.away == ""
    recipients = [line for line in relay.commands if line.startswith("RCPT")]
    assert sorted(recipients) == sorted(f"RCPT TO:<lead{index}@example.com>" for index in range(60))
    assert sorted(map(str, desk.states())) == ["due"] * 60 + ["sent"] * 60
