"""gatepost simulate: any persona, any zone, as a table, as JSON, and as a picture with the persona's way on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from gatepost_webhook.cli import gatepost
from tests.webhook.followup.desk import write_project

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from gatepost_site.project import Project

PARTED = """\
title: After the checklist
fallbacks: {first_name: there}
steps:
  - key: size
    wait: 1 day
    branch:
      firms:
        when: company is set
        steps:
          - {key: mark, tag: firm}
          - {key: for-firms, wait: 1 day, message: second.md}
      otherwise: {}
  - key: short-or-long
    split:
      short:
        percent: 50
        steps:
          - {key: short, message: first.md}
      long:
        percent: 50
        steps:
          - {key: long, message: third.md}
  - key: rest
    wait: until Tuesday 09:00
  - key: out
    stop: after
"""
TESTS = """\
tests:
  - name: Firms hear of firms
    persona: firm
    ways: {short-or-long: long}
    expect:
      - {step: size, at: 1 day, way: firms}
      - {step: mark, at: 1 day}
      - {step: short-or-long, way: long}
      - {step: long, at: 2 days and 20 hours}
    never: short
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = write_project(tmp_path, PARTED)
    personas = project.sequences / "after" / "personas"
    personas.mkdir()
    (personas / "firm.yml").write_text("email: f@example.com\nfields: {company: Bakery}\n", encoding="utf-8")
    (personas / "reader.yml").write_text("email: r@example.com\n", encoding="utf-8")
    return project


def simulate(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(gatepost, ["simulate", "after", *arguments, "--project", str(project.root)])


def test_ways_are_named_and_times_are_the_leads_own(project: Project) -> None:
    result = simulate(project, "--persona", "firm", "--from", "2026-10-23T10:00", "--zone", "America/New_York")
    assert result.output == (
        "After the checklist: f@example.com, confirmed Fri 2026-10-23 10:00 (America/New_York)\n"
        "Sat 2026-10-24 10:00  day 1  size           acted    way 'firms'\n"
        "Sat 2026-10-24 10:00  day 1  mark           acted    tags the lead 'firm'\n"
        "Sun 2026-10-25 10:00  day 2  for-firms      sent     About second\n"
        "Sun 2026-10-25 10:00  day 2  short-or-long  acted    way 'short'\n"
        "Mon 2026-10-26 06:00  day 2  short          sent     About first\n"
        "Tue 2026-10-27 09:00  day 3  rest           acted    waits\n"
        "Tue 2026-10-27 09:00  day 3  out            acted    stops the sequence 'after'\n"
        "Tue 2026-10-27 09:00  day 3  -              stopped  ended at step 'out'\n"
    )


def test_everybody_in_the_folder_is_shown(project: Project) -> None:
    result = simulate(project, "--all-personas", "--from", "2026-10-23")
    assert [line for line in result.output.splitlines() if "confirmed" in line] == [
        "After the checklist: f@example.com, confirmed Fri 2026-10-23 00:00",
        "After the checklist: r@example.com, confirmed Fri 2026-10-23 00:00",
    ]


def test_programs_get_the_instants_with_their_distance_from_utc(project: Project) -> None:
    arguments = ("--persona", "reader", "--from", "2026-03-27T10:00", "--zone", "Europe/Berlin", "--format", "json")
    [told] = json.loads(simulate(project, *arguments).output)
    assert (told["persona"], told["zone"], told["start"]) == ("reader", "Europe/Berlin", "2026-03-27T10:00:00+01:00")
    assert told["rows"][0] == {
        "at": "2026-03-28T10:00:00+01:00",
        "after_seconds": 86_400,
        "step": "size",
        "action": "acted",
        "reason": "",
        "way": "otherwise",
        "subject": "",
    }
    assert told["is_over"] is True
    assert told["clock_changes"] == [{"at": "2026-03-29T03:00:00+02:00", "what": "1 hour forward: CET becomes CEST"}]


def test_the_picture_shows_the_ways_and_where_they_join(project: Project) -> None:
    chart = simulate(project, "--format", "mermaid").output
    assert '  n2{{"size<br>parts the leads by conditions"}}\n' in chart
    assert '  n2 -->|"firms: company is set, at once"| n3\n' in chart
    assert '  n2 -->|"otherwise, at once"| n5\n' in chart
    assert '  n5 -->|"short: 50 %, at once"| n6\n' in chart
    assert "([\"out<br>stops the sequence 'after'\"])" in chart


def test_the_way_of_a_persona_is_marked_in_the_drawing(project: Project) -> None:
    result = simulate(project, "--format", "svg", "--persona", "firm", "--from", "2026-10-23T10:00")
    root = ElementTree.fromstring(result.output)
    groups = [group for group in root.iter() if "marked" in group.get("class", "")]
    said = [" / ".join(text.text or "" for text in group) for group in groups]
    assert [words.split(" / ")[1] for words in said] == [
        "Start", "size", "mark", "for-firms", "short-or-long", "short", "rest", "out", "End",
    ]  # fmt: skip
    assert "way 'firms', Sat 2026-10-24 10:00" in said[1]


def test_a_test_chooses_the_way_that_chance_takes(project: Project) -> None:
    assert gatepost_test(project, TESTS) == "sequences/after/tests.yml .\n1 passed\n"
    other = gatepost_test(project, TESTS.replace("short-or-long: long}\n", "short-or-long: short}\n"))
    assert "expected 'short-or-long' to take the way 'long', found 'short'" in other
    assert "expected 'long' at T+2 days 20 hours, found nothing" in other
    misspelt = gatepost_test(project, TESTS.replace("short-or-long: long}\n", "short-or-long: lnog}\n"))
    assert "4:27: no such way of a split, found 'lnog'; write 'long'" in misspelt


def gatepost_test(project: Project, text: str) -> str:
    (project.sequences / "after" / "tests.yml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(gatepost, ["test", "--project", str(project.root)]).output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--zone", "Berlin"], "'Berlin' is not a time zone; write its IANA name, as in 'Europe/Berlin' or 'UTC'"),
        (["--persona", "firm", "--all-personas"], "--persona and --all-personas exclude each other"),
    ],
)
def test_what_is_written_wrongly_is_said(project: Project, arguments: list[str], message: str) -> None:
    result = simulate(project, *arguments)
    assert result.exit_code == 2
    assert message in result.output
