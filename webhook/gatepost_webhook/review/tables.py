"""What a review shows: the allow-list of tables and columns, each with its meaning. Nothing else is ever copied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from gatepost_webhook.leads import export
from gatepost_webhook.leads.answers import answer_columns, read_answers
from gatepost_webhook.leads.times import local_time
from gatepost_webhook.store import bounces, owner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatepost_webhook.store.database import Connection

#: Column -> value of one row; the answers are one object under export.ANSWERS.
Row: TypeAlias = dict[str, object]

#: Columns that hold numbers; all others hold text.
NUMBERS = frozenset(
    {
        "id",
        "lead_id",
        "submission_id",
        "enrolment_id",
        "mail_id",
        "submissions",
        "attempts",
        "addresses",
        "score",
        "minutes_to_confirm",
        "minutes_to_download",
    }
)


@dataclass(frozen=True)
class Table:
    """One table of the copy."""

    name: str
    title: str
    description: str
    #: Column -> what it means.
    columns: dict[str, str]
    rows: Callable[[Connection], Iterator[Row]]
    #: The columns that tell its rows apart.
    key: tuple[str, ...] = ("id",)
    #: Columns that name a row of another table: column -> table.
    links: dict[str, str] = field(default_factory=dict)
    #: The column that stands for a row where another table names it.
    label: str = ""
    #: Columns by whose values one can narrow down.
    facets: tuple[str, ...] = ()
    #: Columns in a unit: column -> unit.
    units: dict[str, str] = field(default_factory=dict)
    #: Whether the answers of the forms follow the columns.
    answers: Callable[[Connection], dict[str, str]] | None = None


def _leads(connection: Connection) -> Iterator[Row]:
    for record in export.lead_records(connection, when=local_time):
        yield {**record, **{name: ", ".join(map(str, _list(record[name]))) for name in ("magnets", "tags")}}


def _submissions(connection: Connection) -> Iterator[Row]:
    for row in owner.submissions_by_lead(connection):
        yield {
            "id": row.id,
            "lead_id": row.lead_id,
            "magnet": row.magnet,
            "page": row.page,
            "submitted": local_time(row.at),
            "confirmed": local_time(row.confirmed_at),
            "minutes_to_confirm": _minutes(row.at, row.confirmed_at),
            "downloaded": local_time(row.downloaded_at),
            "minutes_to_download": _minutes(row.at, row.downloaded_at),
            "marketing": "yes" if row.marketing else "no",
            "wording": row.wording,
            export.ANSWERS: read_answers(row.fields),
        }


def _notes(connection: Connection) -> Iterator[Row]:
    for row in owner.notes(connection):
        yield {**row._asdict(), "at": local_time(row.at)}


def _receipts(connection: Connection) -> Iterator[Row]:
    for row in owner.receipts(connection):
        yield {**row._asdict(), "at": local_time(row.at)}


def _events(connection: Connection) -> Iterator[Row]:
    for row in owner.events(connection):
        yield {**row._asdict(), "at": local_time(row.at), **_told(row.detail)}


def _enrolments(connection: Connection) -> Iterator[Row]:
    for row in owner.enrolments(connection):
        times = {"started": row.started_at, "ended": row.ended_at, "next_mail": row.next_at}
        yield {**row._asdict(), **{name: local_time(at) for name, at in times.items()}}


def _mails(connection: Connection) -> Iterator[Row]:
    for row in owner.mails(connection):
        yield {**row._asdict(), "due": local_time(row.due_at), "changed": local_time(row.changed_at)}


def _bounces(connection: Connection) -> Iterator[Row]:
    for row in bounces.every_bounce(connection):
        yield {**row._asdict(), "at": local_time(row.at)}


def _suppressions(connection: Connection) -> Iterator[Row]:
    for row in owner.suppression_counts(connection):
        yield row._asdict()


def _minutes(start: int, end: int | None) -> int | None:
    return None if end is None else max(0, end - start) // 60


def _told(detail: str) -> Row:
    """Return what an event's detail tells of the mail and the reason; the rest of it stays behind."""
    loaded = read_answers(detail)
    return {"mail": loaded.get("kind"), "reason": loaded.get("reason")}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


_LEAD = {"lead_id": "the lead"}
_BY_SUBMISSION = {"lead_id": "leads", "submission_id": "submissions"}

TABLES = (
    Table(
        name="leads",
        title="Leads",
        description="One row a person, with the answers of their latest form.",
        columns=export.LEAD_COLUMNS,
        rows=_leads,
        label="email",
        facets=("marketing", "stage"),
        answers=export.lead_answers,
    ),
    Table(
        name="submissions",
        title="Submissions",
        description="One row for each form that was sent.",
        columns={
            "id": "number of the submission",
            **_LEAD,
            "magnet": "what was asked for",
            "page": "the page that held the form",
            "submitted": "when the form was sent",
            "confirmed": "when the submission was confirmed",
            "minutes_to_confirm": "minutes from the form to its confirmation",
            "downloaded": "when its file was first fetched",
            "minutes_to_download": "minutes from the form to the first download",
            "marketing": "yes or no: was the box ticked",
            "wording": "the exact words beside the box",
        },
        rows=_submissions,
        links={"lead_id": "leads"},
        label="magnet",
        facets=("magnet", "page"),
        units={"minutes_to_confirm": "minute", "minutes_to_download": "minute"},
        answers=lambda connection: answer_columns(
            owner.fields_of_submissions(connection), {*export.SUBMISSION_COLUMNS, *NUMBERS}
        ),
    ),
    Table(
        name="notes",
        title="Notes",
        description="What steps of sequences noted about leads.",
        columns={"id": "number of the note", **_LEAD, "at": "when", "text": "the note"},
        rows=_notes,
        links={"lead_id": "leads"},
    ),
    Table(
        name="receipts",
        title="Consent receipts",
        description="Consent as it was given, confirmed and withdrawn, word for word. Kept for ever, never changed.",
        columns={
            "id": "number of the receipt",
            **_LEAD,
            "submission_id": "the submission that it came with",
            "purpose": "what was agreed to",
            "act": "given, declined, confirmed or withdrawn",
            "at": "when",
            "method": "by a form, a button, one click in the mail program, or a page",
            "page": "the page that held the form",
            "wording": "the exact words",
            "message_id": "Message-ID of the confirmation mail",
        },
        rows=_receipts,
        links=_BY_SUBMISSION,
        facets=("act",),
    ),
    Table(
        name="events",
        title="Events",
        description="Everything that happened, one row each.",
        columns={
            "id": "number of the event",
            **_LEAD,
            "at": "when",
            "kind": "submitted, confirmed, downloaded, enrolled, sent, skipped and so on",
            "magnet": "what it was about, for submissions and downloads",
            "sequence": "what it was about, for follow-up mails",
            "step": "the step of the sequence",
            "mail": "which mail: confirm, delivery or drip",
            "reason": "why, where there is a choice",
        },
        rows=_events,
        links={"lead_id": "leads"},
        facets=("kind",),
    ),
    Table(
        name="enrolments",
        title="Enrolments",
        description="Who is or was in which sequence, and what comes next.",
        columns={
            "id": "number of the enrolment",
            **_LEAD,
            "submission_id": "the submission that began it",
            "sequence": "the sequence",
            "state": "active, finished or stopped",
            "reason": "why it ended",
            "started": "since when",
            "ended": "until when",
            "next_step": "the step whose mail waits",
            "next_mail": "when it is due",
        },
        rows=_enrolments,
        links=_BY_SUBMISSION,
        label="sequence",
        facets=("sequence", "state"),
    ),
    Table(
        name="mails",
        title="Mails",
        description="Every mail that was or will be sent, without its text.",
        columns={
            "id": "number of the mail",
            **_LEAD,
            "submission_id": "the submission that it answers",
            "enrolment_id": "the enrolment that it belongs to",
            "kind": "confirm, delivery or drip",
            "sequence": "the sequence, for drip mails",
            "step": "the step of the sequence",
            "state": "due, claimed, talking, sent, failed, held, skipped or cancelled",
            "reason": "why it is in that state",
            "subject": "its subject, once written",
            "due": "when it was to go",
            "changed": "when its state last changed",
            "attempts": "how often it was tried",
            "message_id": "its Message-ID",
            "variant": "name of its subject, when several compete",
            "language": "language of its text",
            "file": "file of its text",
            "revision": "commit of the project's files when it was written",
        },
        rows=_mails,
        links={**_BY_SUBMISSION, "enrolment_id": "enrolments"},
        facets=("kind", "state", "variant"),
    ),
    Table(
        name="bounces",
        title="Bounces and complaints",
        description="What came back after a mail. What the other side said is its own words, and may say anything.",
        columns={
            "id": "number of what came back",
            **_LEAD,
            "mail_id": "the mail that it is about, where that is known",
            "at": "when it was read",
            "kind": "bounced, soft, blocked, delayed, complained or unsubscribed",
            "status": "status code (RFC 3463)",
            "diagnostic": "what the other side said",
            "source": "who told it: smtp, dsn, arf, prose, mail, or a provider",
        },
        rows=_bounces,
        links={"lead_id": "leads", "mail_id": "mails"},
        facets=("kind", "source"),
    ),
    Table(
        name="suppressions",
        title="Suppressed addresses",
        description="How many addresses get no mail, and why. The addresses are hashes and stay where they are.",
        columns={
            "scope": "marketing: no follow-ups; all: no mail at all",
            "reason": "unsubscribed, not-me, bounced, complained or owner",
            "addresses": "how many",
        },
        rows=_suppressions,
        key=("scope", "reason"),
    ),
)
