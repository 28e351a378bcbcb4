"""Everything that is kept about one person, and about nobody else: for the person, and for an owner who is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatepost_webhook.intake.stamping import copies
from gatepost_webhook.leads.times import utc_time
from gatepost_webhook.store.consents import wording_text
from gatepost_webhook.store.personal import Personal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatepost_webhook.leads.named import Person
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.personal import Row

#: Columns with JSON in them, whatever the table.
_JSON = frozenset({"fields", "detail", "topics_left"})


def everything_about(connection: Connection, settings: Settings, person: Person, *, now: int) -> dict[str, Any]:
    """Return a JSON object with every row about a person, as it is kept, by table.

    Times are RFC 3339 in UTC. Rows that know the address by its keyed hash alone are among them, so the object of
    somebody who was erased, or never was there, says what is still known of that address.
    """
    personal = Personal(connection)
    rows = personal.rows(person.lead_id) if person.lead_id is not None else {}
    mails = [row["id"] for row in rows.get("mail", ())]
    rows |= personal.rows_of_address(person.address)
    return {
        "address": person.email,
        "made_at": utc_time(now),
        "kept": {table: [_shown(row) for row in found] for table, found in rows.items() if found},
        "wordings": _wordings(connection, (row for found in rows.values() for row in found)),
        "files": _files(settings, person.lead_id, mails),
    }


def _shown(row: Row) -> Row:
    """Return a row as JSON: times and JSON in words, the bytes of a mail as text."""
    return {column: _value(column, value) for column, value in row.items()}


def _value(column: str, value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, int) and (column in ("at", "lease_until", "paused_until") or column.endswith("_at")):
        return utc_time(value) if value else None
    if isinstance(value, str) and column in _JSON:
        return json.loads(value)
    return value


def _wordings(connection: Connection, rows: Iterable[Row]) -> dict[str, str]:
    """Return hash -> text of what stood beside the boxes that the person saw."""
    hashes = {str(row["wording"]) for row in rows if row.get("wording")}
    return {wording: wording_text(connection, wording) for wording in sorted(hashes)}


def _files(settings: Settings, lead: int | None, mails: list[int]) -> list[str]:
    """Return the files about a person, as paths within the data folder."""
    captured = [settings.mailbox / f"{mail:08d}.eml" for mail in mails]
    own = copies(settings).of(lead) if lead is not None else []
    return [str(path.relative_to(settings.data)) for path in (*captured, *own) if path.is_file()]
