"""Who asked for what: leads and their submissions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.store.database import Connection

# json.dumps would make an encoder for each call.
_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Lead:
    """A person, as far as the intake needs to know."""

    id: int
    email: str
    canonical: str
    confirmed: bool
    #: A confirmed marketing consent is in force.
    marketing: bool


@dataclass(frozen=True)
class Submission:
    """One request for a magnet, with its lead."""

    id: int
    lead: Lead
    magnet: str
    #: Epoch second.
    at: int
    page: str
    fields: dict[str, str]
    marketing: bool
    #: Hash of the consent wording that was shown, "" when none was.
    wording: str
    confirmed: bool
    #: BCP 47: of the form that was sent; "" when that is not known.
    language: str = ""


@dataclass(frozen=True)
class Draft:
    """A request as it came in, checked."""

    email: str
    canonical: str
    magnet: str
    page: str
    fields: Mapping[str, str]
    marketing: bool
    wording: str
    fingerprint: str
    language: str = ""


def keep_lead(connection: Connection, draft: Draft, *, now: int) -> Lead:
    """Find or make the lead of an address, and merge in what was answered now.

    Newer answers win, except over a confirmed lead's: nobody has proved yet that these are that person's.
    """
    fields = _encode(dict(draft.fields))
    added = statements.add_lead(connection, email=draft.email, canonical=draft.canonical, fields=fields, now=now)
    if added:
        return Lead(added["id"], draft.email, draft.canonical, confirmed=False, marketing=False)
    row = statements.lead_of_address(connection, canonical=draft.canonical)
    confirmed, before = row["confirmed_at"] is not None, json.loads(row["fields"])
    merged = {**draft.fields, **before} if confirmed else {**before, **draft.fields}
    _set_fields(connection, row["id"], row["fields"], merged)
    marketing = row["marketing_at"] is not None
    return Lead(row["id"], row["email"], draft.canonical, confirmed=confirmed, marketing=marketing)


def prove_answers(connection: Connection, submission: Submission) -> None:
    """Let the answers of a submission win: its button was pressed in the lead's own mailbox."""
    row = statements.lead_of_id(connection, lead_id=submission.lead.id)
    _set_fields(connection, submission.lead.id, row["fields"], {**json.loads(row["fields"]), **submission.fields})


def repeated(connection: Connection, draft: Draft, *, since: int) -> bool:
    """Tell whether the same answers came to the same form after `since` (epoch seconds)."""
    found = statements.repeated_submission(
        connection, canonical=draft.canonical, magnet=draft.magnet, fingerprint=draft.fingerprint, since=since
    )
    return found is not None


def add_submission(connection: Connection, draft: Draft, lead: Lead, *, wording: str, now: int) -> Submission:
    """Keep a request."""
    row: int = statements.add_submission(
        connection,
        lead_id=lead.id,
        magnet=draft.magnet,
        now=now,
        page=draft.page,
        fields=_encode(dict(draft.fields)),
        marketing=int(draft.marketing),
        wording=wording or None,
        fingerprint=draft.fingerprint,
        language=draft.language,
    )
    fields = dict(draft.fields)
    return Submission(
        row,
        lead,
        draft.magnet,
        now,
        draft.page,
        fields,
        marketing=draft.marketing,
        wording=wording,
        confirmed=False,
        language=draft.language,
    )


def find_lead(connection: Connection, lead_id: int) -> Lead | None:
    """Return a lead, None when it was erased."""
    row = statements.lead_of_id(connection, lead_id=lead_id)
    if row is None:
        return None
    confirmed, marketing = row["confirmed_at"] is not None, row["marketing_at"] is not None
    return Lead(row["id"], row["email"], row["canonical"], confirmed=confirmed, marketing=marketing)


def find_submission(connection: Connection, submission_id: int) -> Submission | None:
    """Return a submission with its lead, None when it was erased."""
    row = statements.submission_of_id(connection, submission_id=submission_id)
    if row is None:
        return None
    lead = Lead(
        row["lead_id"],
        row["email"],
        row["canonical"],
        confirmed=row["lead_confirmed_at"] is not None,
        marketing=row["lead_marketing_at"] is not None,
    )
    return Submission(
        row["id"],
        lead,
        row["magnet"],
        row["at"],
        row["page"],
        json.loads(row["fields"]),
        marketing=bool(row["marketing"]),
        wording=row["wording"] or "",
        confirmed=row["confirmed_at"] is not None,
        language=row["language"],
    )


def language_of_lead(connection: Connection, lead_id: int) -> str:
    """Return the language in which a lead asked last, "" when it is not known."""
    row = statements.language_of_lead(connection, lead_id=lead_id)
    return row["language"] if row else ""


def confirm_submission(connection: Connection, submission: Submission, *, now: int) -> bool:
    """Mark a submission and its lead as confirmed; True the first time only."""
    first = bool(statements.confirm_submission(connection, submission_id=submission.id, now=now))
    if first:
        statements.confirm_lead(connection, lead_id=submission.lead.id, now=now)
    return first


def delivered(connection: Connection, submission: Submission) -> bool:
    """Tell whether the mail with a submission's file is queued or gone."""
    return statements.delivery_of_submission(connection, lead_id=submission.lead.id, id=submission.id) is not None


def waiting_submissions(connection: Connection, submission: Submission, *, since: int, most: int) -> list[Submission]:
    """Return the lead's unconfirmed requests for other magnets after `since`, the newest of each."""
    rows = statements.waiting_submissions(
        connection, lead_id=submission.lead.id, magnet=submission.magnet, since=since, most=most
    )
    found = (find_submission(connection, row["id"]) for row in list(rows))
    return [submission for submission in found if submission]


def note_download(connection: Connection, submission: int, *, now: int, since: int) -> bool:
    """Note that the file was handed out; False when that was noted after `since` already."""
    return bool(statements.note_download(connection, submission_id=submission, now=now, since=since))


def queue_answer(  # noqa: PLR0913 - a row's columns
    connection: Connection, kind: Literal["confirm", "delivery"], submission: int, lead: int, *, due_at: int, now: int
) -> None:
    """Queue the mail that answers a submission."""
    statements.add_answering_mail(connection, kind=kind, lead_id=lead, submission_id=submission, due_at=due_at, now=now)


def earlier_confirmation(connection: Connection, *, back: int) -> int | None:
    """Return when the confirmation mail `back` places before the last one is due, None when there are fewer."""
    row = statements.earlier_confirmation(connection, back=back)
    return row["due_at"] if row else None


def _set_fields(connection: Connection, lead: int, before: str, fields: Mapping[str, str]) -> None:
    after = _encode(dict(fields))
    if after != before:
        statements.set_lead_fields(connection, lead_id=lead, fields=after, before=before)
