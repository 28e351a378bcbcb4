"""Sends a held mail again, byte for byte, because its owner says so; what the relay answers decides about it anew."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING

from gatepost_webhook.bounces.traces import tagged
from gatepost_webhook.channels.channel import Ambiguous, Outgoing, Refused, Sent
from gatepost_webhook.followup.claimed import TALK_LEASE
from gatepost_webhook.followup.letters import envelope_address
from gatepost_webhook.followup.mailing import Sender
from gatepost_webhook.leads.address import keyed_hash
from gatepost_webhook.store import enrolments, held, mails
from gatepost_webhook.store.consents import suppressed
from gatepost_webhook.store.counters import HighWater, count_up
from gatepost_webhook.store.pauses import paused

if TYPE_CHECKING:
    from gatepost_webhook.channels.channel import Channel, Outcome
    from gatepost_webhook.clock import Clock
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.held import Held
    from gatepost_webhook.store.writer import Writer


class SecondCopies:
    """Hands held mails over once more, one at a time. Use in a thread without an event loop."""

    def __init__(self, settings: Settings, writer: Writer, channel: Channel, clock: Clock) -> None:
        """Raises SettingsError when the sender's address is unusable."""
        self._settings = settings
        self._sender = Sender.of(settings)
        self._writer = writer
        self._channel = channel
        self._clock = clock

    def send(self, mails_held: list[Held]) -> list[tuple[Held, str]]:
        """Send each again; return what came of it, in words."""
        return asyncio.run(self._all(mails_held))

    async def _all(self, mails_held: list[Held]) -> list[tuple[Held, str]]:
        try:
            return [(one, await self._again(one)) for one in mails_held]
        finally:
            await self._channel.close()

    async def _again(self, one: Held) -> str:
        taken = self._writer.run(functools.partial(self._take, one=one))
        if isinstance(taken, str):
            return taken
        outcome = await self._channel.deliver(taken, self._go_on)
        self._writer.run(functools.partial(self._record, one=one, outcome=outcome))
        reply = getattr(outcome, "reply", "")
        if isinstance(outcome, Sent):
            return f"sent again: {reply}"
        return f"refused: {reply}" if isinstance(outcome, Refused) else f"still held: {reply}"

    async def _go_on(self) -> bool:
        number = self._writer.run(functools.partial(count_up, name="handed over"))
        with HighWater(self._settings.database) as file:
            file.write(number)
        return True

    def _take(self, connection: Connection, one: Held) -> Outgoing | str:
        """Take the mail in hand; or say why it must not be sent."""
        now = self._clock.now()
        if pause := paused(connection):
            return f"still held: nothing is sent, because {pause.reason}"
        person = enrolments.recipient(connection, one.lead_id)
        scopes = suppressed(connection, keyed_hash(person.canonical, self._settings.address_key))
        if "all" in scopes or (one.kind == "drip" and scopes):
            return "still held: the address gets no such mail any more; give it up with: gatepost held drop"
        data = held.held_bytes(connection, one.id)
        if data is None:
            return "still held: its bytes are not kept any more; give it up with: gatepost held drop"
        if not held.take(connection, one, lease_until=now + TALK_LEASE, now=now):
            return "is not held any more"
        sender = self._sender
        bounces = tagged(sender.bounces, one.id, self._settings.signing_secrets[0]) if sender.bounces else ""
        return Outgoing(one.id, bounces or sender.address, envelope_address(person), data, one.message_id)

    def _record(self, connection: Connection, one: Held, outcome: Outcome) -> None:
        now, fence = self._clock.now(), one.fence + 1
        reply = getattr(outcome, "reply", "")
        state, reason = "held", one.reason
        if isinstance(outcome, Sent):
            state, reason = "sent", ""
        elif isinstance(outcome, Refused):
            state, reason = "failed", reply
        elif isinstance(outcome, Ambiguous):
            reason = reply
        if mails.end(connection, one.id, fence, state, reason=reason, now=now):
            kinds = {"sent": "delivered", "failed": "dropped"}
            held.record(connection, one, kinds.get(state, "repeated"), now=now, reply=reply)
