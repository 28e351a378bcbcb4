"""Puts many leads into a sequence at once: the same rows as one by one (enrolling.py), by a few statements for all."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from gatepost_webhook.followup.plan import Event, Lead, Wait, plan
from gatepost_webhook.leads.facts import Facts
from gatepost_webhook.store import crowds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.followup.surroundings import Surroundings
    from gatepost_webhook.store.database import Connection

#: Leads of one statement: forms wait for the writer meanwhile.
SOME = 2000


def enrol_all(  # noqa: PLR0913 - who, where and why
    connection: Connection,
    leads: Iterable[int],
    sequence: Sequence,
    *,
    hash_of: Callable[[str], str],
    about: Surroundings,
    cause: str,
    magnet: str = "",
    least: int = 0,
    now: int,
) -> int:
    """Enrol those of some leads who may come in, and queue their first step; return how many there were.

    Nobody comes in who does not want mails, has proven no address, left the topic, is in it, or was in it too lately:
    as with `enrol`, whose `cause` and `least` these are. `hash_of` gives the name of an address in the suppression
    list. In the caller's transaction, so `leads` are best some thousands (`portions`).
    """
    again = None if sequence.rules.again is None else max(sequence.rules.again, least)
    found = crowds.candidates(connection, leads, sequence, again=again, magnet=magnet, now=now)
    names = {lead: hash_of(canonical) for lead, canonical in found.items()}
    barred = crowds.suppressed_of(connection, names.values())
    willing = [lead for lead, name in names.items() if name not in barred]
    if not willing:
        return 0

    def due_in(zone: str) -> int:
        return _first_due(sequence, about, zone, now)

    return crowds.enrol_crowd(connection, willing, sequence, cause=cause, magnet=magnet, due_in=due_in, now=now)


def portions(leads: Iterable[int], size: int = SOME) -> Iterator[list[int]]:
    """Give leads in portions of which each fits into one transaction."""
    rest = iter(leads)
    while some := list(islice(rest, size)):
        yield some


def _first_due(sequence: Sequence, about: Surroundings, zone: str, now: int) -> int:
    """Return when the first step is due for who comes in now in a time zone, and has chosen nothing else.

    Whoever claims the row judges it again for the one lead: pauses, and mails of other sequences, make it later.
    """
    enrolled = Event(now, "enrolled", sequence.slug)
    decision = plan(sequence, Lead({}, zone=about.zone_of(zone), facts=Facts(now)), [enrolled], now)
    return decision.until if isinstance(decision, Wait) else now
