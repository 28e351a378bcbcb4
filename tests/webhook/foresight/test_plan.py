"""gatepost plan: what an edit means for the leads inside, and that this is what then happens to them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_webhook.cli import gatepost
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.worker import Worker
from tests.webhook.followup.desk import SEQUENCE, write_project

if TYPE_CHECKING:
    from click.testing import Result

    from tests.webhook.followup.desk import Desk

FIRST = "  - key: first\n    wait: 1 day\n    message: first.md\n"
THIRD = "  - key: third\n    wait: 2 days\n    message: third.md\n"


@pytest.fixture(autouse=True)
def frozen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the desk's."""
    monkeypatch.setattr(SystemClock, "now", lambda _: desk.clock.now())


@pytest.fixture(autouse=True)
def inside(desk: Desk) -> None:
    """Three leads who had the first mail, two of whom have a company; and one who had none yet."""
    for name, fields in (("anna", '{"company": "Bakery"}'), ("ben", "{}"), ("cleo", '{"company": "Inn"}')):
        desk.enrol(desk.add_lead(f"{name}@example.com", fields))
    desk.run(days=1.5)
    desk.enrol(desk.add_lead("dora@example.com"))


def edit(desk: Desk, old: str, new: str, rules: str = "") -> None:
    assert old in SEQUENCE
    write_project(desk.outfit.project.root, rules + SEQUENCE.replace(old, new))


def publish(desk: Desk, sequence: str) -> None:
    project = write_project(desk.outfit.project.root, sequence)
    desk.outfit = replace(desk.outfit, sequences=load_sequences(project, desk.outfit.magnets))
    desk.worker = Worker(desk.outfit)


def plan(desk: Desk, *arguments: str) -> Result:
    folders = ["--project", str(desk.outfit.project.root), "--data", str(desk.outfit.settings.data)]
    return CliRunner().invoke(gatepost, ["plan", *arguments, *folders])


def told(desk: Desk, *arguments: str) -> list[str]:
    return plan(desk, *arguments).output.splitlines()[1:]


def test_files_as_they_were_change_nothing(desk: Desk) -> None:
    result = plan(desk)
    assert (result.exit_code, result.output) == (
        0,
        "sequences/after/sequence.yml: 4 leads inside\n  nothing has changed\n",
    )


def test_another_wait_is_told_with_how_long(desk: Desk) -> None:
    edit(desk, "wait: 2 days\n    only_if", "wait: 4 days\n    only_if")
    assert told(desk)[:4] == [
        "  'second' comes after 4 days, before: after 2 days (sequences/after/sequence.yml:9:11)",
        "    3 leads wait 2 days longer for 'second'",
        "  1 lead goes on as before",
        (
            "refused: sequences/after/sequence.yml:4:1: the sequence has changed, 4 leads are inside, and it does not "
            "say what that means for them; write 'on_change: move-at-next-step', or 'finish-old', or 'restart'"
        ),
    ]


def test_a_new_step_is_for_those_who_are_not_past_it(desk: Desk) -> None:
    edit(desk, FIRST, "  - key: extra\n    wait: 1 hour\n    message: extra.md\n" + FIRST)
    write_project(
        desk.outfit.project.root, (desk.outfit.project.sequences / "after/sequence.yml").read_text(), extra="A."
    )
    assert told(desk)[:4] == [
        "  'extra' is new, at the beginning (sequences/after/sequence.yml:5:10)",
        "    3 leads do not get 'extra'",
        "    1 lead gets 'extra'",
        "    1 lead goes on with 'extra' instead of 'first'",
    ]


def test_a_removed_step_is_missed_by_those_who_would_have_got_it(desk: Desk) -> None:
    edit(desk, THIRD, "")
    assert told(desk)[:2] == [
        "  'third' is gone (sequences/after/sequence.yml)",
        "    4 leads do not get 'third' any more",
    ]


def test_a_new_name_would_repeat_the_message_and_is_refused_with_what_to_write(desk: Desk) -> None:
    edit(desk, "key: first", "key: hello")
    result = plan(desk)
    assert result.exit_code == 1
    assert "    3 leads get again what they have had as 'first'\n" in result.output
    assert (
        "refused: sequences/after/sequence.yml:5:10: 3 leads would get a message again that they have had, found "
        "'hello', which was 'first'; write 'renamed_from: first' in this step\n"
    ) in result.output
    assert "    1 lead goes on with 'hello' instead of 'first'\n" in result.output


def test_whoever_means_it_is_not_refused(desk: Desk) -> None:
    edit(desk, "key: first", "key: hello")
    result = plan(desk, "--may-repeat")
    assert "get again what they have had" in result.output
    assert "would get a message again" not in result.output


def test_another_text_is_told_to_those_who_will_read_it(desk: Desk) -> None:
    write_project(desk.outfit.project.root, second="For you, newly.")
    assert told(desk)[:3] == [
        "  'second' has another text (sequences/after/sequence.yml:11:14)",
        "    2 leads read the new text of 'second'",
        "  2 leads go on as before",
    ]


def test_another_condition_lets_others_in(desk: Desk) -> None:
    edit(desk, "    only_if: company is set\n", "")
    assert told(desk)[:3] == [
        "  'second' is for others: always, before: only if company is set (sequences/after/sequence.yml:8:10)",
        "    2 leads get 'second'",
        "  2 leads go on as before",
    ]


def test_an_end_at_once_is_told(desk: Desk) -> None:
    desk.run(days=2)
    edit(desk, THIRD, "")
    assert "    3 leads are finished at once: nothing follows" in told(desk)


def test_leads_are_listed_masked_or_not_as_asked(desk: Desk) -> None:
    edit(desk, "wait: 2 days\n    only_if", "wait: 4 days\n    only_if")
    assert told(desk, "--verbose")[2:5] == [
        "      a***@example.com (lead 1)",
        "      b***@example.com (lead 2)",
        "      c***@example.com (lead 3)",
    ]
    assert "      ben@example.com (lead 2)" in told(desk, "--show-addresses")
    assert "@example.com" not in plan(desk).output


def test_programs_get_json(desk: Desk) -> None:
    edit(desk, "wait: 2 days\n    only_if", "wait: 4 days\n    only_if")
    [found] = json.loads(plan(desk, "--format", "json").output)
    assert (found["sequence"], found["leads"], found["on_change"]) == ("after", 4, "")
    assert found["changes"] == [
        {
            "kind": "wait",
            "step": "second",
            "what": "'second' comes after 4 days, before: after 2 days",
            "place": "sequences/after/sequence.yml:9:11",
        }
    ]
    assert found["consequences"][0] == {
        "kind": "later",
        "step": "second",
        "other": "",
        "leads": 3,
        "what": "3 leads wait 2 days longer for 'second'",
        "seconds_least": 172_800,
        "seconds_most": 172_800,
    }
    assert found["refusals"][0]["line"] == 4


def test_a_pull_request_gets_markdown(desk: Desk) -> None:
    edit(desk, THIRD, "")
    assert plan(desk, "--format", "markdown").output.startswith(
        "## What this means for the leads inside\n\n"
        "### `sequences/after/sequence.yml`\n\n"
        "4 leads inside.\n\n"
        "- 'third' is gone (sequences/after/sequence.yml)\n"
        "  - 4 leads do not get 'third' any more\n"
    )


def test_a_folder_that_is_gone_throws_nobody_out(desk: Desk) -> None:
    for file in (desk.outfit.project.sequences / "after").iterdir():
        file.unlink()
    magnet = desk.outfit.project.magnets / "checklist" / "magnet.md"
    magnet.write_text(magnet.read_text(encoding="utf-8").replace("sequence: after\n", ""), encoding="utf-8")
    result = plan(desk)
    assert result.exit_code == 0
    assert "the folder is gone: they wait, nobody is thrown out" in result.output


def test_with_nobody_inside_there_is_nothing_to_say(desk: Desk) -> None:
    desk.sql("UPDATE enrolment SET state = 'finished'")
    assert plan(desk).output == "Nobody is inside a sequence: whatever you publish concerns those who come.\n"


def test_nothing_is_written(desk: Desk) -> None:
    edit(desk, THIRD, "")
    before = desk.sql("SELECT count(*) AS versions, (SELECT total_changes()) AS changes FROM sequence_version")
    plan(desk)
    assert desk.sql("SELECT count(*) AS versions, (SELECT total_changes()) AS changes FROM sequence_version") == before


def test_check_says_what_plan_refuses_where_a_database_is_at_hand(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    root = desk.outfit.project.root
    (root / "mkdocs.yml").write_text("site_name: x\nsite_dir: public\ndocs_dir: content\nplugins: [gatepost]\n")
    (root / "content").mkdir()
    edit(desk, "key: first", "key: hello")
    asked = ["check", "--rule", "sequence-plan", "--project", str(root)]
    without = CliRunner().invoke(gatepost, asked)
    assert (without.exit_code, without.output.splitlines()[0]) == (
        0,
        "All is well: 0 pages, 1 magnet, 1 sequence, 1 rule.",
    )
    monkeypatch.setenv("GATEPOST_DATA", str(desk.outfit.settings.data))
    found = CliRunner().invoke(gatepost, asked)
    assert found.exit_code == 1
    assert "sequences/after/sequence.yml:5:10: error: 3 leads would get a message again" in found.output
    (root / "content" / "leads.db").write_bytes(b"no database")
    monkeypatch.setenv("GATEPOST_DATA", str(root / "content"))
    assert CliRunner().invoke(gatepost, asked).exit_code == 0


def test_who_is_here_for_the_second_time_gets_again_what_belongs_to_it(desk: Desk) -> None:
    desk.run(days=9)
    publish(desk, "again: always\non_change: move-at-next-step\n" + SEQUENCE)
    desk.enrol(1)
    desk.run(days=1.5)
    edit(
        desk,
        "wait: 2 days\n    message: third",
        "wait: 3 days\n    message: third",
        "again: always\non_change: move-at-next-step\n",
    )
    result = plan(desk)
    assert (result.exit_code, "get again" in result.output) == (0, False)


@pytest.mark.parametrize(
    "named", ["key: welcome\n    renamed_from: hello", "key: welcome\n    renamed_from: [hello, first]"]
)
def test_a_step_that_was_renamed_twice_is_known_by_every_key_that_it_had(desk: Desk, named: str) -> None:
    publish(desk, SEQUENCE.replace("key: first", "key: hello\n    renamed_from: first"))
    desk.run()
    edit(desk, "key: first", named, "on_change: move-at-next-step\n")
    result = plan(desk)
    assert (result.exit_code, "get again" in result.output) == (0, False)


def test_a_former_key_may_be_forgotten_once_a_worker_has_read_it(desk: Desk) -> None:
    publish(desk, SEQUENCE.replace("key: first", "key: hello\n    renamed_from: first"))
    desk.run()
    edit(desk, "key: first", "key: hello", "on_change: move-at-next-step\n")
    result = plan(desk)
    assert (result.exit_code, "get again" in result.output) == (0, False)


def test_a_former_key_that_no_worker_has_read_would_repeat_the_message(desk: Desk) -> None:
    edit(desk, "key: first", "key: hello")
    assert "found 'hello', which was 'first'; write 'renamed_from: first' in this step\n" in plan(desk).output


def test_a_text_that_moves_into_a_later_step_comes_again(desk: Desk) -> None:
    root = desk.outfit.project.root
    write_project(root, "on_change: move-at-next-step\n" + SEQUENCE, third="---\nsubject: About first\n---\nHi.\n")
    output = plan(desk).output
    assert "    3 leads get again what they have had as 'first'\n" in output
    assert "write a text of its own in this step; or run 'gatepost plan --may-repeat'" in output


def test_a_restart_is_told_whatever_was_edited(desk: Desk) -> None:
    edit(desk, "title: After the checklist", "title: After this checklist", "on_change: restart\n")
    result = plan(desk)
    assert result.exit_code == 1
    assert "  everybody inside begins anew (sequences/after/sequence.yml:1:1)\n" in result.output
    assert "    3 leads go on with 'first' instead of 'second'\n" in result.output


def test_who_has_finished_is_told_of_where_nobody_is_inside(desk: Desk) -> None:
    desk.run(days=3)
    desk.run(days=3)
    desk.run(days=3)
    fourth = "  - key: fourth\n    wait: 1 day\n    message: first.md\n"
    edit(desk, THIRD, THIRD + fourth, "reopen: true\n")
    result = plan(desk)
    assert result.exit_code == 1
    assert result.output.startswith("sequences/after/sequence.yml: nobody inside\n")
    assert "    4 leads who had finished go on with 'fourth'\n" in result.output
    assert "4 leads would get a message again that they have had, found 'fourth', which was 'first'" in result.output
