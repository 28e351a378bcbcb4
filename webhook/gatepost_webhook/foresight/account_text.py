"""An account in words for people, and as plain data for programs."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from gatepost_webhook.foresight.moments import said_after
from gatepost_webhook.leads.listing import visible
from gatepost_webhook.leads.times import local_time, utc_time
from gatepost_webhook.store.enrolments import VERSION_SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Row

    from gatepost_webhook.foresight.account import Chapter, Decided, Ruling, Upcoming
    from gatepost_webhook.foresight.person import Person

_CHANGED = "; the file has changed since"


def account_lines(person: Person, chapters: Row[Chapter], now: int) -> Iterator[str]:
    """Yield the account as lines of text; times are this machine's."""
    yield visible(f"{person.email} (lead {person.id})" + (f", {person.who}" if person.who else ""))
    yield _standing(person)
    for ban in person.bans:
        what = "Nothing" if ban.scope == "all" else "No mail of a sequence"
        yield f"{what} is sent to this address since {local_time(ban.since)}: {ban.reason}."
    if not chapters:
        yield "In no sequence, now or before."
    for chapter in chapters:
        yield ""
        yield from _chapter(person, chapter, now)


def account_data(person: Person, chapters: Row[Chapter]) -> dict[str, Any]:
    """Return the account for JSON; times are RFC 3339 in UTC."""
    return {"lead": _plain(asdict(person)), "sequences": [_plain(asdict(chapter)) for chapter in chapters]}


def _standing(person: Person) -> str:
    confirmed = f"Confirmed {local_time(person.confirmed_at)}" if person.confirmed_at else "Not confirmed"
    if person.consents_since is None:
        return f"{confirmed}; no consent to marketing is in force."
    return f"{confirmed}; consent to marketing is in force since {local_time(person.consents_since)}."


def _chapter(person: Person, chapter: Chapter, now: int) -> Iterator[str]:
    title = f": {chapter.title}" if chapter.title else ""
    yield f"{chapter.sequence}{title}"
    yield f"  Enrolled {local_time(chapter.started_at)} by {_request(chapter)}."
    edited = "" if chapter.is_current else " Its files say something else by now; 'gatepost plan' says what that means."
    yield f"  Version {chapter.version[:VERSION_SHOWN]}.{edited}"
    for decided in chapter.decided:
        yield from _decision(decided)
    if chapter.state != "active":
        reason = f": {chapter.reason}" if chapter.reason else ""
        yield f"  {local_time(chapter.ended_at)}  {chapter.state}{reason}"
    elif chapter.upcoming is None:
        yield "  Nothing waits. 'gatepost run' or 'gatepost work' looks again when the files are read next."
    else:
        yield from _next(chapter.upcoming, now)
        yield f"  What would stop it: {_stops(person)}"


def _request(chapter: Chapter) -> str:
    if chapter.submission is None:
        return "no request"
    page = f", from {visible(chapter.page)}" if chapter.page else ""
    return f"submission {chapter.submission} (asked for {chapter.magnet}{page})"


def _decision(decided: Decided) -> Iterator[str]:
    way = f" on the way '{decided.way}'" if decided.way else ""
    reason = f": {decided.reason}" if decided.reason else ""
    yield visible(f"  {local_time(decided.at)}  {decided.step}  {decided.kind}{way}{reason}")
    due = f"due {local_time(decided.due_at)}; " if decided.due_at is not None else ""
    yield f"    {due}{_rule(decided.ruling)}"


def _rule(ruling: Ruling) -> str:
    words = ruling.words or "its version is not kept"
    return f"{words} ({ruling.place}{_CHANGED if ruling.has_changed else ''})"


def _next(upcoming: Upcoming, now: int) -> Iterator[str]:
    ahead = upcoming.due_at - now
    distance = f"in {said_after(ahead - ahead % 60).removeprefix('T+')}" if ahead >= 60 else "now"
    yield f"  Next: {upcoming.step}, due {local_time(upcoming.due_at)} ({distance})"
    yield f"    {_rule(upcoming.ruling)}"
    done = f"the lead goes the way '{upcoming.way}'" if upcoming.way else "it is done"
    then = {"send": "it is sent", "act": done, "skip": f"it is passed over: {upcoming.reason}"}
    outcome = f"if nothing changes, {then[upcoming.what]}" if upcoming.what in then else "it is planned again"
    yield f"    Looked at {local_time(upcoming.looked_at)}; {outcome}."
    if upcoming.retried:
        yield visible(f"    Tried again, {upcoming.attempts} times so far: {upcoming.retried}")


def _stops(person: Person) -> str:
    if person.bans:
        return "the address is on the suppression list already, so it is stopped when it is looked at."
    return "unsubscribing, withdrawing the consent, a dead mailbox, a complaint, or the owner."


def _plain(value: Any, name: str = "") -> Any:
    """Return times as text, by the names of what holds them."""
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, int) and not isinstance(value, bool) and (name.endswith("_at") or name in _TIMES):
        return utc_time(value)
    return value


_TIMES = frozenset({"at", "since", "consents_since"})
