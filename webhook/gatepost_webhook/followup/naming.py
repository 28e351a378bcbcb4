"""The names that a project gives: what conditions anywhere in it may speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.findings import ContentError
from gatepost_webhook.followup.actions import Tag
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.leads.known import Known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
    from gatepost_webhook.followup.steps import Sequence


def names_of(project: Project, magnets: Mapping[str, Magnet], sequences: Mapping[str, Sequence] | None = None) -> Known:
    """Return the names of a project's fields, magnets, sequences and tags; segments know their own.

    `sequences` are the project's, where they were read already.
    """
    slugs = [path.parent.name for path in project.sequences.glob("*/sequence.yml")]
    read = _readable(project, magnets) if sequences is None else sequences
    steps = (step.does for sequence in read.values() for step in sequence.by_key.values())
    return Known.of(magnets.values(), sequences=slugs, tags=[does.name for does in steps if isinstance(does, Tag)])


def _readable(project: Project, magnets: Mapping[str, Magnet]) -> Mapping[str, Sequence]:
    try:
        return load_sequences(project, magnets)
    except ContentError:
        # Somebody else says what is wrong with them; without them no tag is known, and none is taken for misspelt.
        return {}
