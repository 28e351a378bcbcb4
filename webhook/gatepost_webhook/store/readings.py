"""How far somebody has read in the log of events, and which leads are to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatepost_webhook.store.enrolments import event_of
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.followup.plan import Event
    from gatepost_webhook.store.database import Connection


def read_on(connection: Connection, reader: str, limit: int) -> tuple[list[tuple[int, Event]], bool]:
    """Return the next events with their leads, oldest first, and whether there may be more; they count as read.

    To be called in the transaction that does what follows from them, so that each is read exactly once.
    """
    row = statements.reading_of(connection, reader=reader)
    before: int = row["event_id"]
    rows = list(statements.events_after(connection, after=before, limit=limit))
    if rows:
        statements.move_reading(connection, reader=reader, before=before, after=rows[-1]["id"])
    found = [(row["lead_id"], event_of(*tuple(row)[2:])) for row in rows]
    return found, len(rows) == limit


def last_lead(connection: Connection) -> int:
    """Return the highest number of a lead."""
    row = statements.last_lead(connection)
    return int(row["id"] or 0)


def willing_leads(
    connection: Connection, span: tuple[int, int], sequence: str, clause: str, parameters: Mapping[str, Any]
) -> list[int]:
    """Return the leads of a span of numbers who agreed to be written to, are not in a sequence, and fit a clause.

    The clause is one of leads/selecting.py. Leads whose answers it cannot search yet are among them.
    """
    # The clause is made of fixed words; all that people wrote is in the parameters.
    query = f"""
        SELECT id FROM lead
        WHERE id > :span_from AND id <= :span_to AND marketing_at IS NOT NULL AND ({clause} OR answers_kept = 0)
          AND NOT EXISTS (
            SELECT 1 FROM enrolment
            WHERE lead_id = lead.id AND sequence = :span_sequence AND state = 'active'
          )
        ORDER BY id
    """  # noqa: S608
    values = {**parameters, "span_from": span[0], "span_to": span[1], "span_sequence": sequence}
    return [row["id"] for row in connection.execute(query, values)]


def seated_leads(  # noqa: PLR0913 - whom, where to, and when again
    connection: Connection, span: tuple[int, int], sequence: str, magnet: str, *, again: int | None, now: int
) -> list[int]:
    """Return the leads of a span of numbers who confirmed a request for a magnet, and may come into a sequence by it.

    Who was in it comes `again` seconds after it ended, with a seat taken since they came in; None is never.
    """
    rows = statements.seated_leads(
        connection, span_from=span[0], span_to=span[1], sequence=sequence, magnet=magnet, again=again, now=now
    )
    return [row["lead_id"] for row in rows]
