"""Scores as they are kept beside the leads: worked out again when a lead did something, and when the rules change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.leads.history import happenings_of
from gatepost_webhook.leads.scoring import score, total
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatepost_webhook.leads.scoring import Scoring
    from gatepost_webhook.store.database import Connection

#: Seconds after which a score that fades is worked out again.
FADING = 86_400


class Rise(NamedTuple):
    """A score that changed because the lead did something."""

    lead_id: int
    before: int
    after: int

    def passed(self, thresholds: Iterable[int]) -> list[int]:
        """Return those of some thresholds that were not reached before, and are now."""
        return sorted(threshold for threshold in thresholds if self.before < threshold <= self.after)


class Round(NamedTuple):
    """What one batch did."""

    #: How many scores were worked out, or dropped; fewer than asked for means that none is left.
    done: int
    rises: list[Rise]


def rescore(connection: Connection, scoring: Scoring, lead_id: int, *, now: int) -> Rise | None:
    """Work a lead's score out again in the caller's transaction; None when it did not change, or counts for nobody."""
    row = statements.score_of_lead(connection, lead_id=lead_id)
    return _scored(connection, scoring, row, now) if row else None


def rescore_some(connection: Connection, scoring: Scoring, limit: int, *, now: int) -> Round:
    """Work out at most `limit` scores again: of leads who did something, by changed rules, and faded ones.

    Only who did something has risen: changed rules move nobody past a threshold.
    """
    if not scoring.rules:
        return Round(statements.forget_scores(connection, limit=limit), [])
    rows = list(statements.leads_to_score(connection, version=scoring.version, limit=limit))
    if scoring.fades and len(rows) < limit:
        spare, before = limit - len(rows), now - FADING
        rows += statements.leads_to_fade(connection, version=scoring.version, before=before, limit=spare)
    changes = [(row, _scored(connection, scoring, row, now)) for row in rows]
    return Round(len(rows), [change for row, change in changes if change and not row["scored_by"]])


def _scored(connection: Connection, scoring: Scoring, row: Mapping[str, int | str], now: int) -> Rise | None:
    lead_id, before = int(row["id"]), int(row["score"])
    facts = facts_of(connection, lead_id, now)
    after = total(score(scoring, facts, happenings_of(connection, lead_id, now)))
    kept = statements.set_score(
        connection,
        lead_id=lead_id,
        score=after,
        before=before,
        was=row["scored_by"],
        version=scoring.version,
        now=now,
    )
    return Rise(lead_id, before, after) if kept and after != before else None
