"""Leads taken over from elsewhere, with the proof of their consent: a few statements for many of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from gatepost_webhook.store.crowds import suppressed_of
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatepost_webhook.intake.importing import Arrival
    from gatepost_webhook.store.database import Connection

_encode = json.JSONEncoder(ensure_ascii=False).encode


class Imported(NamedTuple):
    """What became of some arrivals."""

    #: Numbers of the leads who are new.
    leads: list[int]
    #: How many were leads already, and stay as they are.
    known: int
    #: How many get no mail, because they once said so, or could not be reached.
    suppressed: int


def take_over(
    connection: Connection, arrivals: Sequence[Arrival], *, wording: str, hash_of: Callable[[str], str], now: int
) -> Imported:
    """Keep people as leads whose consent is in force, in the caller's transaction.

    `wording` is the hash of the words that they agreed to (consents.keep_wording); `hash_of` gives the name of an
    address in the suppression list.
    """
    canonicals = _encode([one.draft.canonical for one in arrivals])
    known = {row[0] for row in statements.known_addresses(connection, canonicals=canonicals)}
    strangers = [one for one in arrivals if one.draft.canonical not in known]
    barred = suppressed_of(connection, (hash_of(one.draft.canonical) for one in strangers))
    rows = [_row(one, wording, now) for one in strangers if hash_of(one.draft.canonical) not in barred]
    if rows:
        _add(connection, rows)
    return Imported([row["lead"] for row in rows], len(known), len(strangers) - len(rows))


def _add(connection: Connection, rows: list[dict[str, Any]]) -> None:
    statements.add_arrival_leads(connection, rows)
    # Numbers are given out by the database alone, which gives none out twice.
    canonicals = _encode([row["canonical"] for row in rows])
    leads = dict(map(tuple, statements.leads_of_addresses(connection, canonicals=canonicals)))
    for row in rows:
        row["lead"] = leads[row["canonical"]]
    statements.add_arrival_submissions(connection, rows)
    # Each of them is new, so there is one submission for each.
    submissions = dict(map(tuple, statements.submissions_of_leads(connection, leads=_encode(list(leads.values())))))
    for row in rows:
        row["submission"] = submissions[row["lead"]]
    statements.add_arrival_receipts(connection, rows)
    statements.add_arrival_events(connection, rows)


def _row(arrival: Arrival, wording: str, now: int) -> dict[str, Any]:
    draft = arrival.draft
    return {
        "email": draft.email,
        "canonical": draft.canonical,
        "magnet": draft.magnet,
        "page": draft.page,
        "fields": _encode(dict(draft.fields)),
        "wording": wording,
        "fingerprint": draft.fingerprint,
        "language": draft.language,
        "at": arrival.confirmed_at,
        "zone": arrival.zone,
        "zone_from": "import" if arrival.zone else "",
        "detail": _encode({"imported_at": now}),
    }
