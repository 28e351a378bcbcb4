"""Mails in words that fit what was asked for, and lessons that need no other consent."""

from __future__ import annotations

import email
from dataclasses import replace
from email import policy
from typing import TYPE_CHECKING

import pytest

from gatepost_site.words.languages import Languages
from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.followup.letters import _magnet_kind
from gatepost_webhook.followup.messages import Occasion, Seat, render_confirm, render_delivery
from gatepost_webhook.followup.outfit import Outfit
from gatepost_webhook.followup.personas import Persona
from gatepost_webhook.followup.simulate import simulate
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import DAY, NOW
from tests.webhook.intake.kinds import END, ROOM, ask, path_of, with_kinds

if TYPE_CHECKING:
    from gatepost_webhook.followup.messages import Rendered
    from tests.webhook.intake.house import House

OCCASION = Occasion(
    kind="confirm",
    site_name="Gates & Co",
    site_url="https://example.com/",
    magnet_title="The Gate Hour",
    landing_url="https://example.com/get/talk/",
    asked_at=NOW,
    sender="Gates & Co",
    postal_address="1 Street",
    unsubscribe_url="https://example.com/u/t",
)
SEAT = Seat("Monday, 15 February 2027", "16:00 UTC", "45 minutes", "", ROOM)


def occasion(kind: str) -> Occasion:
    return replace(OCCASION, magnet_kind=kind, seat=None if kind == "course" else SEAT)


def words(mail: Rendered) -> str:
    return " ".join(mail.text.split())


@pytest.mark.parametrize("kind", ["course", "webinar", "recording"])
def test_the_thank_you_page_names_the_subject_of_the_mail(kind: str) -> None:
    say = Languages().words("en").say
    subject, button = {
        "course": ("mail.course_subject", "button.course"),
        "webinar": ("mail.webinar_subject", "button.webinar"),
        "recording": ("recording.title", "recording.button"),
    }[kind]
    mail = render_confirm(occasion(kind), "https://x.example/c/t")
    assert mail.subject == say(subject, title="The Gate Hour")
    assert say(button) in mail.text
    assert "download" not in mail.text.lower()


def test_a_confirmation_of_a_seat_says_when_and_keeps_the_way_in_to_itself() -> None:
    mail = render_confirm(occasion("webinar"), "https://x.example/c/t")
    assert "on Monday, 15 February 2027 at 16:00 UTC" in words(mail)
    assert "meet.example.com" not in mail.text + mail.html


def test_a_delivery_of_a_seat_tells_the_way_in_and_asks_only_when_there_is_something_to_ask() -> None:
    mail = render_delivery(occasion("webinar"), "https://x.example/d/t")
    assert "When: Monday, 15 February 2027, 16:00 UTC" in words(mail)
    assert mail.text.count(ROOM) == 1
    assert "https://x.example/d/t" in mail.text
    assert "ticked the box" not in mail.text
    asking = render_delivery(occasion("webinar"), "https://x.example/d/t", "https://x.example/c/t")
    assert "https://x.example/c/t" in asking.text


def test_a_seat_in_a_street_has_no_line_for_a_room() -> None:
    seat = replace(SEAT, place="1 High Street", join_url="")
    mail = render_delivery(replace(occasion("webinar"), seat=seat), "https://x.example/d/t")
    assert "Where: 1 High Street" in words(mail)
    assert "Online" not in mail.text


def test_a_webinar_is_a_recording_when_it_is_over_and_was_recorded(house: House) -> None:
    talk = with_kinds(house).magnets["talk"]
    assert [_magnet_kind(talk, at) for at in (END - 1, END)] == ["webinar", "webinar"]
    talk = with_kinds(house, recording="talk.mp4").magnets["talk"]
    assert [_magnet_kind(talk, at) for at in (END - 1, END)] == ["webinar", "recording"]


def test_lessons_come_to_who_ticked_no_box_and_say_how_to_stop(house: House) -> None:
    school = with_kinds(house)
    browser, channel = school.client(), RecordingChannel()
    worker = Worker(outfit(school, channel))
    ask(school, browser, "five")
    browser.post(path_of(school, Purpose.CONFIRM, school.submission()))
    for _ in range(3):
        worker.run_once()
        school.clock.advance(DAY)
    lessons = [email.message_from_bytes(one.data, policy=policy.default) for one in channel.messages][-2:]
    assert [mail["Subject"] for mail in lessons] == ["Lesson one", "Lesson two"]
    body = lessons[0].get_body(("plain",))
    text = " ".join(body.get_content().split()) if body else ""
    assert "because you started the course" in text
    assert "agreed to further mails" not in text


def test_a_simulated_course_is_what_the_worker_sends(house: House) -> None:
    school = with_kinds(house)
    rows = simulate(school.sequences["lessons"], Persona(marketing=False), NOW, 9, magnet=school.magnets["five"])
    assert [(row.at - NOW, row.step, row.action) for row in rows] == [
        (0, "one", "sent"),
        (DAY, "two", "sent"),
        (DAY, "", "finished"),
    ]


def outfit(school: House, channel: RecordingChannel) -> Outfit:
    settings = school.settings.model_copy(update={"postal_address": "1 Street", "mail_from": "Gates <us@example.com>"})
    return Outfit(
        settings=settings,
        project=school.project,
        manifest=school.manifest,
        magnets=school.magnets,
        sequences=school.sequences,
        writer=school.writer,
        links=school.links,
        clock=school.clock,
        channel=channel,
    )
