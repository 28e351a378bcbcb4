"""The names by which sequences call other systems, held against the addresses that the settings have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.documents import read_yaml, suggestion
from gatepost_site.findings import ContentError
from gatepost_webhook.followup.formats import SequenceMeta
from gatepost_webhook.followup.outline import steps_in
from gatepost_webhook.followup.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_site.findings import Finding
    from gatepost_site.project import Project
    from gatepost_webhook.settings import Settings


def are_known(settings: Settings) -> bool:
    """Tell whether these are the settings under which calls are made, and not those of somebody who only writes."""
    return bool(settings.webhooks) or settings.channel == "smtp"


def webhook_findings(project: Project, settings: Settings) -> Iterator[Finding]:
    """Find steps that call a webhook of which the settings name no address."""
    there = sorted(settings.webhooks)
    for path in sorted(project.sequences.glob("*/sequence.yml")):
        try:
            meta = read_yaml(path, SequenceMeta, root=project.root)
        except ContentError:
            continue  # Said already, by the rule "sequence".
        positions = Positions.of(path, project.root)
        for where, step in steps_in(meta):
            if step.webhook and step.webhook not in settings.webhooks:
                new = f"'{step.webhook}=https://...' into GATEPOST_WEBHOOKS"
                write = f"{suggestion(step.webhook, there)}, or {new}" if there else new
                what = "the settings have no address for this webhook"
                yield positions.finding((*where, "webhook"), what, f"'{step.webhook}'", write)
