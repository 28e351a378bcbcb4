"""Many leads enrolled in a sequence at once: a few statements for all of them, in the caller's transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gatepost_webhook.store.enrolments import keep_version
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection

# json.dumps would make an encoder for each call.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def candidates(  # noqa: PLR0913 - of whom, where to, and when again
    connection: Connection,
    leads: Iterable[int],
    sequence: Sequence,
    *,
    again: int | None,
    magnet: str = "",
    now: int,
) -> dict[int, str]:
    """Return those of some leads who may come into a sequence now, with their canonical addresses.

    Who was in it may again `again` seconds after it ended, None is never; `magnet` is the one that they must have
    confirmed a request for, "" for any. Suppressions are not looked at: they know no addresses.
    """
    rows = statements.candidates(
        connection,
        leads=_encode(list(leads)),
        sequence=sequence.slug,
        topic=json.dumps(sequence.topic) if sequence.topic else "",
        magnet=magnet,
        again=again,
        now=now,
    )
    return {row["id"]: row["canonical"] for row in rows}


def suppressed_of(connection: Connection, addresses: Iterable[str]) -> set[str]:
    """Return those of some addresses, as keyed hashes, that get no mail of some scope."""
    return {row["address"] for row in statements.suppressed_addresses(connection, addresses=_encode(list(addresses)))}


def enrol_crowd(  # noqa: PLR0913 - who, where and why
    connection: Connection,
    leads: Iterable[int],
    sequence: Sequence,
    *,
    cause: str,
    magnet: str = "",
    due_in: Callable[[str], int],
    now: int,
) -> int:
    """Enrol candidates, record it, and queue their first steps; return how many there were.

    `due_in` says when the first step is due in a time zone ("" for one that is not known).
    """
    keep_version(connection, sequence, now)
    behind = statements.last_enrolment(connection)["id"]
    count: int = statements.enrol_crowd(
        connection,
        leads=_encode(list(leads)),
        sequence=sequence.slug,
        version=sequence.version,
        cause=cause,
        magnet=magnet,
        now=now,
    )
    told: Mapping[str, str] = {"version": sequence.version, "cause": cause}
    # As add_event writes it: the last of the details is each one's own.
    detail = json.dumps(told, ensure_ascii=False)[:-1] + ', "round": '
    statements.tell_of_crowd(connection, behind=behind, sequence=sequence.slug, detail=detail, now=now)
    first = sequence.steps[0]
    for row in list(statements.zones_of_crowd(connection, behind=behind)):
        statements.queue_crowd(
            connection,
            behind=behind,
            zone=row["zone"],
            kind="drip" if first.is_message else "step",
            step=first.key,
            due_at=due_in(row["zone"]),
            now=now,
        )
    return count
