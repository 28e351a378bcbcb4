"""A channel that keeps what it is given and ends as it is told: for tests of everything that sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.channels.channel import Ambiguous, Lost, Sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gatepost_webhook.channels.channel import Outcome, Outgoing, Talking


class RecordingChannel:
    """Accepts messages, or ends each with the next of the outcomes it was given."""

    def __init__(self, outcomes: Iterable[Outcome] = (), *, lanes: int = 1) -> None:
        self.lanes = lanes
        #: What was handed over and may have been accepted, in order.
        self.messages: list[Outgoing] = []
        #: How the next messages end; "accepted" for all when empty.
        self.outcomes = list(outcomes)
        #: Called before `talking`, with the message: to let something happen in between.
        self.before: Callable[[Outgoing], None] | None = None
        self.closed = False

    async def deliver(self, message: Outgoing, talking: Talking) -> Outcome:
        """Keep a message and return the next outcome."""
        outcome = self.outcomes.pop(0) if self.outcomes else Sent("250 OK")
        if self.before:
            self.before(message)
        if not isinstance(outcome, (Sent, Ambiguous)):
            return outcome
        if not await talking():
            return Lost()
        self.messages.append(message)
        return outcome

    async def close(self) -> None:
        """Note that the conversation is over."""
        self.closed = True
