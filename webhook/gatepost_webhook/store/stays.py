"""What happened to one lead, with everything that explains it. Nothing here writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.store.database import Connection


class Stay(NamedTuple):
    """A lead's stay in a sequence; times are epoch seconds."""

    id: int
    sequence: str
    #: Content hash of the sequence with which it was planned last.
    version: str
    #: active, finished or stopped.
    state: str
    reason: str
    started_at: int
    ended_at: int | None
    #: The request behind it.
    submission_id: int | None
    magnet: str | None
    asked_at: int | None
    page: str | None
    #: The mail that waits, None when none does.
    mail_id: int | None
    step: str | None
    #: due, claimed or talking.
    mail_state: str | None
    due_at: int | None
    attempts: int | None
    #: Why the mail is due again, "" when it is for the first time.
    mail_reason: str | None


@dataclass(frozen=True)
class Happening:
    """Something that happened to a lead, at an epoch second."""

    id: int
    at: int
    kind: str
    magnet: str
    sequence: str
    step: str
    detail: Mapping[str, object]


class Version(NamedTuple):
    """A sequence as its files were."""

    hash: str
    source: str
    #: Epoch second.
    first_seen_at: int


def stays_of(connection: Connection, lead_id: int) -> list[Stay]:
    """Return every sequence that a lead is or was in, the first one first."""
    return [Stay(*row) for row in statements.stays_of_lead(connection, lead_id=lead_id)]


def happenings_of(connection: Connection, lead_id: int) -> list[Happening]:
    """Return everything that happened to a lead, oldest first."""
    rows = statements.happenings_of_lead(connection, lead_id=lead_id)
    return [Happening(**{**row, "detail": json.loads(row["detail"])}) for row in map(dict, rows)]


def versions_of(connection: Connection, sequence: str) -> list[Version]:
    """Return the versions of a sequence, the oldest first."""
    return [Version(*row) for row in statements.versions_of_sequence(connection, sequence=sequence)]
