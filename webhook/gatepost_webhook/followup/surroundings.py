"""What decisions depend on besides a lead and a sequence: the owner's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Surroundings:
    """The same for every lead."""

    #: IANA name; of the owner, and of leads whose own is not known.
    zone: str = "UTC"

    def zone_of(self, name: str) -> ZoneInfo:
        """Return the time zone that a lead's row names, the owner's when it names none that is known."""
        try:
            return ZoneInfo(name or self.zone)
        except (KeyError, ValueError, OSError):
            return ZoneInfo(self.zone)
