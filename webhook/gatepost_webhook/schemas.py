"""The JSON Schemas of all file formats, by name."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatepost_site.audit.rulebook import RULES as SITE_RULES
from gatepost_site.magnets import MagnetMeta
from gatepost_site.page_meta import PageMeta
from gatepost_site.plugin import config_schema
from gatepost_site.schemas import schema_of, write_schemas
from gatepost_site.speed.digests import digest
from gatepost_site.speed.environment import code_below, installed
from gatepost_webhook.followup.audit_rules import RULES as SEQUENCE_RULES
from gatepost_webhook.followup.formats import MessageMeta, SequenceMeta
from gatepost_webhook.followup.personas import PersonaMeta
from gatepost_webhook.followup.sending import SendingMeta
from gatepost_webhook.followup.topics import TopicsMeta
from gatepost_webhook.foresight.audit_rules import RULES as FORESIGHT_RULES
from gatepost_webhook.foresight.expectations import TrialsMeta
from gatepost_webhook.leads.scores import ScoresMeta
from gatepost_webhook.leads.segments import SegmentsMeta

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_site.documents import Checked
    from gatepost_site.project import Project

#: Name -> (model, what the schema is called).
_FORMATS: Mapping[str, tuple[type[Checked], str]] = {
    "page": (PageMeta, "Front matter of a page"),
    "magnet": (MagnetMeta, "Front matter of magnet.md"),
    "sequence": (SequenceMeta, "sequence.yml"),
    "message": (MessageMeta, "Front matter of a message"),
    "sending": (SendingMeta, "sequences/sending.yml"),
    "persona": (PersonaMeta, "Persona of a sequence"),
    "tests": (TrialsMeta, "Tests of a sequence"),
    "segments": (SegmentsMeta, "segments.yml"),
    "scores": (ScoresMeta, "scores.yml"),
    "topics": (TopicsMeta, "sequences/topics.yml"),
}
NAMES = (*_FORMATS, "mkdocs")


def keep_schemas(project: Project) -> None:
    """Write the schemas where the project's files name them, if it is a project and may be written to."""
    if any((project.root / name).is_file() for name in ("mkdocs.yml", "mkdocs.yaml")):
        # Editors can do without, and so can every command.
        with contextlib.suppress(OSError):
            stamp, key = project.private / "schemas" / ".made-by", _made_by()
            # To make them takes as long as to build a page; to look whether the program is another, next to nothing.
            if not stamp.is_file() or stamp.read_text(encoding="utf-8") != key or not _are_there(project):
                write_schemas(schemas(), project)
                stamp.write_text(key, encoding="utf-8")


def _are_there(project: Project) -> bool:
    return all((project.private / "schemas" / f"{name}.json").is_file() for name in NAMES)


def _made_by() -> str:
    """Name the program: all that decides how the schemas are."""
    return digest(installed(), code_below(Path(__file__).parent))


def schemas() -> dict[str, dict[str, Any]]:
    """Return every schema."""
    made = {name: schema_of(model, title) for name, (model, title) in _FORMATS.items()}
    return made | {"mkdocs": config_schema((*SITE_RULES, *SEQUENCE_RULES, *FORESIGHT_RULES))}
