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


def names_of(project: Project, magnets: Mapping[str, Magnet]) -> Known:
    """Return the names of a project's fields, magnets, sequences and tags; segments know their own."""
    slugs = [path.parent.name for path in project.sequences.glob("*/sequence.yml")]
    try:
        sequences = load_sequences(project, magnets)
    except ContentError:
        # Somebody else says what is wrong with them; without them no tag is known, and none is taken for misspelt.
        sequences = {}
    steps = (step.does for sequence in sequences.values() for step in sequence.by_key.values())
    tags = [does.name for does in steps if isinstance(does, Tag)]
    return Known.of(magnets.values(), sequences=slugs, tags=tags)
