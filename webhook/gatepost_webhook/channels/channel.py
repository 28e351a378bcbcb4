"""What every channel takes, and the few ways in which handing over a message can end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@dataclass(frozen=True)
class Outgoing:
    """One message, ready to go: the exact bytes, and its envelope."""

    #: Row of the mail; names it in the outbox.
    mail: int
    #: Envelope addresses (RFC 5321), without display names.
    sender: str
    recipient: str
    #: The whole message (RFC 5322), lines ended by CRLF.
    data: bytes
    message_id: str


@dataclass(frozen=True)
class Sent:
    """Accepted: the relay is responsible now."""

    reply: str


@dataclass(frozen=True)
class Later:
    """Refused for now, this message alone (4xx): try again on the schedule."""

    reply: str


@dataclass(frozen=True)
class Refused:
    """Refused for good (5xx): no further attempt."""

    reply: str
    #: The mailbox is dead (5.1.x, 5.2.1): write to it never again. False for refusals that are about us.
    dead: bool
    #: The relay's policy (5.7.x, 554): it is about us, and the next mails may meet it as well.
    policy: bool = False


@dataclass(frozen=True)
class Away:
    """The relay cannot be reached or turned us away before this message: nobody's attempt is used up."""

    reply: str


@dataclass(frozen=True)
class Misconfigured:
    """Our login or our reputation: sending stops until the owner has mended it."""

    reply: str


@dataclass(frozen=True)
class Ambiguous:
    """The message was handed over and no answer came: it may or may not have been accepted."""

    reply: str


@dataclass(frozen=True)
class Lost:
    """The lease ended before the message was handed over: another worker has it. Nothing was sent."""


Outcome: TypeAlias = Sent | Later | Refused | Away | Misconfigured | Ambiguous | Lost


#: Awaited once, just before the first byte that could make the other side accept a message. False: the lease is lost.
Talking: TypeAlias = "Callable[[], Awaitable[bool]]"


class Channel(Protocol):
    """Hands messages over. Used in one event loop."""

    #: How many messages it takes at once.
    lanes: int

    async def deliver(self, message: Outgoing, talking: Talking) -> Outcome:
        """Hand one message over; Lost, and nothing sent, when `talking` says that the lease is lost."""
        ...

    async def close(self) -> None:
        """End the conversations politely."""
        ...
