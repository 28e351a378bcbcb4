"""What came back after a mail: kept once, counted, and found again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.store.database import Connection


@dataclass(frozen=True)
class Addressee:
    """The lead that a report is about."""

    id: int
    canonical: str
    confirmed: bool


class BounceRow(NamedTuple):
    """What came back; a time is in epoch seconds."""

    id: int
    lead_id: int
    mail_id: int | None
    at: int
    kind: str
    status: str
    diagnostic: str
    source: str


class ReportCount(NamedTuple):
    """What became of the reports of one source."""

    source: str
    verdict: str
    reports: int
    latest_at: int


def is_new(connection: Connection, source: str, key: str, *, now: int) -> bool:
    """Note that a report is acted upon; False when it was before. Only a hash of what names it is kept."""
    digest = hashlib.sha256(f"{source}\0{key}".encode("utf-8", "surrogateescape")).hexdigest()
    return bool(statements.add_report(connection, key=digest, now=now))


def count(connection: Connection, source: str, verdict: str, *, now: int) -> None:
    """Count what became of a report."""
    statements.count_report(connection, source=source, verdict=verdict, now=now)


def counts(connection: Connection) -> list[ReportCount]:
    """Return what became of reports so far."""
    return [ReportCount(*row) for row in statements.report_counts(connection)]


def keep(  # noqa: PLR0913 - a row's columns, all by name
    connection: Connection,
    *,
    lead_id: int,
    mail_id: int | None,
    kind: str,
    status: str,
    diagnostic: str,
    source: str,
    now: int,
) -> None:
    """Keep what came back."""
    statements.add_bounce(
        connection,
        lead_id=lead_id,
        mail_id=mail_id,
        kind=kind,
        status=status,
        diagnostic=diagnostic,
        source=source,
        now=now,
    )


def soft_bounces(connection: Connection, lead_id: int, *, since: int) -> int:
    """Return how many mails to a lead bounced softly after an epoch second, and after the owner let them off."""
    row = statements.soft_bounced_mails(connection, lead_id=lead_id, since=since)
    return int(row["mails"])


def of_mail(connection: Connection, mail_id: int) -> Addressee | None:
    """Return whose mail it is; None when the lead was erased."""
    return _addressee(statements.lead_of_mail(connection, mail_id=mail_id))


def of_address(connection: Connection, canonical: str) -> Addressee | None:
    """Return the lead behind an address."""
    return _addressee(statements.lead_of_canonical(connection, canonical=canonical))


def of_lead(connection: Connection, lead_id: int) -> Addressee | None:
    """Return a lead; None when it was erased."""
    return _addressee(statements.lead_of_row(connection, lead_id=lead_id))


def of_enrolment(connection: Connection, enrolment_id: int) -> Addressee | None:
    """Return whose enrolment it is; None when the lead was erased."""
    return _addressee(statements.lead_of_enrolment(connection, enrolment_id=enrolment_id))


def _addressee(row: Any) -> Addressee | None:
    return Addressee(row["id"], row["canonical"], row["confirmed_at"] is not None) if row else None


def every_bounce(connection: Connection) -> Iterator[BounceRow]:
    """Yield what came back, in order."""
    return (BounceRow(*row) for row in statements.every_bounce(connection))
