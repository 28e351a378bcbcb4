"""A lead who is erased while a worker has their mail in hand: the worker goes on, and nothing of them stays."""

from __future__ import annotations

import dataclasses
import logging
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.channels.channel import Ambiguous, Later, Refused, Sent
from gatepost_webhook.channels.mailbox import Mailbox
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.leads.erasure import clean, erase

if TYPE_CHECKING:
    from gatepost_webhook.channels.channel import Outcome, Outgoing, Talking
    from gatepost_webhook.followup.outfit import Outfit
    from tests.webhook.followup.desk import Desk


def erased(outfit: Outfit, lead: int) -> None:
    now = outfit.clock.now()
    assert clean(outfit.settings, erase(outfit.writer, outfit.settings, [lead], method="page", now=now)) == []


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_mail_that_is_not_handed_over_yet_is_not(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    going, staying = desk.add_lead("anna@example.com"), desk.add_lead("bela@example.com")
    for lead in (going, staying):
        desk.queue("delivery", lead)

    def first(message: Outgoing) -> None:
        if message.recipient == "anna@example.com":
            erased(desk.outfit, going)

    desk.channel.before = first

    assert [message.recipient for message in desk.run()] == ["bela@example.com"]
    assert desk.states() == ["sent"]
    assert complaints(caplog) == []


@pytest.mark.parametrize(
    "outcome",
    [Sent("250"), Later("451"), Refused("550", dead=True), Ambiguous("no answer")],
    ids=lambda one: type(one).__name__,
)
@pytest.mark.parametrize("kind", ["delivery", "drip"])
def test_whatever_becomes_of_a_mail_in_hand_there_is_nothing_to_record(
    desk: Desk, kind: str, outcome: Outcome, caplog: pytest.LogCaptureFixture
) -> None:
    lead = desk.add_lead("anna@example.com")
    if kind == "drip":
        desk.enrol(lead)
        desk.clock.advance(86_400)
    else:
        desk.queue(kind, lead)

    class Telling:
        lanes = 1

        async def deliver(self, _message: Outgoing, talking: Talking) -> Outcome:
            assert await talking()
            erased(desk.outfit, lead)
            return outcome

        async def close(self) -> None:
            pass

    desk.worker = Worker(dataclasses.replace(desk.outfit, channel=Telling()))
    desk.run()

    assert desk.mails() == desk.events() == []
    assert desk.sql("SELECT scope, reason FROM suppression") == [{"scope": "marketing", "reason": "unsubscribed"}]
    assert complaints(caplog) == []
    other = desk.add_lead("bela@example.com")
    desk.queue("delivery", other)
    desk.worker = Worker(desk.outfit)
    assert [message.recipient for message in desk.run()] == ["bela@example.com"]


def test_a_captured_mail_that_was_being_written_is_gone_as_well(desk: Desk) -> None:
    lead = desk.add_lead("anna@example.com", '{"first_name": "Anastasia"}')
    desk.queue("delivery", lead)
    folder = desk.outfit.settings.mailbox
    mailbox = Mailbox(folder)

    class Between:
        lanes = 1

        async def deliver(self, message: Outgoing, talking: Talking) -> Outcome:
            async def then() -> bool:
                good = await talking()
                now = desk.clock.now()
                erase(desk.outfit.writer, desk.outfit.settings, [lead], method="command", now=now)
                return good

            return await mailbox.deliver(message, then)

        async def close(self) -> None:
            pass

    desk.worker = Worker(dataclasses.replace(desk.outfit, channel=Between()))
    desk.run()

    assert list(folder.iterdir()) == []
    assert desk.worker.away == ""
