"""What holds for a whole sequence, in words: who comes in, who leaves early, when its mails go."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from gatepost_webhook.followup.durations import say_duration
from gatepost_webhook.followup.rules import GAP
from gatepost_webhook.followup.waits import DAYS
from gatepost_webhook.followup.windows import MIDNIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.rules import Rules, Trigger
    from gatepost_webhook.followup.windows import Window

_EVENTS = {
    "magnet": "{name} is confirmed",
    "downloaded": "{name} is downloaded",
    "tag": "tagged '{name}'",
    "stage": "at the stage '{name}'",
    "visited": "{name} is visited",
    "finished": "{name} is finished",
    "date": "on {name}",
    "score": "the score passes {name}",
}


def trigger_words(trigger: Trigger) -> str:
    """Say for what a lead comes in or leaves: "tagged 'customer'", "2 days before the webinar live-demo"."""
    if trigger.condition:
        return f"when {trigger.condition}"
    if trigger.kind == "webinar":
        when = "before" if trigger.seconds < 0 else "after"
        return f"{say_duration(abs(trigger.seconds))} {when} the webinar {trigger.name}"
    return _EVENTS[trigger.kind].format(name=trigger.name) if trigger.kind in _EVENTS else str(trigger)


def again_words(rules: Rules) -> str:
    """Say when somebody may come in again; "" for never."""
    if rules.again is None:
        return ""
    return f"again after {say_duration(rules.again)}" if rules.again else "again at any time"


def sending_words(rules: Rules) -> Iterator[str]:
    """Say when mails go, a line for each rule that is not the usual one."""
    if rules.window:
        yield from _window_words(rules.window)
    if rules.at_most:
        yield f"at most {rules.at_most} a day, of all sequences"
    if rules.gap != GAP:
        yield f"{say_duration(rules.gap)} after any other mail" if rules.gap else "however soon after another mail"
    if rules.priority:
        yield f"priority {rules.priority}: {'before' if rules.priority > 0 else 'after'} others that are due"


def _window_words(window: Window) -> Iterator[str]:
    days = _days_words(sorted(window.days))
    hours = (
        f"{_clock(window.opens)} to {_clock(window.closes)}" if (window.opens, window.closes) != (0, MIDNIGHT) else ""
    )
    yield f"{', '.join(filter(None, (days, hours)))}, on the lead's clock"
    if count := len(window.holidays):
        yield f"not on {count} {'holiday' if count == 1 else 'holidays'}"


def _days_words(days: Row[int]) -> str:
    names = [DAYS[day].capitalize() for day in days]
    if len(days) == len(DAYS):
        return "every day"
    if len(days) > 2 and all(after - before == 1 for before, after in pairwise(days)):
        return f"{names[0]} to {names[-1]}"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
