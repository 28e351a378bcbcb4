"""What owners and sequences say of a lead: tags, a stage, notes; and which pages the lead opened.

Each of these is an event and, in the same transaction, a row that can be asked for. Saying the same again changes
nothing, so whatever leads here may be delivered any number of times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gatepost_webhook.leads.folding import folded
from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

#: Seconds in which opening a page again is the same visit.
VISIT = 3600


class Cause(NamedTuple):
    """The step that says it; nothing when the owner did."""

    sequence: str = ""
    step: str = ""


#: Nobody's step: the owner said it.
OWNER = Cause()


class Note(NamedTuple):
    """A note about a lead; the time is in epoch seconds."""

    at: int
    text: str


def tag(connection: Connection, lead_id: int, name: str, *, now: int, cause: Cause = OWNER) -> bool:
    """Tag a lead; False when it is tagged so already, whatever the case."""
    name = folded(name)
    if not statements.add_tag(connection, lead_id=lead_id, tag=name, now=now):
        return False
    _changed(connection, "tagged", lead_id, {"tag": name}, now, cause)
    return True


def untag(connection: Connection, lead_id: int, name: str, *, now: int, cause: Cause = OWNER) -> bool:
    """Take a tag from a lead; False when there is none such."""
    name = folded(name)
    if not statements.drop_tag(connection, lead_id=lead_id, tag=name):
        return False
    _changed(connection, "untagged", lead_id, {"tag": name}, now, cause)
    return True


def set_stage(connection: Connection, lead_id: int, stage: str, *, now: int, cause: Cause = OWNER) -> bool:
    """Move a lead to a stage, "" for none; False when it is there already, or no lead."""
    stage = folded(stage)
    row = statements.stage_of_lead(connection, lead_id=lead_id)
    if row is None or row["stage"] == stage:
        return False
    before: str = row["stage"]
    if not statements.set_stage(connection, lead_id=lead_id, stage=stage, before=before):
        return False
    _changed(connection, "staged", lead_id, {"stage": stage, "before": before}, now, cause)
    return True


def add_note(  # noqa: PLR0913 - a row's columns
    connection: Connection, lead_id: int, text: str, *, occasion: str, now: int, cause: Cause = OWNER
) -> bool:
    """Note something about a lead; False when that was noted on this `occasion` already.

    An occasion is a name that stays the same when the work is repeated, such as an enrolment's number and a step's key.
    """
    added = statements.add_note(connection, lead_id=lead_id, text=text, occasion=occasion, now=now)
    if added is None:
        return False
    # The log is for ever and holds no free text.
    add_event(
        connection,
        "noted",
        lead_id=lead_id,
        now=now,
        sequence=cause.sequence,
        step=cause.step,
        detail={"note": added["id"]},
    )
    return True


def visit(connection: Connection, lead_id: int, page: str, *, now: int) -> bool:
    """Note that a lead opened a page or a link of ours; False within an hour of the last time."""
    if not statements.add_visit(connection, lead_id=lead_id, page=page, now=now, since=now - VISIT):
        return False
    add_event(connection, "visited", lead_id=lead_id, now=now, detail={"page": page})
    return True


def tags_of(connection: Connection, lead_id: int) -> list[str]:
    """Return the tags of a lead, by name."""
    return [row["tag"] for row in statements.tags_of_lead(connection, lead_id=lead_id)]


def notes_of(connection: Connection, lead_id: int) -> list[Note]:
    """Return the notes about a lead, oldest first."""
    return [Note(*row) for row in statements.notes_of_lead(connection, lead_id=lead_id)]


def _changed(  # noqa: PLR0913, PLR0917 - an event's columns
    connection: Connection, kind: str, lead_id: int, detail: dict[str, str], now: int, cause: Cause
) -> None:
    statements.wants_score(connection, lead_id=lead_id)
    add_event(connection, kind, lead_id=lead_id, now=now, sequence=cause.sequence, step=cause.step, detail=detail)
