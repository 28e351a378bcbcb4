"""`gatepost segments`: how many, who, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from gatepost_webhook.cli import gatepost
from gatepost_webhook.store.database import open_database
from gatepost_webhook.store.marks import tag
from tests.webhook.leads.filled import DAY, START

if TYPE_CHECKING:
    from pathlib import Path

SEGMENTS = """\
segments:
  readers:
    title: Readers
    condition: downloaded
  beta:
    title: Beta testers
    condition: tagged "Beta" or in segment readers and first_name is "ADA"
"""


def segments(data: Path, *options: str) -> Result:
    (data / "sequences").mkdir(exist_ok=True)
    (data / "sequences" / "segments.yml").write_text(SEGMENTS, encoding="utf-8")
    return CliRunner().invoke(gatepost, ["segments", "--data", str(data), "--project", str(data), *options])


@pytest.fixture
def tagged(data: Path) -> Path:
    """The data folder, where Eve has a tag since the third of the days after the first."""
    with open_database(data / "leads.db") as connection:
        tag(connection, 3, "beta", now=START + 3 * DAY)
    return data


def test_each_segment_is_counted(tagged: Path) -> None:
    assert segments(tagged).output == (
        "Segment      Leads  Title\nreaders          1  Readers\nbeta             2  Beta testers\n"
    )


def test_a_segment_shows_its_people(tagged: Path) -> None:
    output = segments(tagged, "beta").output
    assert output.startswith('Beta testers: tagged "Beta" or (in segment readers and first_name is "ADA")\n')
    assert "Ada@Example.org" in output
    assert "eve@example.net" in output
    assert output.endswith("\n2 leads.\n")


def test_programs_get_the_columns_of_an_export(tagged: Path) -> None:
    records = json.loads(segments(tagged, "beta", "--format", "json").output)
    assert [record["email"] for record in records] == ["Ada@Example.org", "eve@example.net"]
    lines = segments(tagged, "beta", "--format", "csv").output.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith('"id","email"')


def test_why_a_lead_is_in_or_not_is_said_part_by_part(tagged: Path) -> None:
    assert (
        segments(tagged, "beta", "--explain", "eve@example.net").output
        == """\
eve@example.net is in beta.

yes  tagged "Beta" or (in segment readers and first_name is "ADA")
yes    tagged "Beta"                                                beta
no     in segment readers and first_name is "ADA"
no       in segment readers
no         downloaded                                               none
no       first_name is "ADA"                                        nothing
"""
    )


def test_a_past_day_is_worked_out_again(tagged: Path) -> None:
    then = segments(tagged, "beta", "--at", "2026-11-19 08:59")
    assert then.output.endswith("0 leads.\n")
    assert segments(tagged, "beta", "--at", "2026-11-19 09:00").output.endswith("1 lead.\n")
    before = segments(tagged, "beta", "--explain", "eve@example.net", "--at", "2026-11-18")
    assert before.output == "eve@example.net was no lead then.\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("bets",), "no such segment, found 'bets'; write 'beta'"),
        (("--format", "json"), "write its name before them"),
        (("beta", "--explain", "nobody"), "is no address, found 'nobody'"),
        (("beta", "--explain", "nobody@example.com"), "there is no lead 'nobody@example.com'"),
    ],
)
def test_what_cannot_be_shown_is_a_wrong_use(tagged: Path, options: tuple[str, ...], said: str) -> None:
    result = segments(tagged, *options)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_a_mistake_in_the_file_is_a_finding(tagged: Path) -> None:
    (tagged / "sequences").mkdir()
    (tagged / "sequences" / "segments.yml").write_text("segments:\n  a:\n    title: A\n    condition: x\n")
    result = CliRunner().invoke(gatepost, ["segments", "--data", str(tagged), "--project", str(tagged)])
    assert result.exit_code == 1
    assert "sequences/segments.yml:4:5: 'segments.a.condition': is not a condition" in result.output
