"""What the worker does with a mail, for each way in which handing it over can end."""

from __future__ import annotations

import dataclasses
import itertools
import threading
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.channels.channel import Ambiguous, Away, Later, Misconfigured, Refused
from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.followup import claims
from gatepost_webhook.followup.claimed import CLAIM_LEASE, TALK_LEASE
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.store.database import DatabaseError
from tests.webhook.followup.desk import SEQUENCE, Desk

if TYPE_CHECKING:
    from email.message import EmailMessage

    from gatepost_webhook.channels.channel import Outcome, Outgoing, Talking

DAY = 86_400


def read(message: Outgoing) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(message.data)


def test_a_sequence_is_sent_step_by_step_and_then_finished(desk: Desk) -> None:
    desk.enrol(desk.add_lead(fields='{"company": "Bakery"}'))
    subjects = [[read(one)["Subject"] for one in desk.run(days=days)] for days in (0, 1, 1, 1, 1, 1, 1)]
    assert subjects == [[], ["About first"], [], ["About second"], [], ["About third"], []]
    assert desk.events() == [
        ("enrolled", ""),
        ("sent", "first"),
        ("sent", "second"),
        ("sent", "third"),
        ("finished", ""),
    ]


def test_a_step_whose_condition_does_not_hold_is_skipped_and_the_next_waits_from_then(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    assert [len(desk.run(days=days)) for days in (1, 2, 1, 1)] == [1, 0, 0, 1]
    assert desk.mails()[1] == ("drip", "second", "skipped", "company is not set")


def test_running_twice_sends_once(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    assert len(desk.run(days=1)) == 1
    assert desk.run() == []


def test_a_confirmation_and_a_delivery_go_out_at_once_and_before_steps(desk: Desk) -> None:
    first, second = desk.add_lead(), desk.add_lead("ben@example.com")
    desk.sql("UPDATE submission SET confirmed_at = NULL WHERE id = :id", id=second)
    desk.enrol(first)
    desk.clock.advance(DAY)
    desk.queue("delivery", first)
    desk.queue("confirm", second)
    subjects = [read(one)["Subject"] for one in desk.run()]
    assert subjects == [
        "The Checklist: your link",
        "Your copy of The Checklist",
        "About first",
    ]


def test_a_confirmation_is_not_sent_once_the_submission_is_confirmed(desk: Desk) -> None:
    desk.queue("confirm", desk.add_lead())
    assert desk.run() == []
    assert desk.mails() == [("confirm", "", "cancelled", "confirmed already")]


def test_a_mail_refused_for_now_is_tried_again_on_the_schedule_and_then_given_up(desk: Desk) -> None:
    desk.queue("delivery", desk.add_lead())
    waits = []
    for _ in range(10):
        desk.end_with(Later("451 greylisted"))
        desk.run()
        row = desk.sql("SELECT state, due_at FROM mail")[0]
        if row["state"] != "due":
            break
        assert isinstance(row["due_at"], int)
        waits.append(row["due_at"] - desk.clock.now())
        desk.clock.advance_to(row["due_at"])
    assert waits == [300, 900, 3600, 14_400, 43_200, 86_400]
    assert desk.mails() == [("delivery", "", "failed", "given up after 7 attempts: 451 greylisted")]


def test_a_step_refused_for_now_is_given_up_when_it_is_too_late(desk: Desk) -> None:
    desk.sql("SELECT 1")
    sequence = desk.outfit.sequences["after"]
    short = dataclasses.replace(
        sequence, steps=(dataclasses.replace(sequence.steps[0], max_late=600), *sequence.steps[1:])
    )
    desk.outfit = dataclasses.replace(desk.outfit, sequences={"after": short})
    desk.worker = Worker(desk.outfit)
    desk.enrol(desk.add_lead())
    desk.end_with(Later("451 later"), Later("451 later"))
    desk.run(days=1)
    desk.run(days=300 / DAY)
    assert desk.mails()[0] == ("drip", "first", "failed", "given up after 2 attempts: 451 later")
    assert desk.mails()[1][1:3] == ("second", "due")


def test_a_dead_mailbox_gets_no_mail_any_more(desk: Desk) -> None:
    lead = desk.add_lead()
    desk.enrol(lead)
    desk.end_with(Refused("550 5.1.1 no such user", dead=True))
    desk.run(days=1)
    desk.queue("delivery", lead)
    assert desk.run(days=30) == []
    assert desk.states() == ["failed", "cancelled", "cancelled"]
    assert desk.sql("SELECT scope, reason FROM suppression") == [{"scope": "all", "reason": "bounced"}]
    assert desk.events()[1:5] == [("failed", "first"), ("bounced", ""), ("suppressed", ""), ("stopped", "")]


def test_a_refusal_that_is_about_us_suppresses_nobody_and_the_sequence_goes_on(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.end_with(Refused("554 5.7.1 policy", dead=False))
    desk.run(days=1)
    assert desk.sql("SELECT * FROM suppression") == []
    assert desk.states() == ["failed", "due"]


def test_a_relay_that_is_away_costs_no_attempt_and_is_asked_less_and_less_often(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.enrol(desk.add_lead("ben@example.com"))
    desk.clock.advance(DAY)
    asked = []
    for _ in range(100):
        desk.end_with(Away("connection refused"))
        desk.worker.run_once()
        if not desk.channel.outcomes:
            asked.append(desk.clock.now())
        desk.clock.advance(60)
    gaps = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert gaps == [60, 120, 240, 480, 960, 1920]
    assert desk.states() == ["due", "due"]
    assert {row["attempts"] for row in desk.sql("SELECT attempts FROM mail")} == {0}
    desk.end_with()
    assert len(desk.run(days=1 / 24)) == 2


class ClockSetBack:
    """A clock that somebody sets to another time."""

    def __init__(self, instant: int) -> None:
        self.instant = instant

    def now(self) -> int:
        return self.instant


def test_a_clock_that_is_set_back_does_not_lengthen_the_pause_after_a_relay_was_away(desk: Desk) -> None:
    desk.queue("delivery", desk.add_lead())
    clock = ClockSetBack(desk.clock.now() + 400 * DAY)
    worker = Worker(dataclasses.replace(desk.outfit, clock=clock))
    desk.end_with(Away("connection refused"))
    worker.run_once()
    assert worker.run_once() == 0
    clock.instant -= 400 * DAY
    assert worker.run_once() == 1
    assert len(desk.channel.messages) == 1


def test_an_outcome_that_the_database_refuses_is_recorded_when_it_can_be(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.enrol(desk.add_lead())
    desk.sql("CREATE TRIGGER refusing BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'not now'); END")
    assert len(desk.run(days=1)) == 1
    assert desk.states() == ["talking"]
    assert set(caplog.messages) == {"an outcome could not be recorded, and is kept until it can: not now"}
    desk.sql("DROP TRIGGER refusing")
    assert desk.run() == []
    assert desk.states() == ["sent", "due"]


@pytest.mark.parametrize(("talks", "states"), [(False, ["due", "sent"]), (True, ["held", "sent"])])
def test_a_channel_that_breaks_on_one_mail_stops_no_other(
    desk: Desk, caplog: pytest.LogCaptureFixture, *, talks: bool, states: list[str]
) -> None:
    class Fragile(RecordingChannel):
        async def deliver(self, message: Outgoing, talking: Talking) -> Outcome:
            if message.mail != 1:
                return await super().deliver(message, talking)
            if talks:
                assert await talking()
            raise RuntimeError("a bug")

    worker = Worker(dataclasses.replace(desk.outfit, channel=Fragile()))
    for name in ("anna", "ben"):
        desk.enrol(desk.add_lead(f"{name}@example.com"))
    desk.clock.advance(DAY)
    worker.run_once()
    assert desk.states()[:2] == states
    assert desk.mails()[0][3] == "RuntimeError: a bug"
    assert "mail 1 could not be handed over" in caplog.text


def test_a_misconfigured_channel_stops_everything_and_marks_no_mail(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("anna", "ben", "cleo"):
        desk.enrol(desk.add_lead(f"{name}@example.com"))
    desk.end_with(Misconfigured("535 wrong password"))
    assert desk.run(days=1) == []
    assert desk.run(days=0.1) == []
    assert desk.states() == ["due", "due", "due"]
    assert desk.worker.halted == "535 wrong password"
    assert caplog.messages == ["sending has stopped, nothing is lost: mend this and start again: 535 wrong password"]


def test_a_delivery_of_unknown_fate_is_repeated_once_byte_for_byte_and_then_held(desk: Desk) -> None:
    desk.queue("delivery", desk.add_lead())
    desk.end_with(Ambiguous("no answer"), Ambiguous("no answer"))
    first = desk.run()
    assert desk.run(days=899 / DAY) == []
    second = desk.run(days=1 / DAY)
    assert first == second
    assert desk.mails() == [("delivery", "", "held", "no answer")]
    assert desk.run(days=10) == []


def test_a_delivery_refused_for_now_after_a_repetition_is_still_not_repeated_twice(desk: Desk) -> None:
    desk.queue("delivery", desk.add_lead())
    desk.end_with(Ambiguous("no answer"), Later("451 later"), Ambiguous("no answer"))
    for _ in range(4):
        desk.run(days=1 / 48)
    assert len(desk.channel.messages) == 2
    assert desk.states() == ["held"]


def test_a_step_of_unknown_fate_is_never_repeated_and_the_next_comes_a_day_later_at_the_earliest(desk: Desk) -> None:
    desk.enrol(desk.add_lead(fields='{"company": "Bakery"}'))
    desk.end_with(Ambiguous("no answer"))
    assert len(desk.run(days=1)) == 1
    assert desk.mails()[0] == ("drip", "first", "held", "no answer")
    assert [len(desk.run(days=days)) for days in (1, 1)] == [0, 1]
    assert desk.states() == ["held", "sent", "due"]


def test_an_unsubscription_between_claim_and_sending_stops_the_mail(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.channel.before = lambda _: desk.suppress("anna@example.com")
    assert desk.run(days=1) == []
    assert desk.mails() == [("drip", "first", "cancelled", "unsubscribed")]
    assert desk.sql("SELECT state, reason FROM enrolment") == [{"state": "stopped", "reason": "unsubscribed"}]


def test_a_withdrawn_consent_stops_the_steps_and_not_the_file(desk: Desk) -> None:
    lead = desk.add_lead()
    desk.enrol(lead)
    desk.sql("UPDATE lead SET marketing_at = NULL")
    desk.queue("delivery", lead)
    assert [read(one)["Subject"] for one in desk.run(days=1)] == ["The Checklist: your link"]
    assert desk.mails()[0] == ("drip", "first", "cancelled", "no consent")


def test_an_address_that_wants_nothing_gets_not_even_the_file(desk: Desk) -> None:
    desk.queue("delivery", desk.add_lead())
    desk.suppress("anna@example.com", "all")
    assert desk.run() == []
    assert desk.states() == ["cancelled"]


def test_a_mail_that_cannot_be_written_harms_no_other(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    leads = [desk.add_lead(f"lead{index}@example.com") for index in range(20)]
    for lead in leads:
        desk.enrol(lead)
    desk.sql("UPDATE lead SET email = 'not an address' WHERE id % 5 = 0")
    assert len(desk.run(days=1)) == 16
    assert sorted(map(str, desk.states())) == ["due"] * 20 + ["failed"] * 4 + ["sent"] * 16
    assert len(caplog.messages) == 4


def test_a_mail_whose_magnet_was_removed_says_so(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.queue("delivery", desk.add_lead())
    gone = Desk(dataclasses.replace(desk.outfit, magnets={}), desk.channel, desk.clock)
    assert gone.run() == []
    assert gone.mails() == [("delivery", "", "failed", "magnet 'checklist' is not in magnets/ any more")]
    assert caplog.messages == [
        "mail 1 failed: could not be written: magnet 'checklist' is not in magnets/ any more",
    ]


def test_a_mail_whose_magnet_has_no_page_yet_says_so(desk: Desk) -> None:
    desk.queue("delivery", desk.add_lead())
    unbuilt = dataclasses.replace(desk.outfit.manifest, landing={})
    gone = Desk(dataclasses.replace(desk.outfit, manifest=unbuilt), desk.channel, desk.clock)
    assert gone.run() == []
    assert gone.mails()[0][3] == "magnet 'checklist' is not in the built site; run 'gatepost build'"


def test_a_database_that_cannot_be_read_for_a_moment_costs_no_mail(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    # Only writing the text of a step reads its submission.
    desk.sql("ALTER TABLE submission RENAME COLUMN page TO away")
    with pytest.raises(DatabaseError):
        desk.run(days=1)
    desk.sql("ALTER TABLE submission RENAME COLUMN away TO page")
    assert len(desk.run()) == 1
    assert desk.states() == ["sent", "due"]


def test_steps_wait_while_no_postal_address_is_set_and_files_do_not(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    settings = desk.outfit.settings.model_copy(update={"postal_address": ""})
    desk.worker = Worker(dataclasses.replace(desk.outfit, settings=settings))
    lead = desk.add_lead()
    desk.enrol(lead)
    desk.queue("delivery", lead)
    assert len(desk.run(days=1)) == 1
    desk.run(days=0.1)
    assert desk.states() == ["due", "sent"]
    assert [message[:64] for message in caplog.messages] == [
        "mails of sequences wait: GATEPOST_POSTAL_ADDRESS is not set, and"
    ]


def test_of_two_workers_with_the_same_claim_one_sends(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.clock.advance(DAY)
    writer = desk.outfit.writer
    _, (stale,) = writer.run(lambda c: claims.claim_batch(c, desk.outfit, 8, drips=True))
    desk.clock.advance(CLAIM_LEASE)
    assert len(desk.run()) == 1
    assert not writer.run(lambda c: claims.begin_talking(c, desk.outfit, stale))


def test_a_claim_whose_worker_lives_is_left_alone(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.clock.advance(DAY)
    desk.outfit.writer.run(lambda c: claims.claim_batch(c, desk.outfit, 8, drips=True))
    assert desk.run(days=(CLAIM_LEASE - 1) / DAY) == []
    assert len(desk.run(days=1 / DAY)) == 1


@pytest.mark.parametrize(("kind", "states"), [("drip", ["held", "due"]), ("delivery", ["due"])])
def test_a_worker_killed_while_sending_leaves_an_ambiguous_mail(desk: Desk, kind: str, states: list[str]) -> None:
    lead = desk.add_lead()
    if kind == "drip":
        desk.enrol(lead)
    else:
        desk.queue(kind, lead)
    desk.clock.advance(DAY)
    writer = desk.outfit.writer
    _, (claimed,) = writer.run(lambda c: claims.claim_batch(c, desk.outfit, 8, drips=True))
    assert writer.run(lambda c: claims.begin_talking(c, desk.outfit, claimed))
    desk.worker = Worker(desk.outfit)
    assert desk.run() == []
    assert desk.run(days=TALK_LEASE / DAY) == []
    assert desk.states() == states
    repeated = desk.run(days=900 / DAY)
    assert repeated == ([] if kind == "drip" else [claimed.outgoing])


@pytest.mark.parametrize(("kind", "states"), [("claimed", ["sent"]), ("talking", ["held", "due"])])
def test_what_was_left_behind_by_a_clock_far_ahead_is_taken_up(desk: Desk, kind: str, states: list[str]) -> None:
    desk.enrol(desk.add_lead())
    ahead = desk.clock.now() + 400 * DAY
    desk.sql(f"UPDATE mail SET state = '{kind}', fence = 1, due_at = :now, lease_until = :ahead", now=0, ahead=ahead)
    desk.run(days=1)
    assert desk.states()[: len(states)] == states


def test_a_new_worker_goes_on_where_the_last_one_stopped(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    channel = RecordingChannel()
    worker = Worker(dataclasses.replace(desk.outfit, channel=channel))
    desk.clock.advance(4 * DAY)
    worker.run_once()
    desk.clock.advance(2 * DAY)
    worker.run_once()
    assert [read(one)["Subject"] for one in channel.messages] == ["About third"]


def test_after_a_long_silence_nobody_gets_a_burst(desk: Desk) -> None:
    desk.enrol(desk.add_lead(fields='{"company": "Bakery"}'))
    assert desk.run(days=400) == []
    assert desk.mails()[0] == ("drip", "first", "skipped", "late")
    assert [len(desk.run(days=1)) for _ in range(5)] == [0, 1, 0, 1, 0]


def test_stopping_finishes_the_mail_in_hand_and_takes_no_other(desk: Desk) -> None:
    for index in range(5):
        desk.enrol(desk.add_lead(f"lead{index}@example.com"))
    desk.clock.advance(DAY)
    stop = threading.Event()
    desk.channel.before = lambda _: stop.set()
    desk.worker.run_forever(stop)
    assert len(desk.channel.messages) == 1
    assert desk.channel.closed
    assert sorted(map(str, desk.states())) == ["due"] * 5 + ["sent"]


def test_how_long_a_mail_of_unknown_fate_is_waited_for_stands_in_the_sequence(desk: Desk) -> None:
    folder = desk.outfit.project.sequences / "after"
    text = SEQUENCE.replace("wait: 2 days", "wait: 0 days").replace("title:", "assume_delivered_after: 3 days\ntitle:")
    (folder / "sequence.yml").write_text(text, encoding="utf-8")
    sequences = load_sequences(desk.outfit.project, desk.outfit.magnets)
    desk.outfit = dataclasses.replace(desk.outfit, sequences=sequences)
    desk.worker = Worker(desk.outfit)
    desk.enrol(desk.add_lead(fields='{"company": "Bakery"}'))
    desk.end_with(Ambiguous("no answer"))
    # The two others keep their distance from each other.
    assert [len(desk.run(days=days)) for days in (1, 2, 1, 1)] == [1, 0, 1, 1]
