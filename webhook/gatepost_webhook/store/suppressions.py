"""The suppression list: who is on it and why, as far as keyed hashes tell; putting on, and taking off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.store.consents import Scope
    from gatepost_webhook.store.database import Connection

Reason: TypeAlias = Literal["unsubscribed", "not-me", "bounced", "complained", "owner"]


class Suppression(NamedTuple):
    """Why one address gets no mail; a time is in epoch seconds."""

    scope: str
    reason: str
    at: int
    #: In codes, such as "dsn 5.1.1".
    detail: str


class SuppressionCount(NamedTuple):
    """How many addresses get no mail for one reason; times are epoch seconds."""

    scope: str
    reason: str
    addresses: int
    first_at: int
    latest_at: int


class KnownAddress(NamedTuple):
    """A lead's address."""

    lead_id: int
    email: str
    canonical: str


def suppress_for(  # noqa: PLR0913 - a row's columns
    connection: Connection, address: str, scope: Scope, reason: Reason, *, detail: str, now: int
) -> bool:
    """Put an address (its keyed hash) on the list; False when nothing changed. A complaint outweighs what was there."""
    if reason == "complained":
        return bool(statements.complain(connection, address=address, detail=detail, now=now))
    return bool(
        statements.suppress_with_detail(connection, address=address, scope=scope, reason=reason, detail=detail, now=now)
    )


def of(connection: Connection, address: str) -> list[Suppression]:
    """Return why an address (its keyed hash) gets no mail."""
    return [Suppression(*row) for row in statements.suppressions_of(connection, address=address)]


def lift(connection: Connection, address: str, found: Suppression) -> bool:
    """Take an address (its keyed hash) off the list; False when it is there for another reason by now."""
    return bool(statements.lift_suppression(connection, address=address, scope=found.scope, reason=found.reason))


def counts(connection: Connection) -> list[SuppressionCount]:
    """Return how many addresses get no mail, by scope and reason."""
    return [SuppressionCount(*row) for row in statements.suppression_counts(connection)]


def every_one(connection: Connection) -> dict[str, list[Suppression]]:
    """Return keyed hash -> why, for the whole list."""
    found: dict[str, list[Suppression]] = {}
    for address, *why in statements.every_suppression(connection):
        found.setdefault(address, []).append(Suppression(*why))
    return found


def known_addresses(connection: Connection) -> Iterator[KnownAddress]:
    """Yield every lead's address."""
    return (KnownAddress(*row) for row in statements.addresses_of_leads(connection))
