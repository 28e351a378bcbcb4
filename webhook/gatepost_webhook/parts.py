"""What the files of a project say, read once: needed by the app and by the worker."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatepost_site.magnets import Magnet, load_magnets
from gatepost_site.project import Manifest, Project, read_manifest
from gatepost_site.words.languages import Languages, load_languages
from gatepost_webhook.errors import NotBuiltError
from gatepost_webhook.followup.reload import sequences_in_force
from gatepost_webhook.followup.sequences import load_sequences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gatepost_webhook.followup.sequences import Sequence

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """A built project: its manifest, its magnets, its sequences."""

    project: Project
    manifest: Manifest
    magnets: Mapping[str, Magnet]
    sequences: Mapping[str, Sequence]
    languages: Languages = field(default_factory=Languages)


def load_parts(
    root: Path, *, last_good: Callable[[str], Sequence | None] | None = None, preview: bool = False
) -> Parts:
    """Read a built project. Raises NotBuiltError, or ContentError with every mistake in magnets, sequences and words.

    With `last_good`, a broken sequence is logged, and what that function knows of it is in force instead. With
    `preview`, the build for this machine is read and not the published one.
    """
    project = Project.at(root, preview=preview)
    try:
        manifest = read_manifest(project)
    except FileNotFoundError as error:
        raise NotBuiltError(f"{project.root}: the site was not built yet; run 'gatepost build' there") from error
    magnets, languages = load_magnets(project), load_languages(project)
    if last_good is None:
        return Parts(project, manifest, magnets, load_sequences(project, magnets), languages)
    sequences, findings = sequences_in_force(project, magnets, last_good)
    for finding in findings:
        logger.error("%s", finding)
    return Parts(project, manifest, magnets, sequences, languages)
