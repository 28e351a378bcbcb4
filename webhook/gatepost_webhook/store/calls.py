"""Calls of other systems that sequences want made: one row each, from due to sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.store.mails import LONGEST_LEASE
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
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


def claim_due(connection: Connection, *, now: int, lease_until: int, limit: int) -> list[Call]:
    """Take in hand what is due, and what a worker took and never ended."""
    statements.return_abandoned_calls(connection, now=now, latest=now + LONGEST_LEASE)
    due = [Call(**row) for row in statements.due_calls(connection, now=now, limit=limit)]
    return [
        Call(**{**vars(call), "fence": call.fence + 1})
        for call in due
        if statements.claim_call(connection, id=call.id, fence=call.fence, lease_until=lease_until, now=now)
    ]


def give_back(connection: Connection, call: Call, *, due_at: int, reason: str, now: int) -> bool:
    """Make a call due again; False when the claim is lost."""
    return bool(statements.return_call(connection, id=call.id, fence=call.fence, due_at=due_at, reason=reason, now=now))


def end(connection: Connection, call: Call, state: str, *, reason: str, now: int) -> bool:
    """Make a call 'sent' or 'failed'; False when the claim is lost."""
    return bool(statements.end_call(connection, id=call.id, fence=call.fence, state=state, reason=reason, now=now))
