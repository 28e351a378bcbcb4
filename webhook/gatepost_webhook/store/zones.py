"""The time zone that a lead is in, and who said so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

Source: TypeAlias = Literal["form", "import", "page"]


def set_zone(connection: Connection, lead_id: int, zone: str, source: Source) -> bool:
    """Keep a lead's zone (IANA name, "" for nobody knows); False when nothing changes, or the lead chose another."""
    return bool(statements.set_zone(connection, lead_id=lead_id, zone=zone, source=source))


def zone_of(connection: Connection, lead_id: int) -> str:
    """Return the IANA name of a lead's zone, "" when it is not known."""
    row = statements.zone_of_lead(connection, lead_id=lead_id)
    return str(row["zone"]) if row else ""
