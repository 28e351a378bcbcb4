"""How often something was done within a window of time, counted in the database for all processes and restarts.

A window is kept as slots, so that a busy day is a hundred rows; whatever fell into a slot counts until the slot's last
second has left the window, so a limit is never exceeded, and reached a little later than it could be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

#: Slots of a window, at the most.
_SLOTS = 120
#: Seconds between two times that old slots are dropped.
_FORGET_EVERY = 10


@dataclass(frozen=True)
class Window:
    """A window of so many seconds, for one thing that is counted."""

    key: str
    seconds: int

    @property
    def name(self) -> str:
        """The key in the table: windows of several lengths are counted apart."""
        return f"{self.key}/{self.seconds}"

    def until(self, now: int) -> int:
        """Return the epoch second at which what happens now leaves the window."""
        slot = max(1, self.seconds // _SLOTS)
        return now - now % slot + self.longest

    @property
    def longest(self) -> int:
        """Seconds for which something counts at the most."""
        # The clock tells whole seconds: what happened late in a slot's last one is still within the window then.
        return self.seconds + max(1, self.seconds // _SLOTS) - (self.seconds == 1)


def add(connection: Connection, window: Window, *, now: int, by: int = 1) -> None:
    """Count that it was done now."""
    statements.add_hits(connection, key=window.name, until=window.until(now), count=by)
    if now % _FORGET_EVERY == 0:
        statements.forget_hits(connection, now=now)


def take_back(connection: Connection, window: Window, *, at: int, by: int = 1) -> None:
    """Undo what was counted at an epoch second: it did not happen after all."""
    statements.take_back_hits(connection, key=window.name, until=window.until(at), count=by)


def total(connection: Connection, window: Window, *, now: int) -> int:
    """Return how often it was done within the window."""
    count: int = statements.sum_of_hits(connection, key=window.name, now=now)["total"]
    return count


def free_at(connection: Connection, window: Window, limit: int, *, now: int) -> int:
    """Return the epoch second from which there is room for one more within a limit: `now` when there is."""
    slots = [(row["until"], row["count"]) for row in statements.hits_of(connection, key=window.name, now=now)]
    over = sum(count for _, count in slots) - limit
    if over < 0:
        return now
    for until, count in slots:
        over -= count
        if over < 0:
            return int(until)
    return now + window.seconds


def turn(connection: Connection, key: str, earliest: int, often: int, seconds: int) -> int:
    """Give one of those who wait the next free turn: `often` of them come back in any `seconds`, from `earliest` on."""
    row = statements.last_turn(connection, key=key, earliest=earliest)
    at = earliest if row is None else row["until"] + (seconds if row["count"] >= often else 0)
    statements.add_hits(connection, key=key, until=at, count=1)
    return int(at)


def open_until(connection: Connection, key: str, *, now: int) -> int:
    """Return how many are open under a key."""
    count: int = statements.sum_of_hits(connection, key=key, now=now)["total"]
    return count


def open_one(connection: Connection, key: str, *, until: int) -> None:
    """Note that one more is open; it counts as closed at `until`, should nobody say so before."""
    statements.add_hits(connection, key=key, until=until, count=1)


def close_one(connection: Connection, key: str, *, until: int) -> None:
    """Note that one is closed that was opened with that `until`."""
    statements.take_back_hits(connection, key=key, until=until, count=1)
