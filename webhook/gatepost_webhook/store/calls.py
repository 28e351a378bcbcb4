"""Calls of other systems that sequences want made: one row each, from due to sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatepost_webhook.store.mails import LONGEST_LEASE
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.enrolments import Enrolment


@dataclass(frozen=True)
class Call:
    """A call in this worker's hand."""

    id: int
    lead_id: int
    enrolment_id: int
    step: str
    #: Of the address in the settings.
    name: str
    fence: int
    attempts: int
    created_at: int


def add_call(connection: Connection, enrolment: Enrolment, step: str, name: str, *, now: int) -> bool:
    """Want a call made; False when this step of the enrolment wants it already."""
    return bool(
        statements.add_call(
            connection, lead_id=enrolment.lead_id, enrolment_id=enrolment.id, step=step, name=name, now=now
        )
    )


def call_is_due(connection: Connection, now: int) -> bool:
    """Tell whether a call is due, or one was left behind."""
    return statements.call_is_due(connection, now=now) is not None


def due_calls(connection: Connection, *, now: int, without: Collection[str], limit: int) -> list[Call]:
    """Return calls that are due, and those that a worker took and never ended; none of the names `without`."""
    statements.return_abandoned_calls(connection, now=now, latest=now + LONGEST_LEASE)
    rows = statements.due_calls(connection, now=now, without=json.dumps(list(without)), limit=limit)
    return [Call(**row) for row in rows]


def claim(connection: Connection, call: Call, *, lease_until: int, now: int) -> Call | None:
    """Take a due call in hand; None when somebody else did."""
    taken = statements.claim_call(connection, id=call.id, fence=call.fence, lease_until=lease_until, now=now)
    return replace(call, fence=call.fence + 1) if taken else None


def old_calls(connection: Connection, names: Collection[str], *, before: int, now: int, limit: int) -> list[Call]:
    """Return due calls of some names that were wanted before an epoch second."""
    if not names:
        return []
    rows = statements.old_calls(connection, names=json.dumps(list(names)), before=before, now=now, limit=limit)
    return [Call(**row) for row in rows]


def give_back(connection: Connection, call: Call, *, due_at: int, reason: str, now: int) -> bool:
    """Make a call due again; False when the claim is lost."""
    return bool(statements.return_call(connection, id=call.id, fence=call.fence, due_at=due_at, reason=reason, now=now))


def end(connection: Connection, call: Call, state: str, *, reason: str, now: int) -> bool:
    """Make a call 'sent' or 'failed'; False when the claim is lost."""
    return bool(statements.end_call(connection, id=call.id, fence=call.fence, state=state, reason=reason, now=now))
