"""Who is inside a sequence, read in one pass over the database: a hundred thousand leads without a query for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from gatepost_webhook.followup.plan import Event, Lead
from gatepost_webhook.leads.answers import read_answers
from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.store.enrolments import event_of
from gatepost_webhook.store.preferences import last_mailed_at, preferences_of
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.surroundings import Surroundings
    from gatepost_webhook.leads.facts import Facts
    from gatepost_webhook.store.database import Connection


@dataclass(frozen=True)
class Insider:
    """A lead who is inside a sequence."""

    enrolment: int
    lead_id: int
    email: str
    #: Content hash of the sequence with which the lead was planned last.
    version: str
    lead: Lead
    events: Row[Event]


def count_insiders(connection: Connection, state: str = "active") -> dict[str, dict[str, int]]:
    """Return sequence -> version -> how many leads are inside, or with state 'finished' have been last."""
    counts: dict[str, dict[str, int]] = {}
    for row in statements.count_insiders(connection, state=state):
        counts.setdefault(row["sequence"], {})[row["version"]] = row["leads"]
    return counts


def insiders_of(  # noqa: PLR0913 - who, and what is asked of them
    connection: Connection,
    sequence: str,
    about: Surroundings,
    now: int,
    *,
    with_facts: bool,
    state: str = "active",
) -> Iterator[Insider]:
    """Yield everybody who is inside a sequence, or with state 'finished' has been last, by the number of the lead.

    Facts cost queries for each lead; without them, conditions may ask for answers and downloads only.
    """
    events = _Merged(statements.events_of_insiders(connection, sequence=sequence, state=state))
    for row in statements.insiders_of_sequence(connection, sequence=sequence, state=state):
        facts = facts_of(connection, row["lead_id"], now) if with_facts else None
        lead = _lead(row, about, facts)
        if row["chose"]:
            lead = _with_preferences(connection, lead)
        yield Insider(row["id"], row["lead_id"], row["email"], row["version"], lead, events.of(row["lead_id"]))


class _Merged:
    """Hands out the events of one lead after the other, both sides in the order of the leads."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._groups = groupby(map(tuple, rows), itemgetter(0))
        self._lead, self._events = -1, list[Event]()

    def of(self, lead_id: int) -> list[Event]:
        while self._lead < lead_id:
            found = next(self._groups, None)
            if found is None:
                return []
            self._lead = found[0]
            self._events = [event_of(*row[1:]) for row in found[1]]
        return self._events if self._lead == lead_id else []


def _lead(row: Mapping[str, Any], about: Surroundings, facts: Facts | None) -> Lead:
    consents = bool(row["consents"] or row["requested"])
    zone = about.zone_of(row["zone"])
    return Lead(read_answers(row["fields"]), consents=consents, id=row["lead_id"], zone=zone, facts=facts)


def _with_preferences(connection: Connection, lead: Lead) -> Lead:
    """Return a lead with what they chose; few do, so that a query for each costs little."""
    chosen = preferences_of(connection, lead.id)
    mailed_at = last_mailed_at(connection, lead.id) if chosen.least_gap else None
    return replace(lead, preferences=chosen, mailed_at=mailed_at)
