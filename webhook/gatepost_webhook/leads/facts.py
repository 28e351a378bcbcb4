"""What is known of one lead at one moment: all that a condition may ask about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatepost_webhook.leads.answers import read_answers
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.leads.conditions import Condition
    from gatepost_webhook.store.database import Connection


@dataclass(frozen=True)
class Facts:
    """A lead at the epoch second `now`. Everything may be left out: then it is not so, or not known."""

    now: int = 0
    #: Answers to form fields, as typed; unanswered ones are missing or empty.
    fields: Mapping[str, str] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    #: "" while the lead is in none.
    stage: str = ""
    score: int = 0
    #: Magnets that the lead asked for, confirmed the request for, and fetched.
    asked: frozenset[str] = frozenset()
    confirmed: frozenset[str] = frozenset()
    downloaded: frozenset[str] = frozenset()
    #: Pages and links that the lead opened, as they are written in conditions: "/pricing/".
    visited: frozenset[str] = frozenset()
    #: BCP 47, and an IANA time zone; "" when it is not known.
    language: str = ""
    zone: str = ""
    #: A confirmed consent to marketing is in force.
    consents: bool = False
    #: Sequences that the lead has been through at least once, and those that the lead is in.
    finished: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    #: Epoch seconds: of the first request, and of the last thing that the lead is known to have done.
    created_at: int = 0
    last_activity_at: int = 0
    #: Magnet that brought the lead into the sequence that asks; "" outside of sequences. `downloaded` alone means it.
    magnet: str = ""
    #: The segments that `in segment` may name, as the project defines them now.
    segments: Mapping[str, Condition] = field(default_factory=dict)


def facts_of(
    connection: Connection,
    lead_id: int,
    now: int,
    *,
    magnet: str = "",
    segments: Mapping[str, Condition] | None = None,
) -> Facts:
    """Return what is known of a lead at epoch second `now`, in two queries. Raises LookupError.

    `magnet` is the one behind the enrolment that asks; `segments` are what `in segment` may name.
    """
    lead = statements.facts_of_lead(connection, lead_id=lead_id)
    if lead is None:
        raise LookupError(f"no lead {lead_id}")
    names: dict[str, set[str]] = {}
    for what, name in statements.names_of_lead(connection, lead_id=lead_id):
        names.setdefault(what, set()).add(name)
    sets: dict[str, Any] = {what: frozenset(found) for what, found in names.items()}
    return Facts(
        now=now,
        fields=read_answers(lead["fields"]),
        stage=lead["stage"],
        score=lead["score"],
        language=lead["language"] or "",
        consents=lead["marketing_at"] is not None,
        created_at=lead["created_at"],
        last_activity_at=lead["last_activity_at"],
        magnet=magnet,
        segments=segments or {},
        **sets,
    )
