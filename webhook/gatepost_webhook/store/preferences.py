"""What leads chose on their preferences page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gatepost_webhook.leads.preferences import NONE, Preferences
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection


def preferences_of(connection: Connection, lead_id: int) -> Preferences:
    """Return what a lead chose."""
    row = statements.preference_of(connection, lead_id=lead_id)
    if row is None:
        return NONE
    topics = frozenset(json.loads(row["topics_left"]))
    return Preferences(row["paused_until"], row["most_per_week"], row["language"], topics, row["changed_at"])


def keep_preferences(connection: Connection, lead_id: int, chosen: Preferences, *, now: int) -> bool:
    """Keep what a lead chooses; False when it is what it was."""
    before = preferences_of(connection, lead_id)
    if chosen == before:
        return False
    old = {f"old_{name}": value for name, value in _columns(before).items()}
    values = {"lead_id": lead_id, "now": now, **_columns(chosen)}
    if statements.change_preference(connection, **values, **old):
        return True
    return bool(statements.add_preference(connection, **values))


def last_mailed_at(connection: Connection, lead_id: int) -> int | None:
    """Return when a step of any sequence went to a lead last, or was taken in hand; None for never."""
    row = statements.last_step_mail(connection, lead_id=lead_id)
    at: int | None = row["at"]
    return at


def _columns(preferences: Preferences) -> dict[str, object]:
    return {
        "paused_until": preferences.paused_until,
        "most_per_week": preferences.most_per_week,
        "language": preferences.language,
        "topics_left": json.dumps(sorted(preferences.topics_left)),
    }
