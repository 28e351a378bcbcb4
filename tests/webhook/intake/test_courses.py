"""A course is its mails: who asks for it and confirms gets them, and nothing else comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import DAY
from tests.webhook.intake.kinds import AGREEMENT, ask, path_of, with_kinds

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House


@pytest.fixture
def school(house: House) -> House:
    return with_kinds(house)


@pytest.fixture
def browser(school: House) -> TestClient:
    return school.client()


def start(school: House, browser: TestClient, email: str = "ada@example.com") -> str:
    """Ask, press the button, and return the page."""
    ask(school, browser, "five", email)
    return browser.post(path_of(school, Purpose.CONFIRM, school.submission(email))).text


def enrolled(school: House) -> list[str]:
    return [row["sequence"] for row in school.rows("SELECT sequence FROM enrolment WHERE state = 'active' ORDER BY id")]


def test_a_course_is_asked_for_and_nothing_else_comes_of_it(school: House, browser: TestClient) -> None:
    assert ask(school, browser, "five", marketing="yes").headers["location"].endswith("/get/five/thanks/")
    assert (school.mails(), enrolled(school)) == ([("confirm", "due")], [])

    page = browser.get(path_of(school, Purpose.CONFIRM, school.submission()))
    assert AGREEMENT in page.text
    assert page.text.count("<button") == 1
    assert enrolled(school) == [], "opening a link changes nothing"

    answer = browser.post(path_of(school, Purpose.CONFIRM, school.submission()))
    assert "Better Gates has begun" in answer.text
    assert "There are 2 in all." in answer.text
    assert enrolled(school) == ["lessons"]
    assert school.mails() == [("confirm", "due"), ("drip", "due")], "no mail with a link to a file"
    assert school.one("SELECT marketing_at FROM lead") is None, "no consent to other mails"
    query = "SELECT act, purpose, text FROM receipt JOIN wording ON hash = wording ORDER BY id"
    assert [tuple(row.values()) for row in school.rows(query)] == [
        ("given", "course", AGREEMENT),
        ("confirmed", "course", AGREEMENT),
    ]
    assert "downloaded" not in school.kinds()


def test_typing_a_known_address_starts_no_course(school: House, browser: TestClient) -> None:
    school.ask(browser, "ada@example.com", marketing="yes")
    browser.post(school.confirm_path())

    ask(school, browser, "five")

    assert enrolled(school) == ["after-guide"]
    assert school.mails()[-1] == ("delivery", "due"), "the mail that asks for a press in her own mailbox"
    browser.post(path_of(school, Purpose.CONFIRM, school.submission()))
    assert enrolled(school) == ["after-guide", "lessons"]


def test_a_press_for_a_file_starts_no_course_that_waits(school: House, browser: TestClient) -> None:
    ask(school, browser, "five")
    course = school.submission()
    school.ask(browser, "ada@example.com")
    browser.post(school.confirm_path())
    assert enrolled(school) == []
    asking = school.rows("SELECT submission_id FROM mail WHERE kind = 'delivery' ORDER BY id")
    assert asking[-1]["submission_id"] == course, "its words were not on that page, so a mail asks"


def test_pressing_twice_or_asking_again_sends_no_lesson_twice(school: House, browser: TestClient) -> None:
    start(school, browser)
    again = browser.post(path_of(school, Purpose.CONFIRM, school.submission()))
    assert "You have had this course already" in again.text
    school.clock.advance(40 * DAY)
    assert "You have had this course already" in start(school, browser)
    assert school.one("SELECT count(*) FROM enrolment") == 1


def test_one_click_stops_a_course_and_a_fresh_request_is_heard(school: House, browser: TestClient) -> None:
    start(school, browser)
    browser.post(school.leave_path(), data={"List-Unsubscribe": "One-Click"})
    assert enrolled(school) == []
    assert school.acts()[-1] == "withdrawn"

    school.clock.advance(DAY)
    ask(school, browser, "five")
    page = browser.get(path_of(school, Purpose.CONFIRM, school.submission()))
    assert "Start the course" in page.text


def test_a_request_that_was_taken_back_starts_nothing(school: House, browser: TestClient) -> None:
    school.ask(browser, "ada@example.com")
    browser.post(school.confirm_path())
    ask(school, browser, "five")
    link = path_of(school, Purpose.CONFIRM, school.submission())
    school.clock.advance(1)
    browser.post(school.unsubscribe_path())

    page = browser.get(link)
    assert "Nothing is sent" in page.text
    assert "<button" not in page.text
    browser.post(link)
    assert enrolled(school) == []


def test_words_that_nobody_knows_are_shown_anew(school: House, browser: TestClient) -> None:
    answer = ask(school, browser, "five", wording="0" * 64)
    assert answer.status_code == 400
    assert f'<p id="agreement" tabindex="-1">{AGREEMENT}</p>' in answer.text
    assert '<a href="#agreement">' in answer.text
    assert 'type="checkbox"' not in answer.text
    assert school.mails() == []


def test_a_course_has_nothing_to_download(school: House, browser: TestClient) -> None:
    start(school, browser)
    assert browser.get(path_of(school, Purpose.DOWNLOAD, school.submission())).status_code == 404


def test_an_address_is_asked_for_in_words_that_fit(school: House, browser: TestClient) -> None:
    assert "that is where the lessons go" in ask(school, browser, "five", "").text
    assert "that is where the way in goes" in ask(school, browser, "talk", "").text
