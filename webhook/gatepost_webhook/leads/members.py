"""Who is in a segment now: those whom SQL finds, and those whose answers SQL cannot search yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.leads.history import facts_at
from gatepost_webhook.leads.selecting import select
from gatepost_webhook.store.owner import NO_LIMIT
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatepost_webhook.leads.conditions import Condition
    from gatepost_webhook.store.database import Connection


def members(
    connection: Connection, condition: Condition, now: int, *, segments: Mapping[str, Condition] | None = None
) -> list[int]:
    """Return the numbers of the leads of whom a condition is true at epoch second `now`, in order."""
    known = segments or {}
    selection = select(condition, known, now)
    # The clause is made of fixed words (selecting.py); all that people wrote is in the parameters.
    query = "SELECT id FROM lead WHERE " + selection.clause  # noqa: S608
    found = [row[0] for row in connection.execute(query, selection.parameters)]
    if not selection.asks_answers:
        return sorted(found)
    waiting = {row[0] for row in statements.leads_without_answers(connection, limit=NO_LIMIT)}
    asked = {lead for lead in waiting if condition.holds(facts_of(connection, lead, now, segments=known))}
    return sorted(asked | (set(found) - waiting))


def members_at(
    connection: Connection,
    condition: Condition,
    at: int,
    leads: Iterable[int],
    *,
    segments: Mapping[str, Condition] | None = None,
) -> list[int]:
    """Return those of some leads of whom a condition was true at epoch second `at`, worked out from the log."""
    found = ((lead, facts_at(connection, lead, at, segments=segments)) for lead in leads)
    return [lead for lead, facts in found if facts is not None and condition.holds(facts)]
