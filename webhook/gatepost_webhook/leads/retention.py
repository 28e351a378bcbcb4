"""Deleting what has been kept for long enough: once a day by whoever works, or by `gatepost purge`."""

from __future__ import annotations

import functools
import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatepost_webhook.errors import StoreError
from gatepost_webhook.leads.erasure import erase
from gatepost_webhook.store import retention
from gatepost_webhook.store.hits import Limit, count_hit, wait_for
from gatepost_webhook.store.owner import NO_LIMIT
from gatepost_webhook.store.upkeep import empty_journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.writer import Writer

logger = logging.getLogger(__name__)

_DAY = 86_400
#: Days for which a mail's exact bytes are kept after it went out: the worker lets them go at every look.
MAIL_DAYS = 7
#: Deleted in one transaction: forms and mails wait for it.
PORTION = 50
_DAILY = Limit(often=1, recent=_DAY, total=1, window=_DAY)
_KEY = "purge"


@dataclass(frozen=True)
class Rule:
    """One thing that is kept for a while."""

    name: str
    #: In words, for one and for many.
    said: tuple[str, str]
    #: Days; 0: for ever.
    days: Callable[[Settings], int]
    #: What is older than an epoch second, a portion of it.
    old: Callable[..., list[Any]]
    #: Deletes that; None: these are leads, who are erased.
    forget: Callable[..., None] | None = None


RULES = (
    Rule(
        "mails",
        ("mail's bytes", "mails' bytes"),
        lambda _: MAIL_DAYS,
        retention.mails_with_bytes,
        retention.forget_bytes,
    ),
    Rule(
        "unconfirmed",
        ("lead who never confirmed", "leads who never confirmed"),
        lambda settings: settings.keep_unconfirmed_days,
        retention.unconfirmed_leads,
    ),
    Rule(
        "inactive",
        ("inactive lead", "inactive leads"),
        lambda settings: settings.keep_inactive_days,
        retention.inactive_leads,
    ),
    Rule(
        "proofs",
        ("proof of an erased person's consent", "proofs of erased people's consent"),
        lambda settings: settings.keep_proofs_days,
        retention.old_proofs,
        retention.forget_proofs,
    ),
    # Each says itself until when it counts.
    Rule("hits", ("count of a limit", "counts of limits"), lambda _: 0, retention.old_hits, retention.forget_hits),
)


def foreseen(connection: Connection, settings: Settings, *, now: int) -> Counter[str]:
    """Return how much a purge would delete: name of a rule -> count. Nothing is changed."""
    found = {rule.name: _old(connection, rule=rule, settings=settings, now=now, limit=NO_LIMIT) for rule in RULES}
    # Who never confirmed is gone before anybody asks whether they are active.
    unconfirmed = set(found["unconfirmed"])
    found["inactive"] = [lead for lead in found["inactive"] if lead not in unconfirmed]
    return Counter({name: len(old) for name, old in found.items()})


def purge(writer: Writer, settings: Settings, *, now: int, step: Callable[[], None] = lambda: None) -> Counter[str]:
    """Delete all that is old enough, `step` after each portion; return name of a rule -> count."""
    total: Counter[str] = Counter()
    while some := purge_some(writer, settings, now=now):
        total += some
        step()
    if total:
        empty_journal(settings.database)
    return total


def purge_some(writer: Writer, settings: Settings, *, now: int) -> Counter[str]:
    """Delete a portion of what is old enough; return name of a rule -> count, empty when nothing was."""
    for rule in RULES:
        find = functools.partial(_old, rule=rule, settings=settings, now=now, limit=PORTION)
        old = writer.run(find)
        if not old:
            continue
        if rule.forget is None:
            erase(writer, settings, old, method="inactive" if rule.name == "inactive" else "unconfirmed", now=now)
        else:
            writer.run(functools.partial(rule.forget, old=old))
        return Counter({rule.name: len(old)})
    return Counter()


class Daily:
    """Purges once a day, a portion at a time; of several workers, one does."""

    def __init__(self, writer: Writer, settings: Settings) -> None:
        self._writer = writer
        self._settings = settings
        self._next = 0
        self._done: Counter[str] = Counter()

    def look(self, now: int) -> None:
        """Delete a portion if today's purge is not done yet. Nothing that goes wrong with it keeps mails waiting."""
        # A clock that was set back does not make the pause longer.
        if self._next - _DAY <= now < self._next:
            return
        try:
            self._look(now)
        except (StoreError, OSError) as error:
            logger.warning("what is old enough could not be deleted, and is tried again in an hour: %s", error)
            self._next = now + _DAY // 24

    def _look(self, now: int) -> None:
        if wait := self._writer.run(lambda connection: wait_for(connection, _KEY, _DAILY, now=now)):
            self._next = now + min(wait, _DAY)
            return
        if some := purge_some(self._writer, self._settings, now=now):
            self._done += some
            return
        self._writer.run(lambda connection: count_hit(connection, _KEY, _DAILY, now=now))
        self._next = now + _DAY
        done, self._done = self._done, Counter()
        if done:
            empty_journal(self._settings.database)
            logger.info("old enough, and deleted: %s", said(done))


def said(counts: Counter[str]) -> str:
    """Return counts in words: "3 leads who never confirmed, 12 mails' bytes"."""
    words = {rule.name: rule.said for rule in RULES}
    return ", ".join(f"{counts[name]:,} {words[name][counts[name] != 1]}" for name in words if counts[name])


def _old(connection: Connection, *, rule: Rule, settings: Settings, now: int, limit: int) -> list[Any]:
    days = rule.days(settings)
    if not days and rule.name != "hits":
        return []
    return rule.old(connection, before=now - days * _DAY, limit=limit)
