"""Answers as conditions compare them, kept beside the leads so that a segment is found by index.

Intake only marks a lead whose answers changed; folding them is done here, a batch at a time, by whoever has time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gatepost_webhook.leads.answers import read_answers
from gatepost_webhook.leads.folding import folded, number_in
from gatepost_webhook.leads.zones import AnsweredZones
from gatepost_webhook.store.statements import statements
from gatepost_webhook.store.zones import set_zone

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

#: No form asks for anything that tells a time zone.
NOTHING_SAID = AnsweredZones()


class Kept(NamedTuple):
    """What one batch did."""

    #: How many leads' answers were kept; fewer than asked for means that none is left.
    done: int
    #: Leads of whom an answer says that they are in another time zone than was known.
    moved: list[int]


def keep_answers(connection: Connection, limit: int, zones: AnsweredZones = NOTHING_SAID) -> Kept:
    """Keep the answers of at most `limit` leads whose answers changed, in the caller's transaction."""
    waiting = list(statements.leads_without_answers(connection, limit=limit))
    return Kept(len(waiting), [lead["id"] for lead in waiting if _keep(connection, lead["id"], lead["fields"], zones)])


def _keep(connection: Connection, lead_id: int, fields: str, zones: AnsweredZones) -> bool:
    """Keep one lead's answers; tell whether they say another time zone."""
    answers = read_answers(fields)
    statements.drop_answers(connection, lead_id=lead_id)
    for field, answer in answers.items():
        if value := folded(answer):
            number = number_in(answer)
            statements.add_answer(connection, lead_id=lead_id, field=field, value=value, number=number)
    statements.answers_are_kept(connection, lead_id=lead_id, fields=fields)
    zone = zones.zone(answers)
    return bool(zone) and set_zone(connection, lead_id, zone, "form")
