"""When mails of a sequence may go: on which days, between which hours, not on holidays; on the lead's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.waits import instant_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

#: Minutes of a whole day: an hour of 24:00 is the midnight after.
MIDNIGHT = 24 * 60
#: Days that are looked through for one on which a window opens: the holidays of several years may follow each other.
_AHEAD = 2 * 366


@dataclass(frozen=True)
class Window:
    """Open on some days of the week (0 is Monday), from one minute of the day until another."""

    days: frozenset[int] = frozenset(range(7))
    opens: int = 0
    closes: int = MIDNIGHT
    holidays: frozenset[date] = frozenset()

    def next_open(self, instant: int, zone: tzinfo) -> int:
        """Return the first epoch second from `instant` on at which it is open. Raises LookupError when it never is."""
        day = datetime.fromtimestamp(instant, zone).date()
        for ahead in range(_AHEAD):
            opens, closes = self._hours(day + timedelta(ahead), zone)
            if max(opens, instant) < closes:
                return max(opens, instant)
        raise LookupError("the window never opens")

    def open_seconds(self, since: int, until: int, zone: tzinfo) -> int:
        """Return for how long it is open between two epoch seconds; of more than two years, for at least that long."""
        day, last = (datetime.fromtimestamp(instant, zone).date() for instant in (since, until))
        days = (day + timedelta(ahead) for ahead in range(min((last - day).days + 1, _AHEAD)))
        hours = (self._hours(day, zone) for day in days)
        return sum(max(0, min(closes, until) - max(opens, since)) for opens, closes in hours)

    def _hours(self, day: date, zone: tzinfo) -> tuple[int, int]:
        if day.weekday() not in self.days or day in self.holidays:
            return 0, 0
        return _at(day, self.opens, zone), _at(day, self.closes, zone)

    @property
    def data(self) -> dict[str, Any]:
        """What the store keeps of it."""
        holidays = sorted(day.isoformat() for day in self.holidays)
        return {"days": sorted(self.days), "opens": self.opens, "closes": self.closes, "holidays": holidays}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Window:
        """Return the window of which the store keeps this."""
        holidays = frozenset(map(date.fromisoformat, data["holidays"]))
        return cls(frozenset(data["days"]), data["opens"], data["closes"], holidays)


def lateness(window: Window | None, due_at: int, now: int, zone: tzinfo) -> int:
    """Return by how many seconds a mail is late; while its window is closed it does not become later."""
    # Almost every mail is in time, and needs no look at the calendar.
    if window is None or now - due_at < DAY // 24:
        return now - due_at
    return window.open_seconds(due_at, now, zone)


def _at(day: date, minute: int, zone: tzinfo) -> int:
    if minute == MIDNIGHT:
        return instant_of(day + timedelta(1), time(0), zone)
    return instant_of(day, time(minute // 60, minute % 60), zone)
