"""Mails of unknown fate: handed over, and no answer came. The owner looks them up, and decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

#: Why a mail counts as sent although no relay said so.
OWNER_SAYS = "delivered, says the owner"
#: Why a mail is in somebody's hand that may have arrived before: it is not repeated by itself.
AGAIN = "repeated: the owner has it sent again"


@dataclass(frozen=True)
class Held:
    """One mail of unknown fate."""

    id: int
    #: confirm, delivery or drip.
    kind: str
    lead_id: int
    step: str
    #: What the relay said, or what ended the conversation.
    reason: str
    #: What to look for at the relay.
    message_id: str
    subject: str
    fence: int
    #: Epoch seconds: when it was handed over first, and since when it is held.
    handed_at: int
    held_at: int
    email: str
    #: "" for confirmations and files.
    sequence: str

    @property
    def phase(self) -> str:
        """How far the conversation had come."""
        if "stopped while sending" in self.reason:
            return "the worker was stopped after DATA, perhaps before the last byte"
        if self.reason.startswith("the database was restored"):
            return "not known: sent, or not, after the backup was made"
        return "the whole message was handed over (after DATA), and no answer came"


def held_mails(connection: Connection) -> list[Held]:
    """Return every held mail, oldest first."""
    return [Held(**row) for row in statements.held_mails(connection)]


def count_held(connection: Connection) -> int:
    """Return how many mails are held."""
    count: int = statements.count_held(connection)["count"]
    return count


def held_bytes(connection: Connection, mail_id: int) -> bytes | None:
    """Return the bytes of a held mail, None when they are not kept any more or it is not held."""
    row = statements.held_bytes(connection, id=mail_id)
    return row["mime"] if row else None


def deliver(connection: Connection, held: Held, *, now: int) -> bool:
    """Count a held mail as delivered; False when it is not held any more."""
    if not statements.deliver_held(connection, id=held.id, reason=OWNER_SAYS):
        return False
    record(connection, held, "delivered", now=now)
    return True


def drop(connection: Connection, held: Held, *, now: int) -> bool:
    """Give a held mail up; False when it is not held any more."""
    if not statements.drop_held(connection, id=held.id, reason=f"given up by the owner: {held.reason}", now=now):
        return False
    record(connection, held, "dropped", now=now)
    return True


def take(connection: Connection, held: Held, *, lease_until: int, now: int) -> bool:
    """Take a held mail in hand, to send it again; False when it is not held any more."""
    return bool(
        statements.take_held(connection, id=held.id, fence=held.fence, lease_until=lease_until, reason=AGAIN, now=now)
    )


def record(connection: Connection, held: Held, kind: str, *, now: int, reply: str = "") -> None:
    """Record what the owner decided about a held mail, and what came of it."""
    detail = {"mail": held.id, "kind": held.kind, "by": "owner"} | ({"reply": reply} if reply else {})
    add_event(connection, kind, lead_id=held.lead_id, now=now, sequence=held.sequence, step=held.step, detail=detail)
