"""Many steps of sequences at a time: what is known of each, and their way from due to sent, a few statements for all.

What it reads and writes is what mails, enrolments, preferences and events read and write for one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatepost_webhook.leads.preferences import NONE, Preferences
from gatepost_webhook.store.enrolments import Enrolment, Recipient, Request, event_of
from gatepost_webhook.store.mails import written_columns
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gatepost_webhook.followup.plan import Event
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.mails import Mail, Written

_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known about one step of a sequence and the lead whom it is for."""

    person: Recipient
    enrolment: Enrolment
    #: The submission behind the mail.
    request: Request
    preferences: Preferences
    #: A course that was asked for and confirmed.
    is_requested: bool
    #: Another mail of a sequence to the lead is due, or in somebody's hand.
    has_others: bool
    #: Another step of the enrolment is queued.
    is_waiting: bool
    #: What happened to the lead, oldest first.
    events: tuple[Event, ...]

    @property
    def may_be_mailed(self) -> bool:
        """Tell whether the lead agreed to it."""
        return self.person.consents or self.is_requested


def dossiers(connection: Connection, mails: Iterable[int], now: int) -> dict[int, Dossier]:
    """Return what is known about steps, by the number of their mail; an erased lead's is left out."""
    rows = statements.dossiers_of_mails(connection, mails=_encode(list(mails)), now=now)
    found = [dict(row) for row in rows]
    events = _events(connection, {row["lead_id"] for row in found})
    return {row["mail_id"]: _dossier(row, events) for row in found}


def _events(connection: Connection, leads: Collection[int]) -> Mapping[int, list[Event]]:
    events: defaultdict[int, list[Event]] = defaultdict(list)
    for lead, *event in statements.events_of_leads(connection, leads=_encode(list(leads))):
        events[lead].append(event_of(*event))
    return events


def _dossier(row: Mapping[str, Any], events: Mapping[int, list[Event]]) -> Dossier:
    fields = {str(name): str(value) for name, value in json.loads(row["fields"]).items()}
    lead, consents = row["lead_id"], row["marketing_at"] is not None
    return Dossier(
        person=Recipient(lead, row["email"], row["canonical"], fields, consents, row["zone"]),
        enrolment=Enrolment(
            row["enrolment_id"],
            lead,
            row["sequence"],
            row["brought_by"],
            row["version"],
            row["state"],
            row["started_at"],
            row["round"],
            row["cause"],
        ),
        request=Request(
            row["submission_id"],
            row["magnet"],
            row["at"],
            row["page"],
            row["marketing"],
            row["confirmed_at"],
            row["language"],
        ),
        preferences=_preferences(row),
        is_requested=bool(row["is_requested"]),
        has_others=bool(row["has_others"]),
        is_waiting=bool(row["is_waiting"]),
        events=tuple(events[lead]),
    )


def _preferences(row: Mapping[str, Any]) -> Preferences:
    if row["changed_at"] is None:
        return NONE
    topics = frozenset(json.loads(row["topics_left"]))
    return Preferences(row["paused_until"], row["most_per_week"], row["wished"], topics, row["changed_at"])


def barred(connection: Connection, addresses: Iterable[str]) -> set[str]:
    """Return those of these addresses (keyed hashes) that get no mail of some scope."""
    rows = statements.suppressed_addresses(connection, addresses=_encode(list(addresses)))
    return {row[0] for row in rows}


def claim_all(connection: Connection, written: Collection[tuple[Mail, Written]], *, lease_until: int, now: int) -> int:
    """Take due mails in hand and keep their bytes; return how many were due still."""
    rows = [written_columns(mail, text, lease_until=lease_until, now=now) for mail, text in written]
    count: int = statements.claim_mails(connection, rows)
    return count


def begin_all(connection: Connection, claims: Mapping[int, int], *, lease_until: int, now: int) -> set[int]:
    """Make claimed steps 'talking' (mail -> fence) whose leads may have them now; return which."""
    rows = statements.mails_are_talking(connection, **_claims(claims), lease_until=lease_until, now=now)
    return {row[0] for row in rows}


def end_all(connection: Connection, claims: Mapping[int, int], *, now: int) -> set[int]:
    """Make mails in hand 'sent' (mail -> fence); return those whose claim was not lost."""
    return {row[0] for row in statements.mails_are_sent(connection, **_claims(claims), now=now)}


def _claims(claims: Mapping[int, int]) -> dict[str, str]:
    pairs = [f"{mail}/{fence}" for mail, fence in claims.items()]
    return {"mails": _encode(list(claims)), "claims": _encode(pairs)}


def add_events(connection: Connection, rows: Collection[Mapping[str, object]]) -> None:
    """Record what happened to steps; a row has at, lead_id, kind, sequence, step and detail (an object)."""
    statements.add_step_events(connection, [{**row, "detail": _encode(row["detail"])} for row in rows])


def add_steps(connection: Connection, rows: Collection[Mapping[str, object]]) -> None:
    """Queue next steps; a row has kind, lead_id, submission_id, enrolment_id, step, due_at and now."""
    statements.add_due_steps(connection, rows)


def finish_all(connection: Connection, enrolments: Collection[int], *, now: int) -> None:
    """End active enrolments whose steps are all decided, and of which none is queued."""
    statements.finish_enrolments(connection, enrolments=_encode(enrolments), now=now)
