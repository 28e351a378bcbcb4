"""The append-only log of what happened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.store.database import Connection

# json.dumps would make an encoder for each call.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def add_event(  # noqa: PLR0913 - a row's columns, all by name
    connection: Connection,
    kind: str,
    *,
    lead_id: int,
    now: int,
    magnet: str = "",
    sequence: str = "",
    step: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Record that something happened to a lead; `now` is the epoch second of the event."""
    statements.add_event(
        connection,
        at=now,
        lead_id=lead_id,
        kind=kind,
        magnet=magnet,
        sequence=sequence,
        step=step,
        detail=_encode(detail) if detail else "{}",
    )
