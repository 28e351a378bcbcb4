"""How each channel's relay was met last, for everybody who did not try it themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

#: Mail goes; the relay cannot be reached; it does not want us.
Condition: TypeAlias = Literal["open", "away", "closed"]


@dataclass(frozen=True)
class Road:
    """The way to a relay."""

    channel: str
    state: Condition
    #: What the relay said, or why it said nothing; "" while it is open.
    reply: str
    #: Epoch second.
    since: int


def note_road(connection: Connection, channel: str, state: Condition, reply: str, *, now: int) -> None:
    """Keep how a relay was met."""
    statements.note_road(connection, channel=channel, state=state, reply=reply, now=now)


def road_of(connection: Connection, channel: str) -> Road | None:
    """Return how a channel's relay was met last, None when nobody tried."""
    row = statements.road_of(connection, channel=channel)
    return Road(**row) if row else None
