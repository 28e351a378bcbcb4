"""A seat in a webinar: the way in for those who confirmed, and what there is when it is over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar

from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import PDF
from tests.webhook.intake.kinds import END, ROOM, START, ask, path_of, with_kinds

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

SHOWN = ROOM.replace("&", "&amp;")


@pytest.fixture
def hall(house: House) -> House:
    return with_kinds(house)


@pytest.fixture
def browser(hall: House) -> TestClient:
    return hall.client()


def confirm_path(hall: House) -> str:
    return path_of(hall, Purpose.CONFIRM, hall.submission())


def download_path(hall: House) -> str:
    return path_of(hall, Purpose.DOWNLOAD, hall.submission())


def test_the_way_in_is_told_when_the_address_is_confirmed_and_not_before(hall: House, browser: TestClient) -> None:
    ask(hall, browser, "talk")
    page = browser.get(confirm_path(hall))
    assert "Monday, 15 February 2027, 16:00 UTC" in page.text
    assert "<button>Save my seat</button>" in page.text
    assert SHOWN not in page.text

    answer = browser.post(confirm_path(hall))
    assert "Your seat is saved" in answer.text
    assert f'<a href="{SHOWN}">' in answer.text
    assert hall.mails() == [("confirm", "due"), ("delivery", "due")]
    assert "downloaded" not in hall.kinds()


def test_the_page_of_a_seat_leads_to_an_entry_for_the_calendar(hall: House, browser: TestClient) -> None:
    ask(hall, browser, "talk")
    page = browser.post(confirm_path(hall)).text
    link = page.partition('class="button" href="')[2].partition('"')[0]
    entry = browser.get(link)
    assert entry.headers["content-type"].startswith("text/calendar")
    assert entry.headers["content-disposition"].startswith('attachment; filename="talk.ics"')
    assert Calendar.from_ical(entry.content).events[0].start == datetime.fromtimestamp(START, UTC)


def test_a_seat_with_the_box_starts_the_sequence_and_one_without_does_not(hall: House, browser: TestClient) -> None:
    ask(hall, browser, "talk", "ada@example.com", marketing="yes")
    ask(hall, browser, "talk", "ben@example.com")
    for address in ("ada@example.com", "ben@example.com"):
        browser.post(path_of(hall, Purpose.CONFIRM, hall.submission(address)))
    assert hall.one("SELECT count(*) FROM enrolment") == 1
    assert hall.one("SELECT lead_id FROM enrolment") == hall.lead("ada@example.com")


def test_when_it_is_over_every_page_says_so(hall: House, browser: TestClient) -> None:
    ask(hall, browser, "talk")
    hall.clock.advance_to(END)
    for page in (browser.get(confirm_path(hall)), browser.post(confirm_path(hall)), browser.get(download_path(hall))):
        assert "It took place on Monday, 15 February 2027" in page.text
        assert SHOWN not in page.text


def test_a_recording_elsewhere_is_linked_to_those_who_confirmed(house: House) -> None:
    hall = with_kinds(house, recording="https://video.example.com/gates")
    browser = hall.client()
    ask(hall, browser, "talk")
    hall.clock.advance_to(END)
    page = browser.get(confirm_path(hall))
    assert "<button>Get the recording</button>" in page.text
    assert "video.example.com" not in page.text

    assert 'href="https://video.example.com/gates"' in browser.post(confirm_path(hall)).text
    answer = browser.get(download_path(hall))
    assert (answer.status_code, answer.headers["location"]) == (303, "https://video.example.com/gates")


def test_a_recording_that_is_a_file_is_handed_over_like_any_file(house: House) -> None:
    hall = with_kinds(house, recording="talk.mp4")
    browser = hall.client()
    ask(hall, browser, "talk")
    assert browser.get(download_path(hall)).headers["content-type"].startswith("text/calendar"), "not before the end"
    hall.clock.advance_to(END)
    assert "Download The Gate Hour <small>MP4" in browser.get(confirm_path(hall)).text
    for answer in (browser.post(confirm_path(hall)), browser.get(download_path(hall))):
        assert (answer.status_code, answer.content) == (200, PDF)
    assert "downloaded" in hall.kinds()


def test_the_form_of_a_known_person_brings_the_way_in_by_mail_at_once(hall: House, browser: TestClient) -> None:
    hall.ask(browser, "ada@example.com")
    browser.post(hall.confirm_path())
    ask(hall, browser, "talk")
    assert hall.mails()[-1] == ("delivery", "due")
    assert hall.one("SELECT confirmed_at FROM submission WHERE magnet = 'talk'") is not None
