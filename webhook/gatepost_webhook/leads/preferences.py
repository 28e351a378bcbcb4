"""What a lead chose about the mails of sequences, and what that means for a step."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    #: Epoch second of the last choice.
    changed_at: int = field(default=0, compare=False)

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
