"""Tests beside a sequence: what they find, and where they say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_site.findings import ContentError
from gatepost_site.magnets import load_magnets
from gatepost_webhook.cli import gatepost
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.foresight.trials import run_trials
from tests.webhook.followup.desk import write_project

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from gatepost_site.project import Project

#: The sequence of the desk: first after 1 day; second 2 days later, only if company is set; third 2 days later.
GOOD = """\
tests:
  - name: Companies get all three
    persona: {fields: {company: Bakery}}
    start: 2026-03-27 18:00
    zone: Europe/Berlin
    expect:
      - {step: first, at: 1 day}
      - {step: second, at: 2026-03-30 19:00, subject: About second}
      - {step: third, after: 4 days, within: 5 days}
    ends: finished
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path)


def found(project: Project, text: str) -> list[str]:
    (project.sequences / "after" / "tests.yml").write_text(text, encoding="utf-8")
    magnets = load_magnets(project)
    try:
        trials = run_trials(load_sequences(project, magnets)["after"], magnets["checklist"], project)
    except ContentError as error:
        return [str(finding) for finding in error.findings]
    return [str(finding) for trial in trials for finding in trial.findings]


def test_what_comes_as_expected_is_no_finding(project: Project) -> None:
    assert found(project, GOOD) == []


TIMELINE = "T+1 day first sent, T+3 days second skipped, T+5 days third sent, T+5 days finished"
OTHERWISE = {
    "at another time": (
        "    expect: [{step: third, at: 4 days}]",
        (
            "3:32: test 'x': expected 'third' at T+4 days, found T+5 days (Sat 2026-01-10 09:00) "
            "(timeline: T+1 day first sent, T+3 days second skipped, T+5 days third sent, T+5 days finished)"
        ),
    ),
    "too late": (
        "    expect: [{step: first, within: 23 hours}]",
        (
            "3:36: test 'x': expected 'first' not after T+23 hours, found T+1 day (Tue 2026-01-06 09:00) "
            "(timeline: T+1 day first sent, T+3 days second skipped, T+5 days third sent)"
        ),
    ),
    "too early, by their own clock": (
        "    expect: [{step: first, after: 2026-01-06 09:01}]",
        (
            "3:35: test 'x': expected 'first' not before Tue 2026-01-06 09:01, found T+1 day (Tue 2026-01-06 09:00) "
            "(timeline: T+1 day first sent, T+3 days second skipped, T+5 days third sent)"
        ),
    ),
    "passed over": (
        "    expect: [{step: second, at: 3 days}]",
        (
            "3:21: test 'x': expected 'second' at T+3 days, found skipped at T+3 days (Thu 2026-01-08 09:00): "
            f"company is not set (timeline: {TIMELINE})"
        ),
    ),
    "not reached": (
        "    days: 2\n    expect: [{step: third}]",
        "4:21: test 'x': expected 'third', found nothing (timeline: T+1 day first sent)",
    ),
    "another subject": (
        "    expect: [{step: first, subject: About nothing}]",
        (
            "3:37: test 'x': expected 'first' with the subject 'About nothing', found 'About first' "
            "(timeline: T+1 day first sent, T+3 days second skipped, T+5 days third sent)"
        ),
    ),
    "sent, and should not": (
        "    never: [second, third]",
        (
            "3:21: test 'x': 'third' is never to be sent, found it at T+5 days (Sat 2026-01-10 09:00) "
            f"(timeline: {TIMELINE})"
        ),
    ),
    "another end": (
        "    ends: stopped(unsubscribed)",
        (
            "3:11: test 'x': expected the end 'stopped(unsubscribed)', found 'finished' at T+5 days "
            f"(Sat 2026-01-10 09:00) (timeline: {TIMELINE.removeprefix('T+1 day first sent, ')})"
        ),
    ),
    "no end": (
        "    days: 2\n    ends: finished",
        "4:11: test 'x': expected the end 'finished', found 'inside' after 2 days (timeline: T+1 day first sent)",
    ),
}


@pytest.mark.parametrize(("text", "finding"), OTHERWISE.values(), ids=OTHERWISE)
def test_what_comes_otherwise_is_said_with_place_and_timeline(project: Project, text: str, finding: str) -> None:
    assert found(project, f"tests:\n  - name: x\n{text}\n") == [f"sequences/after/tests.yml:{finding}"]


MISTAKES = {
    "step": ("    never: frist", "3:12: no such step in the sequence, found 'frist'; write 'first'"),
    "persona": ("    persona: anna", "3:14: no such persona, found 'anna'; write a file anna.yml into personas/"),
    "key": ("    expects: []", "3:5: unknown key, found 'expects'; write 'expect'"),
    "persona's key": ("    persona: {field: {}}", "3:15: unknown key, found 'field'; write 'fields'"),
    "time": (
        "    expect: [{step: first, at: soon}]",
        (
            "3:28: 'tests.0.expect.0.at': is not a duration, found 'soon'; write a number and minutes, hours, days or "
            "weeks, as in '3 days'"
        ),
    ),
    "day": (
        "    start: tomorrow",
        "3:5: 'tests.0.start': is not a day and time, found 'tomorrow'; write '2026-03-27 09:00'",
    ),
    "zone": (
        "    zone: Berlin",
        "3:5: 'tests.0.zone': is not a time zone, found 'Berlin'; write its IANA name, as in 'Europe/Berlin' or 'UTC'",
    ),
    "end": (
        "    ends: finished(well)",
        (
            "3:5: 'tests.0.ends': is no way in which a sequence ends, found 'finished(well)'; write 'finished', "
            "'stopped', 'stopped(unsubscribed)' or 'inside'"
        ),
    ),
}


@pytest.mark.parametrize(("text", "finding"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_test_is_said_with_what_to_write(project: Project, text: str, finding: str) -> None:
    assert found(project, f"tests:\n  - name: x\n{text}\n") == [f"sequences/after/tests.yml:{finding}"]


def test_an_unknown_event_is_a_mistake(project: Project) -> None:
    [finding] = found(project, "tests:\n  - name: x\n    events: [{after: 1 day, event: unsubscribd}]\n")
    assert finding.startswith("sequences/after/tests.yml:3:29: ")
    assert finding.endswith("found 'unsubscribd'; write 'unsubscribed'")


def gatepost_test(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(gatepost, ["test", *arguments, "--project", str(project.root)])


def test_the_command_says_little_when_all_is_well(project: Project) -> None:
    found(project, GOOD)
    result = gatepost_test(project)
    assert (result.exit_code, result.output) == (0, "sequences/after/tests.yml .\n1 passed\n")
    assert "  passed  Companies get all three\n" in gatepost_test(project, "after", "--verbose").output


def test_the_command_shows_the_whole_timeline_of_what_failed(project: Project) -> None:
    found(project, GOOD + "  - {name: Nobody hears a third time, never: third}\n")
    result = gatepost_test(project)
    assert result.exit_code == 1
    assert result.output.splitlines()[0] == "sequences/after/tests.yml .F"
    assert "  Thu 2026-01-08 09:00  second  skipped    company is not set\n" in result.output
    assert "sequences/after/tests.yml:11:46: test 'Nobody hears a third time'" in result.output
    assert result.output.endswith("\n1 failed, 1 passed\n")


def test_the_command_knows_what_was_meant(project: Project) -> None:
    assert "no such sequence, found 'aftr'; write 'after'" in gatepost_test(project, "aftr").output
    assert "no tests; write some into sequences/after/tests.yml" in gatepost_test(project, "after").output


def test_check_runs_them_too(project: Project) -> None:
    (project.root / "mkdocs.yml").write_text("site_name: x\nsite_dir: public\ndocs_dir: content\nplugins: [gatepost]\n")
    (project.root / "content").mkdir()
    found(project, GOOD.replace("at: 1 day", "at: 2 days"))
    result = CliRunner().invoke(gatepost, ["check", "--rule", "sequence-test", "--project", str(project.root)])
    assert result.exit_code == 1
    assert "sequences/after/tests.yml:7:27: error: test 'Companies get all three': expected 'first'" in result.output
