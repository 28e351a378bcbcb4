"""What the preferences page offers, and what its form says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatepost_webhook.leads.preferences import UNTIL_I_COME_BACK, WEEK
from gatepost_webhook.leads.zones import is_zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepost_webhook.leads.preferences import Preferences

#: Value of the form -> seconds; what is not here is no length of a pause.
PAUSES = {"1": WEEK, "2": 2 * WEEK, "4": 4 * WEEK}
KEEP, NO, OPEN = "keep", "no", "open"
#: Value of the form -> mails in any seven days.
RATES = {"all": None, "one": 1}
#: A field with the topics that the form showed: what it did not show was not left.
SHOWN = "shown"


@dataclass(frozen=True)
class Chosen:
    """What a form says, as far as it makes sense, and the names of the fields that do not."""

    preferences: Preferences
    problems: tuple[str, ...]
    #: IANA name of the time zone, "" for the sender's; None when the form says nothing about it.
    zone: str | None = None


@dataclass(frozen=True)
class Offer:
    """What there is to choose from."""

    topics: Sequence[str] = ()
    #: BCP 47; none on a site of one language.
    languages: Sequence[str] = ()
    zones: bool = False


def choices_in(form: Mapping[str, str], before: Preferences, offer: Offer, *, now: int) -> Chosen:
    """Return what a form changes; what it does not name stays. Nothing of what it says is believed to be in a list."""
    problems = []
    chosen = before
    if pause := form.get("pause"):
        if pause in (KEEP, NO, OPEN, *PAUSES):
            chosen = replace(chosen, paused_until=_paused_until(pause, before, now))
        else:
            problems.append("pause")
    if rate := form.get("rate"):
        if rate in RATES:
            chosen = replace(chosen, most_per_week=RATES[rate])
        else:
            problems.append("rate")
    # On a site of one language there is nothing to choose.
    language = form.get("language", before.language) if offer.languages else before.language
    if language == before.language or language in ("", *offer.languages):
        chosen = replace(chosen, language=language)
    else:
        problems.append("language")
    shown = {topic for topic in form.get(SHOWN, "").split() if topic in offer.topics}
    wanted = {topic for topic in shown if form.get(f"topic-{topic}")}
    chosen = replace(chosen, topics_left=(before.topics_left - wanted) | (shown - wanted))
    zone = form.get("zone") if offer.zones else None
    if zone and not is_zone(zone):
        problems.append("zone")
    return Chosen(chosen, tuple(problems), zone)


def _paused_until(pause: str, before: Preferences, now: int) -> int | None:
    if pause == OPEN:
        return UNTIL_I_COME_BACK
    if pause in PAUSES:
        return now + PAUSES[pause]
    # What waited counts from the end of its pause, so that is kept.
    return now if pause == NO and before.is_paused(now) else before.paused_until


def changes(before: Preferences, after: Preferences) -> list[dict[str, object]]:
    """Return what was chosen, one thing each, as the events tell it."""
    told: list[dict[str, object]] = [
        {"choice": name, "from": getattr(before, name), "to": getattr(after, name)}
        for name in ("paused_until", "most_per_week", "language")
        if getattr(before, name) != getattr(after, name)
    ]
    told += [{"choice": "topic left", "topic": topic} for topic in sorted(after.topics_left - before.topics_left)]
    told += [{"choice": "topic joined", "topic": topic} for topic in sorted(before.topics_left - after.topics_left)]
    return told
