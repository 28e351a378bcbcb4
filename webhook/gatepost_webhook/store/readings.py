"""How far somebody has read in the log of events, and which leads are to be looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from gatepost_webhook.store.enrolments import event_of
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatepost_webhook.followup.plan import Event
    from gatepost_webhook.leads.selecting import Selection
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


@dataclass(frozen=True)
class Some:
    """Some leads, as a clause over `lead` from fixed words, and its parameters."""

    clause: str
    parameters: Mapping[str, Any]

    @classmethod
    def named(cls, leads: Iterable[int]) -> Some:
        """Return leads by their numbers."""
        return cls("id IN (SELECT value FROM json_each(:some))", {"some": json.dumps(list(leads))})

    @classmethod
    def between(cls, after: int, last: int) -> Some:
        """Return the leads of a span of numbers, the first left out."""
        return cls("id > :some_after AND id <= :some_last", {"some_after": after, "some_last": last})

    @classmethod
    def aged(cls, spans: Iterable[tuple[int, int]]) -> Some:
        """Return the leads who came, or did something last, in one of some spans of epoch seconds."""
        parts, values = list[str](), dict[str, int]()
        for number, (first, last) in enumerate(spans):
            values |= {f"some_from{number}": first, f"some_to{number}": last}
            within = f">= :some_from{number} AND {{0}} <= :some_to{number}"
            # Most leads did nothing yet, and are not in the index of those who did.
            parts += [
                f"SELECT id FROM lead WHERE {column} <> 0 AND {column} {within.format(column)}"  # noqa: S608
                for column in ("created_at", "last_activity_at")
            ]
        return cls(f"id IN ({' UNION '.join(parts)})", values)


class Fitting(NamedTuple):
    """Willing leads of whom a condition is true, and those of whom it cannot be told by a clause yet."""

    true: list[int]
    unsure: list[int]


def fitting_leads(connection: Connection, some: Some, selection: Selection) -> Fitting:
    """Return which of some leads agreed to be written to and fit a selection (leads/selecting.py)."""
    unsure = "answers_kept = 0" if selection.asks_answers else "1 = 0"
    # The clauses are made of fixed words; all that people wrote is in the parameters.
    query = f"""
        SELECT id, {unsure} AS unsure FROM lead
        WHERE {some.clause} AND marketing_at IS NOT NULL AND ({selection.clause} OR {unsure})
        ORDER BY id
    """  # noqa: S608
    rows = connection.execute(query, {**selection.parameters, **some.parameters}).fetchall()
    return Fitting([row["id"] for row in rows if not row["unsure"]], [row["id"] for row in rows if row["unsure"]])


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
