"""What leads chose on their preferences page, and what planning has to honour of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

#: Epoch second of a pause that ends when the lead says so: 9999-12-31. A date, so that it can be compared and shown.
UNTIL_I_COME_BACK = 253_402_214_400
#: Seconds.
WEEK = 7 * 86_400


@dataclass(frozen=True)
class Preferences:
    """What a lead chose; the defaults are those of a lead who chose nothing."""

    #: No step of a sequence goes out before this epoch second. It stays when it is past: what waited counts from it.
    paused_until: int | None = None
    #: Mails of sequences in any seven days; None: as they come.
    most_per_week: int | None = None
    #: BCP 47; "" for that of the form.
    language: str = ""
    #: Topics whose sequences the lead does not want.
    topics_left: frozenset[str] = field(default_factory=frozenset)

    def is_paused(self, now: int) -> bool:
        """Tell whether nothing goes out at an epoch second."""
        return self.paused_until is not None and now < self.paused_until

    @property
    def least_gap(self) -> int:
        """Seconds between two mails of sequences, 0 when the lead does not mind."""
        return WEEK // self.most_per_week if self.most_per_week else 0

    def due_at(self, due_at: int, *, last_sent_at: int | None) -> int:
        """Return when a step may go that would be due at an epoch second; `last_sent_at`: when a step went last."""
        waits = [due_at, self.paused_until or 0]
        if self.least_gap and last_sent_at is not None:
            waits.append(last_sent_at + self.least_gap)
        return max(waits)

    def leaves(self, topic: str) -> bool:
        """Tell whether the lead left a topic; nobody leaves "", the topic of sequences that have none."""
        return topic in self.topics_left


#: Of whoever chose nothing.
NONE = Preferences()


def preferences_of(connection: Connection, lead_id: int) -> Preferences:
    """Return what a lead chose."""
    row = statements.preference_of(connection, lead_id=lead_id)
    if row is None:
        return NONE
    topics = frozenset(json.loads(row["topics_left"]))
    return Preferences(row["paused_until"], row["most_per_week"], row["language"], topics)


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


def _columns(preferences: Preferences) -> dict[str, object]:
    return {
        "paused_until": preferences.paused_until,
        "most_per_week": preferences.most_per_week,
        "language": preferences.language,
        "topics_left": json.dumps(sorted(preferences.topics_left)),
    }
