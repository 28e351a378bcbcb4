"""The JSON Schemas of all file formats, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatepost_site.audit.rulebook import RULES as SITE_RULES
from gatepost_site.magnets import MagnetMeta
from gatepost_site.page_meta import PageMeta
from gatepost_site.plugin import config_schema
from gatepost_site.schemas import DRAFT, schema_of
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
#: A list of days is no model of ours: its keys are the days.
_HOLIDAYS: Mapping[str, Any] = {
    "$schema": DRAFT,
    "title": "Days on which no mail goes",
    "description": "A day and what it is called on each line. Example: 2026-12-25: Christmas Day",
    "type": "object",
    "propertyNames": {"pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "additionalProperties": {"type": "string"},
}
NAMES = (*_FORMATS, "holidays", "mkdocs")


def schemas() -> dict[str, dict[str, Any]]:
    """Return every schema."""
    made = {name: schema_of(model, title) for name, (model, title) in _FORMATS.items()}
    return made | {
        "holidays": dict(_HOLIDAYS),
        "mkdocs": config_schema((*SITE_RULES, *SEQUENCE_RULES, *FORESIGHT_RULES)),
    }
