"""Keeps what can be asked about leads up to date: their answers for searching, and their scores."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from gatepost_site.findings import ContentError
from gatepost_webhook.leads.scores import NAME, load_scoring
from gatepost_webhook.leads.scoring import Scoring
from gatepost_webhook.leads.zones import AnsweredZones
from gatepost_webhook.store.scores import rescore_some
from gatepost_webhook.store.searching import keep_answers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.scores import Rise

logger = logging.getLogger(__name__)

#: Leads in one transaction: forms wait for the writer meanwhile.
BATCH = 100


class Done(NamedTuple):
    """What one batch did."""

    #: Whether more may wait.
    more: bool
    #: Scores that rose.
    rises: list[Rise]
    #: Leads who are in another time zone than was known.
    moved: list[int]


class Bookkeeping:
    """Works a batch at a time, by the rules in scores.yml as they are, or as they were when they were last in order."""

    def __init__(self, project: Project, magnets: Iterable[Magnet] = ()) -> None:
        self._project = project
        self._zones = AnsweredZones.of(magnets)
        self._seen = -1
        self._scoring = Scoring()

    @property
    def scoring(self) -> Scoring:
        """The rules in force."""
        path = self._project.sequences / NAME
        seen = path.stat().st_mtime_ns if path.is_file() else 0
        if seen != self._seen:
            self._seen = seen
            try:
                self._scoring = load_scoring(self._project)
            except ContentError as error:
                logger.error("sequences/%s is broken, the last good rules stay in force: %s", NAME, error.findings[0])  # noqa: TRY400
        return self._scoring

    def do_some(self, connection: Connection, now: int) -> Done:
        """Do a batch in the caller's transaction."""
        answers = keep_answers(connection, BATCH, self._zones)
        scores = rescore_some(connection, self.scoring, BATCH, now=now)
        return Done(BATCH in {answers.done, scores.done}, scores.rises, answers.moved)
