"""What was known of a lead at a moment that is past, worked out again from the log and the requests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatepost_webhook.leads.answers import read_answers
from gatepost_webhook.leads.facts import Facts
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gatepost_webhook.leads.conditions import Condition
    from gatepost_webhook.store.database import Connection

#: Kinds of event that show a person at work, not a program that follows links.
HUMAN = frozenset({"confirmed", "downloaded", "visited"})
#: Kinds of event by which an address is proven: here, or where somebody came from.
_PROOFS = frozenset({"confirmed", "imported"})


@dataclass(frozen=True)
class Happening:
    """An event of a lead, as far as facts and scores depend on it."""

    at: int
    kind: str
    magnet: str = ""
    sequence: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)


def happenings_of(connection: Connection, lead_id: int, at: int) -> list[Happening]:
    """Return what had happened to a lead at epoch second `at`, oldest first."""
    rows = statements.events_until(connection, lead_id=lead_id, at=at)
    return [
        Happening(row["at"], row["kind"], row["magnet"], row["sequence"], json.loads(row["detail"])) for row in rows
    ]


def facts_at(
    connection: Connection,
    lead_id: int,
    at: int,
    *,
    segments: Mapping[str, Condition] | None = None,
    happenings: Sequence[Happening] | None = None,
) -> Facts | None:
    """Return what was known of a lead at epoch second `at`, without a score; None before they came."""
    lead = statements.lead_as_it_came(connection, lead_id=lead_id)
    if lead is None or lead["created_at"] > at:
        return None
    events = happenings_of(connection, lead_id, at) if happenings is None else happenings
    requests = list(statements.requests_until(connection, lead_id=lead_id, at=at))
    consent = statements.consent_until(connection, lead_id=lead_id, at=at)
    return Facts(
        now=at,
        fields=_answers(requests, events),
        tags=_tags(events),
        stage=next((str(event.detail["stage"]) for event in reversed(events) if event.kind == "staged"), ""),
        asked=frozenset(row["magnet"] for row in requests),
        confirmed=frozenset(event.magnet for event in events if event.kind in _PROOFS),
        downloaded=frozenset(event.magnet for event in events if event.kind == "downloaded"),
        visited=frozenset(str(event.detail["page"]) for event in events if event.kind == "visited"),
        language=requests[-1]["language"] if requests else "",
        consents=consent is not None and consent["act"] == "confirmed",
        finished=frozenset(event.sequence for event in events if event.kind == "finished"),
        inside=_inside(events),
        created_at=lead["created_at"],
        last_activity_at=max([lead["created_at"], *(event.at for event in events if event.kind in HUMAN)]),
        segments=segments or {},
    )


def leads_at(connection: Connection, at: int) -> Iterator[int]:
    """Yield the numbers of the leads that there were at epoch second `at`."""
    return (row["id"] for row in statements.leads_until(connection, at=at))


def _answers(requests: Iterable[Mapping[str, Any]], events: Iterable[Happening]) -> dict[str, str]:
    """Merge answers in the order in which they were given and proved, as intake does (store/submissions.py)."""
    # Who confirms one request confirms those that wait with it, but proves only the answers of the one.
    proofs = {(event.magnet, event.at) for event in events if event.kind in _PROOFS and "of" not in event.detail}
    moments = []
    for number, request in enumerate(requests):
        given = read_answers(request["fields"])
        moments.append((request["at"], number, "given", given))
        if request["confirmed_at"] is not None:
            proved = (request["magnet"], request["confirmed_at"]) in proofs
            moments.append((request["confirmed_at"], number, "proved" if proved else "freed", given))
    answers: dict[str, str] = {}
    known = False
    for _, _, what, given in sorted(moments, key=lambda moment: moment[:2]):
        if what == "given":
            # Over what is proved, only what is proved wins.
            answers = {**given, **answers} if known else {**answers, **given}
        else:
            known = True
            answers = {**answers, **given} if what == "proved" else answers
    return answers


def _tags(events: Iterable[Happening]) -> frozenset[str]:
    tags: set[str] = set()
    for event in events:
        if event.kind == "tagged":
            tags.add(str(event.detail["tag"]))
        elif event.kind == "untagged":
            tags.discard(str(event.detail["tag"]))
    return frozenset(tags)


def _inside(events: Iterable[Happening]) -> frozenset[str]:
    inside: set[str] = set()
    for event in events:
        if event.kind == "enrolled":
            inside.add(event.sequence)
        elif event.kind in {"finished", "stopped"}:
            inside.discard(event.sequence)
    return frozenset(inside)
