"""The person that an owner names, by address or by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.errors import GatepostError
from gatepost_webhook.leads.address import AddressError, keyed_hash, masked, normalise
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection


#: Digits of the numbers that rows have at the most.
_DIGITS = 18


class UnknownPersonError(GatepostError):
    """Nobody has that address or number."""


@dataclass(frozen=True)
class Person:
    """Who was named; there may be no lead of them any more, or never have been."""

    #: None when there is no lead.
    lead_id: int | None
    #: As the lead typed it, else as the owner did.
    email: str
    #: The name of the address in the suppression list.
    address: str

    @property
    def masked(self) -> str:
        """The address as a log or a page may show it."""
        return masked(self.email)


def find_person(connection: Connection, name: str, key: bytes) -> Person:
    """Return who is meant by an address or the number of a lead. Raises UnknownPersonError for what is neither."""
    name = name.strip()
    if (number := row_number(name)) is not None:
        row = statements.lead_named(connection, number=number, canonical="")
        if row is None:
            shown = f"{name[:_DIGITS]}{'...' * (len(name) > _DIGITS)}"
            raise UnknownPersonError(
                f"no lead has the number {shown}; 'gatepost leads' lists them, or write an address"
            )
        return Person(row["id"], row["email"], keyed_hash(row["canonical"], key))
    try:
        typed, canonical = normalise(name)
    except AddressError as error:
        raise UnknownPersonError(
            f"{name!r} is neither an address nor the number of a lead ({error}); write it as in: ada@example.com"
        ) from error
    row = statements.lead_named(connection, number=-1, canonical=canonical)
    return Person(row["id"] if row else None, row["email"] if row else typed, keyed_hash(canonical, key))


def row_number(text: str) -> int | None:
    """Return the number that a text is, None when it is none; 0, which no row has, for one that is too large."""
    if not (text.isascii() and text.isdecimal()):
        return None
    return int(text) if len(text) <= _DIGITS else 0
