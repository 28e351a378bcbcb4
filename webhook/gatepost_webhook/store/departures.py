"""Leaving: what waits for a lead is not sent, even when a worker has it in hand already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection


def cancel_mails(
    connection: Connection, lead: int, scope: Literal["marketing", "all"], *, reason: str, now: int
) -> None:
    """Cancel the drips that wait for a lead, or every mail. One that is being handed over cannot be called back."""
    cancel = statements.cancel_lead_mails if scope == "all" else statements.cancel_lead_drips
    for row in list(cancel(connection, lead_id=lead, reason=reason, now=now)):
        detail = {"reason": reason, "mail": row["id"], "kind": row["kind"]}
        add_event(connection, "cancelled", lead_id=lead, now=now, step=row["step"], detail=detail)
