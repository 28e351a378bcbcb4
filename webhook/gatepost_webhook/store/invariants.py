"""What must be true of a database whatever happened to the processes around it: kills, double runs, full disks."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from gatepost_webhook.leads.address import keyed_hash
from gatepost_webhook.store.database import open_reader
from gatepost_webhook.store.erasures import erasures_of
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

#: How often a relay may have been handed one mail, by kind: a drip never twice, the others once more after a crash.
_COPIES = {"drip": 1, "confirm": 2, "delivery": 2, "notify": 2}


def broken_invariants(  # noqa: PLR0913 - what to compare with, all by name
    database: Path,
    *,
    acknowledged: Iterable[str] = (),
    sunk: Iterable[str] | None = None,
    now: int | None = None,
    talking_for: int = 60,
    key: bytes = b"",
) -> list[str]:
    """Return a sentence for each promise that the database breaks; an empty list when all hold.

    `acknowledged`: canonical addresses whose submission was answered with success.
    `sunk`: the Message-ID of each message that the relay accepted, once per copy; not compared when None.
    `now`: epoch second after a worker's last run, so that no claim whose lease is over may be left; not looked at
    when None. `talking_for`: seconds that a mail may have been under way already when its lead unsubscribed. `key`: of
    the hashes under which erased addresses are known, so that an erased lead's submission is not taken for a lost one.
    """
    connection = open_reader(database)
    try:
        return [
            *_damage(connection),
            *_lost(connection, acknowledged, key),
            *_unwanted(connection, talking_for),
            *(_stuck(connection, now) if now is not None else ()),
            *(_miscounted(connection, Counter(sunk)) if sunk is not None else ()),
        ]
    finally:
        connection.close()


def _damage(connection: Connection) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"integrity_check: {line}"
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} names a row of {parent} that is not there"


def _lost(connection: Connection, acknowledged: Iterable[str], key: bytes) -> Iterator[str]:
    kept = {row["canonical"] for row in statements.submitted_addresses(connection)}
    for address in sorted(set(acknowledged) - kept):
        if key and erasures_of(connection, keyed_hash(address, key)):
            continue
        yield f"the submission of {address} was acknowledged and is not there"


def _unwanted(connection: Connection, talking_for: int) -> Iterator[str]:
    for row in statements.drips_sent_twice(connection):
        yield f"enrolment {row['enrolment_id']} got step {row['step']!r} {row['times']} times"
    for row in statements.drips_without_consent(connection):
        yield f"mail {row['id']} (step {row['step']!r}) went to lead {row['lead_id']} without a confirmed consent"
    for row in statements.drips_after_withdrawal(connection, talking_for=talking_for):
        yield f"mail {row['id']} (step {row['step']!r}) went to lead {row['lead_id']} after the consent was withdrawn"
    for event in statements.suppressed_events(connection):
        if json.loads(event["detail"]).get("scope") != "all":
            continue
        instant = event["at"] + talking_for
        for row in statements.mails_sent_after(connection, lead_id=event["lead_id"], instant=instant):
            yield f"mail {row['id']} ({row['kind']}) went to lead {event['lead_id']} after the address was suppressed"


def _stuck(connection: Connection, now: int) -> Iterator[str]:
    for row in statements.mails_stuck(connection, now=now):
        yield f"mail {row['id']} ({row['kind']}) is {row['state']}, and its lease ended at {row['lease_until']}"


def _miscounted(connection: Connection, sunk: Counter[str]) -> Iterator[str]:
    said = _said_by_owner(connection)
    for row in statements.mails_sent(connection):
        if not sunk[row["message_id"]] and row["id"] not in said:
            yield f"mail {row['id']} ({row['kind']}) is recorded as sent, and the relay never had it"
    named = {row["message_id"]: row for row in statements.mails_named(connection)}
    unknown = sorted(set(sunk) - set(named))
    # The mails of who was erased are not known any more, only how many they were.
    if len(unknown) > statements.count_erased_mails(connection)["mails"]:
        yield from (f"the relay had {message_id}, and no mail has that Message-ID" for message_id in unknown)
    for message_id, copies in sorted(sunk.items()):
        if (row := named.get(message_id)) and copies > _COPIES[row["kind"]] + said[row["id"]]:
            yield f"the relay had {message_id} ({row['kind']}) {copies} times"


def _said_by_owner(connection: Connection) -> Counter[int]:
    """Return how often the owner had each held mail sent again, or said that it was delivered."""
    return Counter(json.loads(row["detail"]).get("mail", 0) for row in statements.owner_decisions(connection))
