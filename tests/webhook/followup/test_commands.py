"""The commands work and simulate, as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_site.project import Manifest, Project, write_manifest
from gatepost_webhook.cli import gatepost

if TYPE_CHECKING:
    from click.testing import Result

REPOSITORY = Path(__file__).parents[3]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(gatepost, list(arguments))


def test_simulate_prints_the_timeline_of_the_example() -> None:
    result = run(
        "simulate",
        "nurturing-playbook",
        "--persona",
        "bare",
        "--from",
        "2026-12-01T09:30",
        "--project",
        str(REPOSITORY),
    )
    assert result.output == (
        "After the Nurturing Playbook: reader@example.com, confirmed Tue 2026-12-01 09:30\n"
        "Wed 2026-12-02 09:30  day 1   first-read          sent     Where to begin with the playbook\n"
        "Sat 2026-12-05 09:30  day 4   one-sentence        sent     One sentence worth rewriting\n"
        "Tue 2026-12-08 09:30  day 7   sketch-for-company  skipped  company is not set\n"
        "Fri 2026-12-11 09:30  day 10  small-numbers       sent     When nine becomes twelve\n"
        "Sat 2026-12-12 09:30  day 11  -                   stopped  unsubscribed\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nurturing-plybook"], "no such sequence, found 'nurturing-plybook'; write 'nurturing-playbook'"),
        (["nurturing-playbook", "--persona", "ful"], "no such persona, found 'ful'; write 'full'"),
    ],
)
def test_simulate_says_what_to_write_instead_of_an_unknown_name(arguments: list[str], message: str) -> None:
    result = run("simulate", *arguments, "--project", str(REPOSITORY))
    assert result.exit_code == 2
    assert result.output.splitlines()[-1] == f"Error: {message}"


def test_simulate_and_rehearse_say_which_of_the_two_names_they_take(project: Project) -> None:
    write_manifest(project, Manifest("Example", "https://example.org/", {"checklist": "get/checklist/"}))
    simulated = run("simulate", "checklist", "--project", str(project.root))
    rehearsed = run("rehearse", "after", "--project", str(project.root))
    assert (simulated.exit_code, rehearsed.exit_code) == (2, 2)
    assert simulated.output.splitlines()[-1] == (
        "Error: simulate takes a sequence, and 'checklist' is a magnet; write its sequence: 'after'"
    )
    assert rehearsed.output.splitlines()[-1] == (
        "Error: rehearse takes a magnet, and 'after' is a sequence; write 'checklist', which leads to it"
    )


def test_simulate_of_a_magnet_without_a_sequence_names_those_that_there_are(project: Project) -> None:
    path = project.magnets / "checklist" / "magnet.md"
    path.write_text(path.read_text(encoding="utf-8").replace("sequence: after\n", ""), encoding="utf-8")
    result = run("simulate", "checklist", "--project", str(project.root))
    assert result.output.splitlines()[-1] == (
        "Error: simulate takes a sequence, and 'checklist' is a magnet; it has no sequence; there are: after"
    )


def test_work_once_sends_into_the_mailbox_and_counts(project: Project, tmp_path: Path) -> None:
    write_manifest(project, Manifest("Example", "https://example.org/", {"checklist": "get/checklist/"}))
    result = run("work", "--once", "--project", str(project.root), "--data", str(tmp_path / "fresh"))
    assert (result.exit_code, result.output) == (0, "0 mails dealt with.\n")


def test_work_asks_for_a_build_first(project: Project, tmp_path: Path) -> None:
    result = run("work", "--once", "--project", str(project.root), "--data", str(tmp_path / "fresh"))
    assert result.exit_code == 1
    assert result.output == f"gatepost: {project.root}: the site was not built yet; run 'gatepost build' there\n"
