"""gatepost why: every decision with its rule, file and line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_webhook.cli import gatepost
from gatepost_webhook.clock import SystemClock
from tests.webhook.followup.desk import DAY, START, write_project

if TYPE_CHECKING:
    from click.testing import Result

    from tests.webhook.followup.desk import Desk


@pytest.fixture(autouse=True)
def frozen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the desk's."""
    monkeypatch.setattr(SystemClock, "now", lambda _: desk.clock.now())


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPOST_SUPPRESSION_KEY", "k" * 32)
    monkeypatch.setenv("GATEPOST_SECRET", "s" * 32)


def why(desk: Desk, lead: str, *arguments: str) -> Result:
    folders = ["--project", str(desk.outfit.project.root), "--data", str(desk.outfit.settings.data)]
    return CliRunner().invoke(gatepost, ["why", lead, *arguments, *folders])


def test_it_tells_what_was_decided_by_which_line_and_what_comes_next(desk: Desk) -> None:
    desk.enrol(desk.add_lead("Anna@example.com", '{"first_name": "Anna"}'))
    desk.run(days=1)
    desk.run(days=2)
    version = desk.outfit.sequences["after"].version[:12]
    assert why(desk, "anna@example.com").output == (
        "Anna@example.com (lead 1), Anna\n"
        "Confirmed 2026-11-22 09:00; consent to marketing is in force since 2026-11-22 09:00.\n"
        "\n"
        "after: After the checklist\n"
        "  Enrolled 2026-11-22 09:00 by submission 1 (asked for checklist, from /get/checklist/).\n"
        f"  Version {version}.\n"
        "  2026-11-23 09:00  first  sent\n"
        "    due 2026-11-23 09:00; after 1 day (sequences/after/sequence.yml:5:10)\n"
        "  2026-11-25 09:00  second  skipped: company is not set\n"
        "    due 2026-11-25 09:00; after 2 days, only if company is set (sequences/after/sequence.yml:10:14)\n"
        "  Next: third, due 2026-11-27 09:00 (in 2 days)\n"
        "    after 2 days (sequences/after/sequence.yml:12:10)\n"
        "    Looked at 2026-11-27 09:00; if nothing changes, it is sent.\n"
        "  What would stop it: unsubscribing, withdrawing the consent, a dead mailbox, a complaint, or the owner.\n"
    )


def test_what_will_be_passed_over_is_said_with_the_line_of_the_condition(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    lines = why(desk, "1").output.splitlines()
    assert "  Next: second, due 2026-11-25 09:00 (in 2 days)" in lines
    assert "    after 2 days, only if company is set (sequences/after/sequence.yml:10:14)" in lines
    assert "    Looked at 2026-11-25 09:00; if nothing changes, it is passed over: company is not set." in lines


def test_the_rule_is_that_of_the_version_that_decided_and_an_edit_is_told(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    path = desk.outfit.project.sequences / "after" / "sequence.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("wait: 1 day\n", "wait: 3 days\n"), encoding="utf-8")
    output = why(desk, "1").output
    assert (
        "    due 2026-11-23 09:00; after 1 day (sequences/after/sequence.yml:5:10; the file has changed since)"
        in output
    )
    assert "Its files say something else by now; 'gatepost plan' says what that means." in output


def test_of_a_step_that_is_gone_the_version_is_still_known(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    path = desk.outfit.project.sequences / "after" / "sequence.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  - key: first\n    wait: 1 day\n    message: first.md\n", ""), encoding="utf-8")
    assert "after 1 day (sequences/after/sequence.yml; the file has changed since)" in why(desk, "1").output


def test_it_says_why_nothing_more_comes(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.suppress("anna@example.com")
    before = why(desk, "1").output
    assert "No mail of a sequence is sent to this address since 2026-11-22 09:00: unsubscribed.\n" in before
    assert "What would stop it: the address is on the suppression list already" in before
    desk.run(days=1)
    assert "  2026-11-23 09:00  stopped: unsubscribed\n" in why(desk, "1").output


def test_programs_get_the_same_as_json(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    told = json.loads(why(desk, "1", "--format", "json").output)
    assert told["lead"]["email"] == "anna@example.com"
    [stay] = told["sequences"]
    assert (stay["sequence"], stay["state"], stay["submission"]) == ("after", "active", 1)
    assert stay["decided"] == [
        {
            "at": "2026-11-23T09:00:00Z",
            "due_at": "2026-11-23T09:00:00Z",
            "step": "first",
            "kind": "sent",
            "way": "",
            "reason": "",
            "ruling": {"place": "sequences/after/sequence.yml:5:10", "words": "after 1 day", "has_changed": False},
        }
    ]
    assert (stay["upcoming"]["what"], stay["upcoming"]["due_at"]) == ("skip", "2026-11-25T09:00:00Z")


def test_an_unknown_lead_is_a_usage_error(desk: Desk) -> None:
    for name in ("7", "9" * 30, "#" + "9" * 5000, "eve@example.com", "anna"):
        result = why(desk, name)
        assert result.exit_code == 2
        assert f"there is no such lead, found '{name}'" in result.output


def test_a_lead_in_no_sequence_is_told_so(desk: Desk) -> None:
    desk.add_lead()
    assert why(desk, "1").output.endswith("In no sequence, now or before.\n")


def test_broken_files_do_not_hide_the_past(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    write_project(desk.outfit.project.root, "title: [\n")
    result = why(desk, "1")
    assert result.exit_code == 0
    assert "first  sent\n" in result.output
    assert desk.clock.now() == START + DAY
