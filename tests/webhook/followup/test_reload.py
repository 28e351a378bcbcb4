"""What an edited file means for people inside a sequence, and that a broken one means nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.followup.reload import last_known, sequences_in_force, stored_sequence
from tests.webhook.followup.desk import SEQUENCE, write_project

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.webhook.followup.desk import Desk

NEW_STEP = "  - key: fourth\n    wait: 1 day\n    message: third.md\n"


def edit(desk: Desk, sequence: str = SEQUENCE, **messages: str) -> None:
    """Save the files, and let the worker look twice, as it does while it runs."""
    write_project(desk.outfit.project.root, sequence, **messages)
    desk.worker.run_once()
    desk.worker.run_once()


def texts(desk: Desk) -> list[str]:
    return [str(row["subject"]) for row in desk.sql("SELECT subject FROM mail WHERE state = 'sent' ORDER BY id")]


def test_an_edited_text_goes_to_whoever_was_not_sent_it_yet(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    edit(desk, first="---\nsubject: Another subject\n---\nHello.\n")
    desk.run(days=1)
    assert texts(desk) == ["Another subject"]


def test_an_edited_wait_moves_the_mail_that_waits(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    edit(desk, SEQUENCE.replace("wait: 1 day", "wait: 12 hours"))
    assert len(desk.run(days=0.5)) == 1


def test_an_appended_step_goes_to_those_who_have_not_finished(desk: Desk) -> None:
    first, second = desk.add_lead(), desk.add_lead("ben@example.com")
    desk.enrol(first)
    for days in (1, 2, 2):
        desk.run(days=days)
    desk.enrol(second)
    edit(desk, SEQUENCE + NEW_STEP)
    for days in (1, 2, 2, 1):
        desk.run(days=days)
    rows = desk.sql("SELECT lead_id FROM mail WHERE step = 'fourth' AND state = 'sent'")
    assert [row["lead_id"] for row in rows] == [second]


def test_a_deleted_step_is_moved_over_at_once(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    steps = SEQUENCE.split("  - key: first\n    wait: 1 day\n    message: first.md\n")
    edit(desk, "".join(steps).replace("    only_if: company is set\n", ""))
    assert desk.mails() == [("drip", "first", "cancelled", "the sequence was edited"), ("drip", "second", "due", "")]


def test_a_step_that_comes_back_is_sent_after_all(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    steps = SEQUENCE.split("  - key: first\n    wait: 1 day\n    message: first.md\n")
    edit(desk, "".join(steps))
    edit(desk, SEQUENCE)
    assert len(desk.run(days=1)) == 1
    assert texts(desk) == ["About first"]


def test_a_step_inserted_before_a_reader_is_not_sent_to_them(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    edit(desk, SEQUENCE.replace("steps:\n", "steps:\n" + NEW_STEP))
    for _ in range(6):
        desk.run(days=1)
    assert texts(desk) == ["About first", "About third"]


def test_a_broken_file_leaves_the_last_good_version_in_force(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.enrol(desk.add_lead())
    edit(desk, first="Hi {{ frist_name }}.")
    assert caplog.messages == [
        (
            "sequences/after is broken, the last good version stays in force: "
            "sequences/after/first.md:4:7: unknown value, found 'frist_name'; write 'first_name'"
        )
    ]
    assert len(desk.run(days=1)) == 1


def test_a_file_is_read_once_it_has_come_to_rest(desk: Desk) -> None:
    write_project(desk.outfit.project.root, SEQUENCE.replace("After", "Later"))
    desk.worker.run_once()
    assert desk.worker.sequences["after"].title == "After the checklist"
    desk.worker.run_once()
    assert desk.worker.sequences["after"].title == "Later the checklist"


def test_a_sequence_that_was_removed_waits_until_it_is_back(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    manuscript = desk.outfit.project.sequences / "after" / "sequence.yml"
    text = manuscript.read_text()
    manuscript.unlink()
    desk.worker.run_once()
    assert desk.run(days=1) == []
    assert desk.states() == ["due"]
    manuscript.write_text(text)
    desk.worker.run_once()
    assert len(desk.run(days=1)) == 1


def test_a_worker_that_starts_on_a_broken_file_takes_the_last_good_version_from_the_store(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    write_project(desk.outfit.project.root, first="Hi {{ frist_name }}.")
    sequences, findings = sequences_in_force(
        desk.outfit.project,
        desk.outfit.magnets,
        lambda slug: desk.outfit.writer.run(lambda c: stored_sequence(c, slug)),
    )
    assert sequences == dict(desk.outfit.sequences)
    assert [finding.found for finding in findings] == ["'frist_name'"]


def test_an_empty_database_knows_no_version(tmp_path: Path) -> None:
    (tmp_path / "leads.db").touch()
    assert last_known(tmp_path / "leads.db")("after") is None
    assert last_known(tmp_path / "none.db")("after") is None
