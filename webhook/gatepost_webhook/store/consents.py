"""Who agreed to what, word for word; who withdrew; and to whom nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

Act: TypeAlias = Literal["given", "declined", "confirmed", "withdrawn"]
Method: TypeAlias = Literal["form", "button", "one-click", "page", "complaint", "provider", "mail", "owner"]
#: What is agreed to: mails about what we offer, or the mails of one course, which somebody asked for by name.
Purpose: TypeAlias = Literal["marketing", "course"]
Scope: TypeAlias = Literal["marketing", "all"]


#: Epoch second that no request comes after.
FOR_GOOD = 2**62


@dataclass(frozen=True)
class About:
    """Whose consent it is, and where it was given."""

    lead_id: int
    submission_id: int | None = None
    page: str = ""
    #: Hash of the wording that was shown.
    wording: str = ""
    #: Of the mail whose button was pressed.
    message_id: str = ""
    purpose: Purpose = "marketing"


def keep_wording(connection: Connection, wording: str, text: str, *, now: int) -> None:
    """Keep a consent wording under its hash, once."""
    statements.keep_wording(connection, hash=wording, text=text, now=now)


def wording_text(connection: Connection, wording: str) -> str:
    """Return the wording of a hash, "" when none of that hash was ever shown."""
    row = statements.wording_of_hash(connection, hash=wording)
    return row["text"] if row else ""


def add_receipt(connection: Connection, about: About, act: Act, *, method: Method, now: int) -> None:
    """Record what a lead did about mails of a purpose."""
    statements.add_receipt(
        connection,
        lead_id=about.lead_id,
        submission_id=about.submission_id,
        purpose=about.purpose,
        act=act,
        now=now,
        method=method,
        page=about.page,
        wording=about.wording or None,
        message_id=about.message_id or None,
    )


def grant_marketing(connection: Connection, lead: int, *, now: int) -> bool:
    """Put a confirmed consent in force; True when none was in force before."""
    return bool(statements.grant_marketing(connection, lead_id=lead, now=now))


def lift_unsubscription(connection: Connection, address: str) -> bool:
    """End an unsubscription, because its address (as a keyed hash) has confirmed a fresh request for mails.

    True when there was one. A bounce, a complaint, and what the owner decided are not lifted by this.
    """
    return bool(statements.lift_unsubscription(connection, address=address))


def withdraw_marketing(connection: Connection, lead: int) -> bool:
    """End a consent; True when one was in force."""
    return bool(statements.withdraw_marketing(connection, lead_id=lead))


def suppress(connection: Connection, address: str, scope: Scope, reason: str, *, now: int) -> bool:
    """Send nothing of a scope to an address (its keyed hash) any more; True the first time only."""
    return bool(statements.suppress_address(connection, address=address, scope=scope, reason=reason, now=now))


def suppressed(connection: Connection, address: str) -> dict[str, int]:
    """Return scope -> since when (epoch second) an address (its keyed hash) gets no mail of it.

    What no fresh request can lift, because a bounce, a complaint or the owner said so, is as if it had been said last.
    """
    rows = statements.suppression_of(connection, address=address)
    return {row["scope"]: row["at"] if row["reason"] == "unsubscribed" else FOR_GOOD for row in rows}


def suppressions(connection: Connection, address: str) -> list[tuple[str, str, int]]:
    """Return (scope, reason, since when) of every suppression of an address (its keyed hash)."""
    rows = statements.suppression_of(connection, address=address)
    return [(row["scope"], row["reason"], row["at"]) for row in rows]


def confirmation_message_id(connection: Connection, lead: int, submission: int) -> str:
    """Return the Message-ID of the mail that asked a lead to confirm a submission, "" when it is not known."""
    row = statements.confirmation_message_id(connection, lead_id=lead, submission_id=submission)
    return row["message_id"] if row else ""
