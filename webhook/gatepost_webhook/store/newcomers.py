"""Submissions of people who ask for the first time: a few statements for many of them, where each by itself takes ten.

What it writes is what submissions, events, consents, hits and budget write for one; a test holds the two together.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.submissions import Draft

_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody's first request, checked, and the names under which it counts."""

    draft: Draft
    #: Hash of the wording that counts, "" for none; and what was done about it.
    wording: str
    act: str
    purpose: str
    #: Keys of the limits on the client and on the mailbox.
    client: str
    mailbox: str
    #: The address in the suppression list.
    address: str


def are_strangers(connection: Connection, people: Sequence[Newcomer], *, now: int) -> list[bool]:
    """Tell of each whether nothing is known: no lead, nothing that a limit counts, no suppression."""
    addresses = _encode([person.draft.canonical for person in people])
    keys = _encode([key for person in people for key in (person.client, person.mailbox)])
    hashes = _encode([person.address for person in people])
    leads = {row[0] for row in statements.known_addresses(connection, canonicals=addresses)}
    counted = {row[0] for row in statements.counted_keys(connection, keys=keys, now=now)}
    suppressed = {row[0] for row in statements.suppressed_addresses(connection, addresses=hashes)}
    return [
        person.draft.canonical not in leads
        and counted.isdisjoint((person.client, person.mailbox))
        and person.address not in suppressed
        for person in people
    ]


def latest_confirmations(connection: Connection, many: int) -> list[int]:
    """Return when the last confirmation mails are due (epoch seconds), ascending."""
    return [row[0] for row in statements.latest_confirmations(connection, many=many)][::-1]


def add_newcomers(
    connection: Connection, people: Sequence[Newcomer], due: Iterable[int], *, now: int, windows: tuple[int, int]
) -> None:
    """Keep the requests of people who are strangers, and queue the mail of each for its time in `due`.

    `windows` are the seconds for which the limits on clients and on mailboxes count.
    """
    rows = [_row(person, due_at, now) for person, due_at in zip(people, due, strict=True)]
    # Nobody else writes meanwhile, and the database remembers the highest number: so none is given out twice.
    last = statements.last_numbers(connection)
    for number, row in enumerate(rows, 1):
        row["lead"], row["submission"] = last["lead"] + number, last["submission"] + number
    statements.add_newcomer_leads(connection, rows)
    statements.add_newcomer_submissions(connection, rows)
    statements.add_newcomer_events(connection, rows)
    statements.add_newcomer_receipts(connection, [row for row in rows if row["wording"]])
    statements.add_newcomer_mails(connection, rows)
    clients, mailboxes = windows
    hits = [{"key": one.client, "until": now + clients} for one in people]
    # What waits its turn counts from then on: two that wait must not arrive together.
    hits += [{"key": one.mailbox, "until": row["due_at"] + mailboxes} for one, row in zip(people, rows, strict=True)]
    statements.add_newcomer_hits(connection, hits)


def _row(person: Newcomer, due_at: int, now: int) -> dict[str, Any]:
    draft = person.draft
    return {
        "now": now,
        "due_at": due_at,
        "email": draft.email,
        "canonical": draft.canonical,
        "magnet": draft.magnet,
        "page": draft.page,
        "fields": _encode(dict(draft.fields)),
        "marketing": int(draft.marketing),
        "wording": person.wording or None,
        "purpose": person.purpose,
        "act": person.act,
        "fingerprint": draft.fingerprint,
        "language": draft.language,
        "detail": _detail(draft.page, marketing=draft.marketing),
    }


# Nearly all come from the same few pages.
@lru_cache(maxsize=256)
def _detail(page: str, *, marketing: bool) -> str:
    return _encode({"page": page, "marketing": marketing})
