"""The first and last instants in the store: where a clock that can be moved may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection


def newest_event(connection: Connection) -> int:
    """Return the epoch second of the last thing that happened, 0 when nothing did."""
    instant: int = statements.newest_event_at(connection)["at"]
    return instant


def next_mail(connection: Connection) -> int | None:
    """Return the epoch second at which the next mail is due, None when none waits."""
    instant: int | None = statements.next_mail_at(connection)["at"]
    return instant
