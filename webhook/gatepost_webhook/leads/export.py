"""Leads for other programs: one row a lead or one a submission, as CSV, JSON or NDJSON, streamed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Generic, TextIO, TypeAlias, TypeVar

from gatepost_webhook.leads.answers import answer_columns, read_answers
from gatepost_webhook.leads.cells import neutral
from gatepost_webhook.leads.listing import marketing_state
from gatepost_webhook.leads.times import utc_time
from gatepost_webhook.store.owner import (
    all_leads,
    fields_of_leads,
    fields_of_submissions,
    submissions_by_lead,
    tags_by_lead,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.owner import LeadRow, SubmissionRow

Part = TypeVar("Part")

#: Column -> value: text, number, list of texts, the answers as an object, or None.
Record: TypeAlias = dict[str, object]
#: Turns epoch seconds into text, None into "".
When: TypeAlias = Callable[[int | None], str]

LEAD_COLUMNS = {
    "id": "number of the lead",
    "email": "address as typed",
    "magnets": "what the lead asked for, by name",
    "submissions": "how often the lead sent a form",
    "first_seen": "when the lead first sent a form",
    "last_seen": "when the lead last sent a form",
    "confirmed": "when the lead first confirmed the address",
    "downloaded": "when the lead first fetched a file",
    "marketing": "yes (consent confirmed and in force), withdrawn or no",
    "marketing_since": "since when the consent is in force",
    "score": "points by sequences/scores.yml",
    "stage": "how far the lead has come",
    "tags": "the lead's tags, by name",
}
SUBMISSION_COLUMNS = {
    "id": "number of the submission",
    "lead_id": "number of the lead",
    "email": "the lead's address as typed",
    "magnet": "what was asked for",
    "page": "the page that held the form",
    "submitted": "when the form was sent",
    "confirmed": "when the submission was confirmed",
    "downloaded": "when its file was first fetched",
    "marketing": "yes or no: was the box ticked",
    "wording": "the exact words beside the box",
}
#: Key that holds the answers of a record.
ANSWERS = "answers"


def lead_records(connection: Connection, *, when: When = utc_time) -> Iterator[Record]:
    """Yield one record a lead, oldest first; `when` turns times into text."""
    # All come by the lead's number, so one pass over each is enough.
    submissions = _Parts((row.lead_id, row) for row in submissions_by_lead(connection))
    tags = _Parts(tags_by_lead(connection))
    for lead in all_leads(connection):
        yield _lead_record(lead, submissions.of(lead.id), tags.of(lead.id), when)


def submission_records(connection: Connection) -> Iterator[Record]:
    """Yield one record a submission, by lead."""
    for row in submissions_by_lead(connection):
        yield {
            "id": row.id,
            "lead_id": row.lead_id,
            "email": row.email,
            "magnet": row.magnet,
            "page": row.page,
            "submitted": utc_time(row.at),
            "confirmed": utc_time(row.confirmed_at) or None,
            "downloaded": utc_time(row.downloaded_at) or None,
            "marketing": "yes" if row.marketing else "no",
            "wording": row.wording,
            ANSWERS: read_answers(row.fields),
        }


def lead_answers(connection: Connection) -> dict[str, str]:
    """Return field -> column of the answers that any lead gave."""
    return answer_columns(fields_of_leads(connection), LEAD_COLUMNS)


def submission_answers(connection: Connection) -> dict[str, str]:
    """Return field -> column of the answers that any submission gave."""
    return answer_columns(fields_of_submissions(connection), SUBMISSION_COLUMNS)


def write_csv(
    records: Iterable[Record], file: TextIO, *, columns: Iterable[str], answers: Mapping[str, str], raw: bool
) -> None:
    """Write CSV (RFC 4180) with a line of names; every cell is quoted, and neutral to spreadsheets unless `raw`."""
    plain = list(columns)
    cell = _plain if raw else _neutral
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([*plain, *answers.values()])
    for record in records:
        given = record[ANSWERS]
        values = chain((record[name] for name in plain), (_given(given, field) for field in answers))
        writer.writerow([cell(value) for value in values])


def write_json(records: Iterable[Record], file: TextIO) -> None:
    """Write one JSON array, a record a line."""
    separator = "[\n"
    for record in records:
        file.write(separator + json.dumps(record, ensure_ascii=False))
        separator = ",\n"
    file.write("[]\n" if separator == "[\n" else "\n]\n")


def write_ndjson(records: Iterable[Record], file: TextIO) -> None:
    """Write one JSON object a line."""
    file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


class _Parts(Generic[Part]):
    """What belongs to leads, in the order of their numbers, handed out lead by lead."""

    def __init__(self, parts: Iterator[tuple[int, Part]]) -> None:
        self._parts = parts
        self._waiting = next(parts, None)

    def of(self, lead_id: int) -> list[Part]:
        """Return the parts of a lead whose number is above all those before."""
        own = []
        while self._waiting is not None and self._waiting[0] == lead_id:
            own.append(self._waiting[1])
            self._waiting = next(self._parts, None)
        return own


def _lead_record(lead: LeadRow, submissions: list[SubmissionRow], tags: list[str], when: When) -> Record:
    downloads = [row.downloaded_at for row in submissions if row.downloaded_at is not None]
    return {
        "id": lead.id,
        "email": lead.email,
        "magnets": list(dict.fromkeys(row.magnet for row in submissions)),
        "submissions": len(submissions),
        "first_seen": when(lead.created_at),
        "last_seen": when(max((row.at for row in submissions), default=lead.created_at)),
        "confirmed": when(lead.confirmed_at) or None,
        "downloaded": when(min(downloads, default=None)) or None,
        "marketing": marketing_state(lead),
        "marketing_since": when(lead.marketing_at) or None,
        "score": lead.score,
        "stage": lead.stage or None,
        "tags": tags,
        ANSWERS: read_answers(lead.fields),
    }


def _given(answers: object, field: str) -> object:
    return answers.get(field) if isinstance(answers, dict) else None


def _plain(value: object) -> str:
    if value is None:
        return ""
    return "; ".join(value) if isinstance(value, list) else str(value)


def _neutral(value: object) -> str:
    return neutral(_plain(value))
