"""Sequences in force: the files as they are, and where they are broken the last good version."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING

from gatepost_site.findings import ContentError, Finding
from gatepost_webhook.followup.letterhead import FILE as LAYOUT
from gatepost_webhook.followup.sequences import load_sequence
from gatepost_webhook.followup.steps import Sequence, sequence_from_source
from gatepost_webhook.leads.segments import NAME as SEGMENTS
from gatepost_webhook.store.database import DatabaseError, open_reader
from gatepost_webhook.store.enrolments import last_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
    from gatepost_webhook.store.database import Connection

logger = logging.getLogger(__name__)

#: Path -> (time of change, size).
Fingerprint = frozenset[tuple[str, int, int]]


def sequences_in_force(
    project: Project, magnets: Mapping[str, Magnet], last_good: Callable[[str], Sequence | None]
) -> tuple[dict[str, Sequence], list[Finding]]:
    """Return every sequence, a broken one as `last_good` knows it, and what is wrong with the broken ones."""
    sequences: dict[str, Sequence] = {}
    findings: list[Finding] = []
    for path in sorted(project.sequences.glob("*/sequence.yml")):
        slug = path.parent.name
        try:
            sequences[slug] = load_sequence(path, project, magnets)
        except ContentError as error:
            findings += error.findings
            if known := last_good(slug):
                sequences[slug] = known
    return sequences, findings


def stored_sequence(connection: Connection, slug: str) -> Sequence | None:
    """Return the newest version of a sequence that the store knows."""
    sources = last_sources(connection, slug)
    return sequence_from_source(sources[0]) if sources else None


def last_known(database: Path) -> Callable[[str], Sequence | None]:
    """Return a function from a slug to the newest version in a database, which need not exist yet."""

    def known(slug: str) -> Sequence | None:
        if not database.is_file():
            return None
        with closing(open_reader(database)) as connection:
            try:
                return stored_sequence(connection, slug)
            except DatabaseError:
                # Made, and not filled yet: whoever opens it for writing brings it up to date, or says what is wrong.
                return None

    return known


class SequenceWatch:
    """Notices edited files, once they have come to rest, and says what is in force then."""

    def __init__(self, project: Project, magnets: Mapping[str, Magnet]) -> None:
        self._project = project
        self._magnets = magnets
        self._settled = self._seen = self._look()

    def changed(
        self, current: Mapping[str, Sequence], stored: Callable[[str], Sequence | None]
    ) -> dict[str, Sequence] | None:
        """Return the sequences in force when files changed since the last call but one, else None.

        A file is read only when two looks saw the same, so that nothing half saved is ever in force. A broken one
        that was not there just now stays as the store knows it.
        """
        before, self._seen = self._seen, self._look()
        if self._seen == self._settled or self._seen != before:
            return None
        self._settled = self._seen
        sequences, findings = sequences_in_force(
            self._project, self._magnets, lambda slug: current.get(slug) or stored(slug)
        )
        for slug in sorted({finding.file.split("/")[1] for finding in findings}):
            own = [finding for finding in findings if finding.file.split("/")[1] == slug]
            logger.error("sequences/%s is broken, the last good version stays in force: %s", slug, own[0])
        return sequences

    def _look(self) -> Fingerprint:
        found = []
        shared = (self._project.sequences / name for name in (LAYOUT, SEGMENTS))
        for path in (*shared, *self._project.sequences.glob("*/*")):
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((str(path), status.st_mtime_ns, status.st_size))
        return frozenset(found)
