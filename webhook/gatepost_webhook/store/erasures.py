"""Erasing a lead from the database, and remembering that it was done without remembering who it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_webhook.leads.address import keyed_hash
from gatepost_webhook.store import consents
from gatepost_webhook.store.personal import Personal
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.store.database import Connection

#: On whose word: the owner's command, the lead's own button, a retention period, or an earlier erasure.
Method: TypeAlias = Literal["command", "page", "inactive", "unconfirmed", "restored"]

#: Leads whose hashes are compared at once.
_AT_ONCE = 1000
_IN_HAND = frozenset({"claimed", "talking"})


@dataclass(frozen=True)
class Gone:
    """What was erased of one lead: enough to clear what lies outside the database, and kept in no place."""

    lead_id: int
    #: Table -> rows.
    rows: dict[str, int]
    #: Numbers of the mails, and of those that a worker has in hand.
    mails: tuple[int, ...] = ()
    in_hand: frozenset[int] = field(default_factory=frozenset)


def erase_lead(connection: Connection, lead_id: int, *, key: bytes, method: Method, now: int) -> Gone | None:
    """Delete everything about a lead; None when there is none of that number. Runs in the writer's transaction.

    Under the keyed hash of the address stay: the suppression, so that nobody writes to it again; that it was erased;
    and the receipts of consent without number or answers. Of who never confirmed, and of who was merely inactive, only
    a suppression that was there before.
    """
    row = statements.lead_to_erase(connection, lead_id=lead_id)
    if row is None:
        return None
    address = keyed_hash(row["canonical"], key)
    mails = [(mail["id"], mail["state"]) for mail in statements.mails_to_erase(connection, lead_id=lead_id)]
    # A restored database has been told before of the erasure, and of what it left.
    if method not in ("unconfirmed", "restored"):
        statements.add_erasure(connection, address=address, now=now, method=method, mails=len(mails))
        statements.keep_proofs(connection, address=address, lead_id=lead_id, now=now)
    if method in ("command", "page"):
        consents.suppress(connection, address, "marketing", "unsubscribed", now=now)
    statements.begin_erasing(connection, lead_id=lead_id)
    rows = Personal(connection).delete(lead_id)
    statements.end_erasing(connection, lead_id=lead_id)
    numbers = tuple(number for number, _ in mails)
    return Gone(lead_id, rows, numbers, frozenset(number for number, state in mails if state in _IN_HAND))


def reapply_erasures(connection: Connection, since: int, *, key: bytes, now: int) -> list[Gone]:
    """Erase again whoever was erased at `since` (epoch second) or later: for a database that is older than that.

    A lead that asked for something after its erasure is another matter, and stays. Runs in the writer's transaction.
    """
    erased: dict[str, int] = {}
    for row in statements.erasures_since(connection, since=since):
        erased[row["address"]] = row["at"]
    if not erased:
        return []
    back = [lead for lead, address, at in _hashed(connection, key) if at <= erased.get(address, -1)]
    gone = (erase_lead(connection, lead, key=key, method="restored", now=now) for lead in back)
    return [one for one in gone if one]


def erasures_of(connection: Connection, address: str) -> list[tuple[int, str]]:
    """Return (epoch second, method) of every erasure of an address (its keyed hash), oldest first."""
    return [(row["at"], row["method"]) for row in statements.erasures_of(connection, address=address)]


def _hashed(connection: Connection, key: bytes) -> Iterator[tuple[int, str, int]]:
    """Yield (number, keyed hash, since when) of every lead."""
    after = 0
    while rows := list(statements.lead_ids(connection, after=after, limit=_AT_ONCE)):
        yield from ((row["id"], keyed_hash(row["canonical"], key), row["created_at"]) for row in rows)
        after = rows[-1]["id"]
