"""Steps that got another key, and versions that came and went: what was sent stays known, the last good file too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.channels.channel import Later
from gatepost_webhook.followup.reload import stored_sequence
from tests.webhook.followup.desk import DAY, SEQUENCE
from tests.webhook.followup.test_reload import edit, texts

if TYPE_CHECKING:
    from tests.webhook.followup.desk import Desk


def renamed(new: str, old: str, policy: str = "move-at-next-step") -> str:
    text = SEQUENCE.replace("key: first\n", f"key: {new}\n    renamed_from: {old}\n")
    return f"{text}on_change: {policy}\n"


def test_a_step_that_was_renamed_twice_is_not_sent_again(desk: Desk) -> None:
    desk.enrol(desk.add_lead(fields='{"company": "Bakery"}'))
    desk.run(days=1)
    edit(desk, renamed("opening", "first"))
    edit(desk, renamed("welcome", "opening"))
    for _ in range(5):
        desk.run(days=1)
    assert texts(desk) == ["About first", "About second", "About third"]


def test_the_old_key_need_not_be_named_for_ever(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    edit(desk, renamed("opening", "first"))
    edit(desk, SEQUENCE.replace("key: first", "key: opening"))
    for _ in range(5):
        desk.run(days=1)
    assert texts(desk) == ["About first", "About third"]


def test_who_finishes_an_old_version_is_known_by_all_names_when_that_ends(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    edit(desk, renamed("opening", "first", "finish-old"))
    edit(desk, renamed("welcome", "opening", "finish-old"))
    edit(desk, renamed("welcome", "opening"))
    for _ in range(5):
        desk.run(days=1)
    assert texts(desk) == ["About first", "About third"]


def test_the_last_good_version_is_the_one_in_force_last_even_when_it_was_there_before(desk: Desk) -> None:
    edit(desk, SEQUENCE.replace("After", "Later"))
    edit(desk)
    known = desk.outfit.writer.run(lambda connection: stored_sequence(connection, "after"))
    assert known
    assert known.title == "After the checklist"


def test_a_step_that_is_renamed_while_it_is_on_its_way_is_not_sent_again(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    desk.sql("UPDATE mail SET state = 'talking', lease_until = :now + 60 WHERE step = 'first'", now=desk.clock.now())
    desk.sql("DELETE FROM mail WHERE step = 'second'")
    # As a worker leaves it that dies after the relay has taken the mail: nothing is decided yet.
    desk.sql("DROP TRIGGER event_stays")
    desk.sql("DELETE FROM event WHERE kind = 'sent'")
    edit(desk, renamed("opening", "first"))
    for _ in range(6):
        desk.run(days=1)
    assert texts(desk) == ["About third"]
    assert ("drip", "opening", "held", "the worker was stopped while sending") in desk.mails()


def test_who_loses_a_folder_while_a_mail_is_on_its_way_goes_on_when_it_is_back(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    manuscript = desk.outfit.project.sequences / "after" / "sequence.yml"
    text = manuscript.read_text()
    desk.clock.advance(DAY)
    desk.end_with(Later("450 later"))
    desk.run()
    desk.sql("UPDATE mail SET state = 'talking', lease_until = :now + 60", now=desk.clock.now())
    manuscript.unlink()
    desk.worker.run_once()
    desk.worker.run_once()
    desk.run(days=0.1)
    assert desk.mails()[1:] == [("drip", "second", "due", "")]
    manuscript.write_text(text)
    desk.worker.run_once()
    desk.worker.run_once()
    assert [message.mail for days in (1, 2, 2) for message in desk.run(days=days)] == [3]


def test_a_folder_that_comes_back_broken_is_as_it_was_before_it_went(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    manuscript = desk.outfit.project.sequences / "after" / "sequence.yml"
    manuscript.unlink()
    desk.worker.run_once()
    desk.worker.run_once()
    edit(desk, first="Hi {{ frist_name }}.")
    assert len(desk.run(days=1)) == 1
