"""Steps that got another key: what was sent under the old one stays known when nothing names the old one any more."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gatepost_webhook.followup.plan import DECIDED
from gatepost_webhook.followup.steps import sequence_from_source
from gatepost_webhook.store import enrolments
from gatepost_webhook.store.events import add_event
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.enrolments import Enrolment


@lru_cache(maxsize=256)
def _renamed(source: str) -> tuple[tuple[str, str], ...]:
    """Return (key, key before) of each step of a stored version that says so, the latest first."""
    return tuple((step.key, old) for step in sequence_from_source(source).renamed for old in step.renamed_from)


def former_keys(connection: Connection, sequence: Sequence) -> dict[str, list[str]]:
    """Return, of each step that ever had another key in a version in force, all of those, the latest first."""
    before: dict[str, list[str]] = {}
    for source in enrolments.last_sources(connection, sequence.slug):
        for key, old in _renamed(source):
            before.setdefault(key, []).append(old)
    return {key: found for key in sequence.by_key if (found := _all_before(key, before))}


def _all_before(key: str, before: Mapping[str, list[str]]) -> list[str]:
    found = [key]
    for one in found:
        found += [old for old in dict.fromkeys(before.get(one, ())) if old not in found]
    return found[1:]


def note_renamed(
    connection: Connection, sequence: Sequence, enrolment: Enrolment, former: Mapping[str, list[str]], *, now: int
) -> None:
    """Record that a lead has had a step by its new key, when it went to them by an old one, or is on its way."""
    if not former:
        return
    _rename_open(connection, sequence, enrolment, former)
    decided = _decided(connection, sequence, enrolment)
    for key in sorted(former.keys() - decided.keys()):
        if old := next((name for name in former[key] if name in decided), ""):
            detail = {"from": old, "way": decided[old]}
            lead = enrolment.lead_id
            add_event(connection, "renamed", lead_id=lead, now=now, sequence=sequence.slug, step=key, detail=detail)


def _rename_open(
    connection: Connection, sequence: Sequence, enrolment: Enrolment, former: Mapping[str, list[str]]
) -> None:
    for key, olds in former.items():
        for old in olds:
            if old not in sequence.by_key:
                statements.rename_open_mail(connection, enrolment_id=enrolment.id, key=key, old=old)


def _decided(connection: Connection, sequence: Sequence, enrolment: Enrolment) -> dict[str, str]:
    """Return the keys of what was decided since the lead came in the last time, each with the way that was taken."""
    decided: dict[str, str] = {}
    for event in enrolments.events_of(connection, enrolment.lead_id):
        if event.sequence == sequence.slug:
            if event.kind == "enrolled":
                decided = {}
            elif event.kind in DECIDED or event.kind == "renamed":
                decided[event.step] = event.way
    return decided
