from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from gatepost_webhook.cli import gatepost
from tests.webhook.leads.filled import write_many, write_rows

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """\
E-mail            Name, company                       Magnets              First seen        Confirmed         Marketing  Follow-up
eve@example.net   -                                   checklist            2026-11-18 09:00  2026-11-18 10:00  withdrawn  stopped (after): unsubscribed
=cmd@example.com  =cmd|' /C calc'!A0, Müller & Söhne  playbook             2026-11-17 09:00  -                 no         -
Ada@Example.org   Ada Lovelace, Analytical Engines    checklist, playbook  2026-11-16 09:00  2026-11-16 09:05  yes        2026-11-20 09:00 one-sentence (after)

3 leads: 2 confirmed, 1 with marketing consent.
"""  # noqa: E501
EMPTY = """\
No leads yet.
A lead comes to be when somebody sends the form of a magnet's landing page. Try it: run 'gatepost demo', open the
address that it prints, and ask for a file.
"""


def leads(data: Path, *options: str) -> Result:
    return CliRunner().invoke(gatepost, ["leads", "--data", str(data), "--project", str(data), *options])


def test_a_pipe_gets_every_lead_on_a_whole_line(data: Path) -> None:
    result = leads(data)
    assert (result.exit_code, result.stdout, result.stderr) == (0, TABLE, "")


@pytest.mark.parametrize(
    ("options", "last_line"),
    [
        (
            ["--limit", "2"],
            "2 newest of 3 leads: 2 confirmed, 1 with marketing consent. 1 more: --limit, --search, --magnet.",
        ),
        (["--search", "ADA"], "1 lead: found in 3 by 'ADA'."),
        (["--search", "nobody"], "None of 3 leads has 'nobody' in its address or answers."),
        (["--magnet", "playbook"], "2 leads for playbook: 1 confirmed, 1 with marketing consent."),
        (["--magnet", "playbook", "--search", "x"], "2 leads for playbook: found in 2 by 'x'."),
        (
            ["--magnet", "playbook", "--search", "x", "--limit", "1"],
            "1 newest of 2 leads for playbook: found in 2 by 'x'. 1 more: --limit, --search, --magnet.",
        ),
    ],
)
def test_the_last_line_sums_up(data: Path, options: list[str], last_line: str) -> None:
    result = leads(data, *options)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, last_line)


def test_without_leads_it_says_how_one_comes_to_be(tmp_path: Path) -> None:
    write_rows(tmp_path, {})
    assert leads(tmp_path).stdout == EMPTY


def test_of_many_leads_it_shows_the_newest_fifty(tmp_path: Path) -> None:
    write_many(tmp_path, 1234)
    lines = leads(tmp_path).stdout.splitlines()
    assert len(lines) == 53
    assert lines[1].startswith("lead1234@example.org")
    assert lines[-1] == (
        "50 newest of 1,234 leads: 0 confirmed, 0 with marketing consent. 1,184 more: --limit, --search, --magnet."
    )


def test_a_misspelt_magnet_is_a_usage_error_with_the_right_name(data: Path) -> None:
    result = leads(data, "--magnet", "playbok")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == (
        "Error: Invalid value for '--magnet': there is no magnet 'playbok'; write 'playbook'"
    )


def test_a_magnet_that_nobody_asked_for_yet_is_no_mistake(data: Path) -> None:
    (data / "magnets" / "new").mkdir(parents=True)
    (data / "magnets" / "new" / "magnet.md").touch()
    result = leads(data, "--magnet", "new")
    assert (result.exit_code, result.stdout) == (0, "Nobody asked for 'new' yet.\n")
