"""What a build refuses, of both halves of a project. What has no sequences does not load what reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.findings import ContentError, Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project


def sequence_findings(project: Project, magnets: Mapping[str, Magnet]) -> list[Finding]:
    """Return the mistakes in a project's sequences, segments and scores."""
    if not project.sequences.is_dir():
        return []
    # Half of what a command would import at all: most of a build that has one page to make.
    from gatepost_webhook.followup.naming import names_of  # noqa: PLC0415
    from gatepost_webhook.followup.sequences import load_sequences  # noqa: PLC0415
    from gatepost_webhook.leads.scores import load_scoring  # noqa: PLC0415
    from gatepost_webhook.leads.segments import load_segments  # noqa: PLC0415

    try:
        sequences = load_sequences(project, magnets)
        names = names_of(project, magnets, sequences)
        load_segments(project, names)
        load_scoring(project, names)
    except ContentError as error:
        return error.findings
    return []


def count(number: int, noun: str) -> str:
    """Return "1 page", "2 pages"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
