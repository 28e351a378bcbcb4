"""What the store knows of a lead, as facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.store.database import open_database
from tests.webhook.leads.filled import DAY, START

if TYPE_CHECKING:
    from pathlib import Path


def test_facts_come_from_what_the_lead_did_and_answered(data: Path) -> None:
    connection = open_database(data / "leads.db")
    facts = facts_of(connection, 1, START + 9 * DAY, magnet="playbook")
    assert facts.fields["company"] == "Analytical Engines"
    assert facts.asked == {"playbook", "checklist"}
    assert facts.confirmed == {"playbook", "checklist"}
    assert facts.downloaded == {"playbook"}
    assert facts.inside == {"after"}
    assert facts.consents
    assert (facts.now, facts.created_at, facts.last_activity_at) == (START + 9 * DAY, START, START + 300)
    assert facts_of(connection, 2, START).confirmed == frozenset()


def test_of_nobody_there_are_no_facts(data: Path) -> None:
    with pytest.raises(LookupError):
        facts_of(open_database(data / "leads.db"), 99, START)
