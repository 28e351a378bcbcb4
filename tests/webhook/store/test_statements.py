"""Every statement that the code asks for is there, and every one that is there is asked for."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from gatepost_webhook.store.statements import load_statements

PACKAGE = Path(str(files("gatepost_webhook")))
#: What every set of statements can do.
OWN = {"append"}


def test_statements_are_there_and_are_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    used = set(re.findall(r"\bstatements\.([a-z_]+)\b", code)) - OWN
    there = {name for name in load_statements().available_queries if not name.endswith("_cursor")}
    assert there == used


def test_planning_for_many_reads_the_same_kinds_of_events_as_for_one() -> None:
    one, many = (
        re.findall(r"'([a-z]+)'", getattr(load_statements(), name).sql)
        for name in ("events_for_followup", "events_of_leads")
    )
    assert one == many
    assert "visited" in one
