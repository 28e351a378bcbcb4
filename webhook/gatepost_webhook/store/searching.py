"""Answers as conditions compare them, kept beside the leads so that a segment is found by index.

Intake only marks a lead whose answers changed; folding them is done here, a batch at a time, by whoever has time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.leads.answers import read_answers
from gatepost_webhook.leads.folding import folded, number_in
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection


def keep_answers(connection: Connection, limit: int) -> int:
    """Keep the answers of at most `limit` leads whose answers changed, in the caller's transaction; return how many."""
    waiting = list(statements.leads_without_answers(connection, limit=limit))
    for lead in waiting:
        _keep(connection, lead["id"], lead["fields"])
    return len(waiting)


def _keep(connection: Connection, lead_id: int, fields: str) -> None:
    statements.drop_answers(connection, lead_id=lead_id)
    for field, answer in read_answers(fields).items():
        if value := folded(answer):
            number = number_in(answer)
            statements.add_answer(connection, lead_id=lead_id, field=field, value=value, number=number)
    statements.answers_are_kept(connection, lead_id=lead_id, fields=fields)
