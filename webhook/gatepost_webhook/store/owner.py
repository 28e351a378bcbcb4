"""What the owner reads: leads, what they asked for, where they stand. Nothing here writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.store.database import Connection

#: A limit that is none; every database takes it.
NO_LIMIT = 2**62


class LeadCounts(NamedTuple):
    """Numbers of leads."""

    all: int
    confirmed: int
    #: With marketing consent in force.
    marketing: int


class LeadRow(NamedTuple):
    """A lead; times are epoch seconds."""

    id: int
    email: str
    #: JSON object of the form's answers.
    fields: str
    created_at: int
    confirmed_at: int | None
    marketing_at: int | None
    #: When consent was last withdrawn.
    withdrawn_at: int | None
    score: int
    #: "" for none.
    stage: str


class SubmissionRow(NamedTuple):
    """A submission; times are epoch seconds."""

    id: int
    lead_id: int
    email: str
    magnet: str
    at: int
    page: str
    #: 1 when the marketing box was ticked.
    marketing: int
    #: The exact words beside the box.
    wording: str | None
    confirmed_at: int | None
    downloaded_at: int | None
    #: JSON object of the form's answers.
    fields: str


class NoteRow(NamedTuple):
    """A note about a lead; the time is in epoch seconds."""

    id: int
    lead_id: int
    at: int
    text: str


class Standing(NamedTuple):
    """Where a lead is in one sequence; a time is in epoch seconds."""

    sequence: str
    #: active, finished or stopped.
    state: str
    reason: str
    #: The step whose mail waits.
    step: str | None
    due_at: int | None


class ReceiptRow(NamedTuple):
    """A receipt of consent; a time is in epoch seconds."""

    id: int
    lead_id: int
    submission_id: int | None
    purpose: str
    act: str
    at: int
    method: str
    page: str
    wording: str | None
    message_id: str | None


class EventRow(NamedTuple):
    """Something that happened; a time is in epoch seconds."""

    id: int
    lead_id: int
    at: int
    kind: str
    magnet: str
    sequence: str
    step: str
    #: JSON object.
    detail: str


class EnrolmentRow(NamedTuple):
    """A lead in a sequence; times are epoch seconds."""

    id: int
    lead_id: int
    submission_id: int | None
    sequence: str
    state: str
    reason: str
    started_at: int
    ended_at: int | None
    #: The step whose mail waits.
    next_step: str | None
    next_at: int | None


class MailRow(NamedTuple):
    """A mail without its bytes; times are epoch seconds."""

    id: int
    lead_id: int
    submission_id: int | None
    enrolment_id: int | None
    kind: str
    sequence: str | None
    step: str
    state: str
    reason: str
    subject: str
    due_at: int
    changed_at: int
    attempts: int
    message_id: str
    #: Name of the subject, when several compete.
    variant: str
    #: Of the text (BCP 47), and where that came from: its file, and the commit that was checked out.
    language: str
    file: str
    revision: str


class SuppressionCount(NamedTuple):
    """How many addresses get no mail for one reason."""

    scope: str
    reason: str
    addresses: int


def count_leads(connection: Connection, *, magnet: str = "") -> LeadCounts:
    """Count the leads of one magnet, or of all."""
    return LeadCounts(*statements.count_leads(connection, magnet=magnet))


def newest_leads(connection: Connection, *, magnet: str = "", most: int = NO_LIMIT) -> Iterator[LeadRow]:
    """Yield the leads of one magnet, or of all, newest first."""
    return (LeadRow(*row) for row in statements.newest_leads(connection, magnet=magnet, most=most))


def lead_of_address(connection: Connection, canonical: str) -> int | None:
    """Return the number of the lead behind a canonical address, None when there is none."""
    row = statements.lead_by_address(connection, canonical=canonical)
    return row["id"] if row else None


def leads_numbered(connection: Connection, lead_id: int) -> Iterator[LeadRow]:
    """Yield the lead of a number, if there is one."""
    return (LeadRow(*row) for row in statements.lead_numbered(connection, lead_id=lead_id))


def all_leads(connection: Connection) -> Iterator[LeadRow]:
    """Yield every lead by its number."""
    return (LeadRow(*row) for row in statements.all_leads(connection))


def magnets_of_lead(connection: Connection, lead_id: int) -> list[str]:
    """Return the magnets that a lead asked for, by name."""
    return [row[0] for row in statements.magnets_of_lead(connection, lead_id=lead_id)]


def standing_of_lead(connection: Connection, lead_id: int) -> list[Standing]:
    """Return where a lead is in which sequences, the latest last."""
    return [Standing(*row) for row in statements.standing_of_lead(connection, lead_id=lead_id)]


def magnets_asked_for(connection: Connection) -> list[str]:
    """Return every magnet that anybody asked for, by name."""
    return [row[0] for row in statements.magnets_asked_for(connection)]


def count_rows(connection: Connection) -> dict[str, int]:
    """Return how many rows a review copies: table of the copy -> rows."""
    row = statements.count_rows(connection)
    return dict(zip(row.keys(), row, strict=True))


def fields_of_leads(connection: Connection) -> Iterator[str]:
    """Yield the answers of every lead, as JSON objects."""
    return (row[0] for row in statements.fields_of_leads(connection))


def fields_of_submissions(connection: Connection) -> Iterator[str]:
    """Yield the answers of every submission, as JSON objects."""
    return (row[0] for row in statements.fields_of_submissions(connection))


def submissions_by_lead(connection: Connection) -> Iterator[SubmissionRow]:
    """Yield every submission, by the number of its lead."""
    return (SubmissionRow(*row) for row in statements.submissions_by_lead(connection))


def tags_by_lead(connection: Connection) -> Iterator[tuple[int, str]]:
    """Yield (number of a lead, tag), by lead."""
    return ((row[0], row[1]) for row in statements.tags_by_lead(connection))


def notes(connection: Connection) -> Iterator[NoteRow]:
    """Yield every note, in order."""
    return (NoteRow(*row) for row in statements.review_notes(connection))


def receipts(connection: Connection) -> Iterator[ReceiptRow]:
    """Yield every receipt of consent, in order."""
    return (ReceiptRow(*row) for row in statements.review_receipts(connection))


def events(connection: Connection) -> Iterator[EventRow]:
    """Yield everything that happened, in order."""
    return (EventRow(*row) for row in statements.review_events(connection))


def enrolments(connection: Connection) -> Iterator[EnrolmentRow]:
    """Yield every enrolment, in order."""
    return (EnrolmentRow(*row) for row in statements.review_enrolments(connection))


def mails(connection: Connection) -> Iterator[MailRow]:
    """Yield every mail, in order."""
    return (MailRow(*row) for row in statements.review_mails(connection))


def suppression_counts(connection: Connection) -> Iterator[SuppressionCount]:
    """Yield how many addresses get no mail, by reason."""
    return (SuppressionCount(*row) for row in statements.review_suppressions(connection))
