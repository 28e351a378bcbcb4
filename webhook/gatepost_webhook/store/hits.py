"""Limits that survive a restart: how often something was done lately, counted in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

#: Seconds.
_FORGET_EVERY = 10


@dataclass(frozen=True)
class Limit:
    """At most `often` times in any `recent` seconds, and at most `total` times in any `window` seconds."""

    often: int
    recent: int
    total: int
    window: int


def wait_for(connection: Connection, key: str, limit: Limit, *, now: int) -> int:
    """Return the seconds until the limit has room for one more: 0 when it has it now."""
    hits = list(statements.hits_of(connection, key=key, now=now))
    if not hits:
        return 0
    # A hit is kept until it leaves the longer window, so its time is `until - window`.
    recent = now + limit.window - limit.recent
    lately = [hit for hit in hits if hit["until"] > recent]
    waits = [0]
    if sum(hit["count"] for hit in hits) >= limit.total:
        waits.append(hits[0]["until"] - now)
    if sum(hit["count"] for hit in lately) >= limit.often:
        waits.append(lately[0]["until"] - recent)
    return max(waits)


def count_hit(connection: Connection, key: str, limit: Limit, *, now: int, at: int | None = None) -> None:
    """Count that it was done now, or that it will be done `at` a later epoch second."""
    statements.add_hit(connection, key=key, until=(now if at is None else at) + limit.window)
    forget_some(connection, now=now)


def forget_some(connection: Connection, *, now: int) -> None:
    """Drop some of what no limit looks at any more.

    A few at a time, and not every second: that is enough to keep up, and costs next to nothing.
    """
    if now % _FORGET_EVERY == 0:
        statements.forget_hits(connection, now=now)


def touch(connection: Connection, *, now: int) -> None:
    """Write, and take it back in the same transaction: proof that the database takes writes."""
    statements.add_hit(connection, key="health", until=now)
    statements.forget_key(connection, key="health")
