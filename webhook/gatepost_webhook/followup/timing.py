"""When a step is due: its own wait, and for a mail what its window and the lead's other mails leave open."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.waits import instant_of
from gatepost_webhook.followup.windows import lateness

if TYPE_CHECKING:
    from collections.abc import Sequence as Row
    from datetime import tzinfo

    from gatepost_webhook.followup.rules import Rules

#: Turns after which a mail is let go: window, gap and number a day agree within a few.
_TURNS = 50


def held_until(rules: Rules, due_at: int, max_late: int, sends: Row[int], zone: tzinfo) -> int:
    """Return the first epoch second from `due_at` on at which a mail may go; `sends` are the lead's mails, in order.

    A mail that was too late before another one went is not held by that one: it is late.
    """
    counted = [at for at in sends if at <= due_at or lateness(rules.window, due_at, at, zone) <= max_late]
    found = _after_gap(rules, due_at, counted)
    for _ in range(_TURNS):
        moved = rules.window.next_open(found, zone) if rules.window else found
        moved = _on_a_day_with_room(rules.at_most, moved, counted, zone)
        if moved == found:
            break
        found = moved
    return found


def _after_gap(rules: Rules, due_at: int, sends: Row[int]) -> int:
    if not rules.gap or not sends:
        return due_at
    last = sends[-1]
    # What was due long before, because nothing was running, is spread over days: one mail a day and lead.
    gap = max(rules.gap, DAY) if last - due_at >= DAY else rules.gap
    return max(due_at, last + gap)


def _on_a_day_with_room(at_most: int, instant: int, sends: Row[int], zone: tzinfo) -> int:
    while at_most and sends and sends[-1] > instant - 2 * DAY:
        day = datetime.fromtimestamp(instant, zone).date()
        begins, ends = (instant_of(day + timedelta(ahead), time(0), zone) for ahead in (0, 1))
        if bisect_left(sends, ends) - bisect_left(sends, begins) < at_most:
            break
        instant = ends
    return instant
