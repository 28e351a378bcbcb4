"""The lead whom an account is about: who it is, and what forbids to write to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatepost_webhook.leads.address import AddressError, keyed_hash, normalise
from gatepost_webhook.leads.answers import read_answers, who
from gatepost_webhook.leads.named import row_number
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.store.database import Connection


@dataclass(frozen=True)
class Ban:
    """What keeps mails from an address."""

    #: all, or marketing.
    scope: str
    reason: str
    #: Epoch second.
    since: int


@dataclass(frozen=True)
class Person:
    """A lead; times are epoch seconds."""

    id: int
    email: str
    #: Name and company, as far as they were told.
    who: str
    fields: Mapping[str, str]
    confirmed_at: int | None
    #: Set while a confirmed consent to marketing is in force.
    consents_since: int | None
    bans: tuple[Ban, ...] = ()


def find_person(connection: Connection, name: str, address_key: bytes) -> Person | None:
    """Return the lead of an address or a number, None when there is none."""
    row = _row(connection, name)
    if row is None:
        return None
    fields = read_answers(row["fields"])
    listed = statements.suppression_of(connection, address=keyed_hash(row["canonical"], address_key))
    bans = tuple(Ban(one["scope"], one["reason"], one["at"]) for one in listed)
    return Person(row["id"], row["email"], who(fields), fields, row["confirmed_at"], row["marketing_at"], bans)


def _row(connection: Connection, name: str) -> Any:
    number = row_number(name.removeprefix("#"))
    if number is not None:
        return statements.lead_of_id(connection, lead_id=number)
    try:
        _, canonical = normalise(name)
    except AddressError:
        return None
    found = statements.lead_of_address(connection, canonical=canonical)
    return statements.lead_of_id(connection, lead_id=found["id"]) if found else None
