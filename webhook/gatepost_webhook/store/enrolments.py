"""Enrolments, and what following up needs to know of the leads behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.followup.plan import Event
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.mails import Mail

#: Characters of a version that events keep and people are shown.
VERSION_SHOWN = 12


@dataclass(frozen=True)
class Enrolment:
    """A lead's place in a sequence."""

    id: int
    lead_id: int
    sequence: str
    submission_id: int
    #: Content hash of the sequence with which it was planned last.
    version: str
    #: active, finished or stopped.
    state: str
    started_at: int
    #: From 1: how often the lead has been here, this time included.
    round: int = 1
    #: Why the lead came in: magnet, start, or a word of `enter`.
    cause: str = "magnet"


@dataclass(frozen=True)
class Recipient:
    """A lead as a mail needs it."""

    id: int
    email: str
    canonical: str
    fields: Mapping[str, str]
    #: A confirmed consent to marketing is in force.
    consents: bool
    #: IANA name of the time zone; "" when it is not known.
    zone: str = ""


@dataclass(frozen=True)
class Request:
    """The submission behind a mail."""

    id: int
    magnet: str
    at: int
    page: str
    #: 1 when the marketing box was ticked.
    marketing: int
    confirmed_at: int | None
    #: BCP 47: of the form that was sent; "" when that is not known.
    language: str = ""

    def is_confirmed_at(self, now: int) -> bool:
        """Tell whether it was confirmed by an epoch second."""
        return self.confirmed_at is not None and self.confirmed_at <= now


def keep_version(connection: Connection, sequence: Sequence, now: int) -> None:
    """Keep the version of a sequence with which somebody is planned."""
    statements.add_sequence_version(
        connection, hash=sequence.version, sequence=sequence.slug, source=sequence.source, now=now
    )


def add_enrolment(  # noqa: PLR0913 - a row's columns, all by name
    connection: Connection, *, sequence: Sequence, lead_id: int, submission_id: int, round_: int, cause: str, now: int
) -> int | None:
    """Enrol a lead for a round and return the row, None when the lead was enrolled for it before."""
    statements.add_sequence_version(
        connection, hash=sequence.version, sequence=sequence.slug, source=sequence.source, now=now
    )
    row = statements.add_new_enrolment(
        connection,
        lead_id=lead_id,
        sequence=sequence.slug,
        round=round_,
        cause=cause,
        submission_id=submission_id,
        version=sequence.version,
        now=now,
    )
    return row["id"] if row else None


@dataclass(frozen=True)
class Round:
    """One time that a lead went through a sequence."""

    round: int
    #: active, finished or stopped.
    state: str
    ended_at: int | None


def last_round(connection: Connection, lead_id: int, sequence: str) -> Round | None:
    """Return how a lead went through a sequence the last time, None when it never did."""
    row = statements.last_round_of_lead(connection, lead_id=lead_id, sequence=sequence)
    return Round(**row) if row else None


def enrolment(connection: Connection, enrolment_id: int) -> Enrolment:
    """Return one enrolment. Raises LookupError."""
    row = statements.enrolment_by_id(connection, id=enrolment_id)
    if row is None:
        raise LookupError(f"no enrolment {enrolment_id}")
    return Enrolment(**row)


def is_requested(connection: Connection, enrolment_of: Enrolment) -> bool:
    """Tell whether an enrolment is a course that was asked for and confirmed: it needs no other consent."""
    if enrolment_of.cause != "magnet":
        return False
    row = statements.course_confirmed(
        connection, lead_id=enrolment_of.lead_id, submission_id=enrolment_of.submission_id
    )
    return row is not None


def is_first(connection: Connection, lead_id: int, sequence: str, submission_id: int) -> bool:
    """Tell whether it was this submission that brought a lead into a sequence."""
    row = statements.enrolment_of_lead(connection, lead_id=lead_id, sequence=sequence)
    return row is not None and row["submission_id"] == submission_id


def active_enrolments(connection: Connection, lead_id: int) -> list[Enrolment]:
    """Return what a lead is being sent."""
    return [Enrolment(**row) for row in statements.active_enrolments_of(connection, lead_id=lead_id)]


def outdated_enrolments(connection: Connection, sequence: Sequence, limit: int) -> list[Enrolment]:
    """Return some active enrolments that were planned with another version of their sequence."""
    rows = statements.outdated_enrolments(connection, sequence=sequence.slug, version=sequence.version, limit=limit)
    return [Enrolment(**row) for row in rows]


def put_in_force(connection: Connection, sequence: Sequence, now: int) -> None:
    """Keep a version as the one that holds from now on, whether or not anybody is inside."""
    if last_sources(connection, sequence.slug)[:1] == [sequence.source]:
        return
    statements.add_sequence_version(
        connection, hash=sequence.version, sequence=sequence.slug, source=sequence.source, now=now
    )
    statements.put_in_force(connection, hash=sequence.version)


def set_version(connection: Connection, enrolment_id: int, sequence: Sequence, now: int) -> None:
    """Note the version with which an enrolment is planned from now on."""
    statements.add_sequence_version(
        connection, hash=sequence.version, sequence=sequence.slug, source=sequence.source, now=now
    )
    statements.set_enrolment_version(connection, id=enrolment_id, version=sequence.version)


def end_enrolment(connection: Connection, enrolment_id: int, state: str, reason: str, now: int) -> bool:
    """Make an active enrolment 'finished' or 'stopped'; False when it was not active."""
    changed: int = statements.end_enrolment(connection, id=enrolment_id, state=state, reason=reason, now=now)
    return changed == 1


def recipient(connection: Connection, lead_id: int) -> Recipient:
    """Return a lead as a mail needs it. Raises LookupError."""
    row = statements.lead_for_followup(connection, id=lead_id)
    if row is None:
        raise LookupError(f"no lead {lead_id}")
    fields = {str(name): str(value) for name, value in json.loads(row["fields"]).items()}
    return Recipient(row["id"], row["email"], row["canonical"], fields, row["marketing_at"] is not None, row["zone"])


def request(connection: Connection, submission_id: int) -> Request:
    """Return the submission behind a mail. Raises LookupError."""
    row = statements.submission_for_followup(connection, id=submission_id)
    if row is None:
        raise LookupError(f"no submission {submission_id}")
    return Request(**row)


def events_of(connection: Connection, lead_id: int) -> list[Event]:
    """Return what happened to a lead, as far as planning depends on it, oldest first."""
    return [event_of(*row) for row in statements.events_for_followup(connection, lead_id=lead_id)]


#: Kind of event -> which part of its details a decision depends on.
_NAMES = {"acted": "way", "renamed": "way", "tagged": "tag", "staged": "stage", "visited": "page"}


def event_of(at: int, kind: str, magnet: str, sequence: str, step: str, detail: str) -> Event:  # noqa: PLR0913, PLR0917 - a row
    """Return an event as decisions see it."""
    name = str(json.loads(detail).get(_NAMES[kind], "")) if kind in _NAMES else ""
    if kind in ("acted", "renamed"):
        return Event(at, kind, sequence, step, magnet, way=name)
    round_ = int(json.loads(detail).get("round", 0)) if '"round"' in detail else 0
    return Event(at, kind, sequence, step, magnet, name=name, round=round_)


def last_sources(connection: Connection, sequence: str) -> list[str]:
    """Return the stored versions of a sequence: first the one that was in force last."""
    return [row["source"] for row in statements.latest_sequence_sources(connection, sequence=sequence)]


def source_of(connection: Connection, version: str) -> str:
    """Return a stored version of a sequence by its hash, "" when it is not there."""
    row = statements.sequence_source(connection, hash=version)
    return row["source"] if row else ""


def finished_enrolments(connection: Connection, sequence: Sequence, limit: int) -> list[Enrolment]:
    """Return some enrolments that finished with another version of their sequence, of each lead the last."""
    rows = statements.finished_outdated_enrolments(
        connection, sequence=sequence.slug, version=sequence.version, limit=limit
    )
    return [Enrolment(**row) for row in rows]


def reopen_enrolment(connection: Connection, enrolment_id: int) -> bool:
    """Make a finished enrolment active again; False when it is not finished."""
    return bool(statements.reopen_enrolment(connection, id=enrolment_id))


def drips_under_way(connection: Connection, mail: Mail, now: int) -> list[tuple[int, str, str]]:
    """Return (mail, state, sequence) of the lead's other mails that are due or in somebody's hand."""
    rows = statements.drips_of_lead_under_way(connection, lead_id=mail.lead_id, id=mail.id, now=now)
    return [(row["id"], row["state"], row["sequence"]) for row in rows]


def proven_submission(connection: Connection, lead_id: int, magnet: str = "") -> int | None:
    """Return a lead's last confirmed submission, of a magnet when one is named; None when there is none."""
    row = statements.last_proven_submission(connection, lead_id=lead_id, magnet=magnet)
    return row["id"] if row else None
