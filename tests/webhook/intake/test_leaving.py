"""The ways out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import NOW

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def enrolled(house: House, client: TestClient) -> House:
    """A lead in the middle of a sequence."""
    house.ask(client, marketing="yes")
    client.post(house.confirm_path())
    house.clock.advance(10)
    return house


def _bodies() -> list[tuple[str, bytes, str]]:
    part = '--B\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--B--\r\n'
    return [
        ("urlencoded", ONE_CLICK.encode(), "application/x-www-form-urlencoded"),
        ("multipart", part.encode(), "multipart/form-data; boundary=B"),
        ("small letters", ONE_CLICK.lower().encode(), "application/x-www-form-urlencoded; charset=UTF-8"),
        ("empty", b"", "application/x-www-form-urlencoded"),
        ("no type", b"", ""),
        ("not a form", b"{}", "application/json"),
        ("cut off", part.encode()[:50], "multipart/form-data; boundary=B"),
    ]


@pytest.mark.parametrize(("body", "kind"), [pytest.param(*rest, id=name) for name, *rest in _bodies()])
@pytest.mark.parametrize("origin", [None, "null", "https://mail.example"])
def test_one_click_stops_all_marketing_at_once(enrolled: House, body: bytes, kind: str, origin: str | None) -> None:
    client = enrolled.client()
    del client.headers["origin"]
    headers = {"origin": origin} if origin else {}

    answer = client.post(
        enrolled.leave_path(), content=body, headers={**headers, **({"content-type": kind} if kind else {})}
    )

    assert (answer.status_code, answer.text) == (200, "You are unsubscribed.\n")
    assert "location" not in answer.headers
    assert enrolled.one("SELECT marketing_at FROM lead") is None
    assert enrolled.rows("SELECT state, reason, ended_at FROM enrolment") == [
        {"state": "stopped", "reason": "unsubscribed", "ended_at": NOW + 10}
    ]
    assert enrolled.mails() == [("confirm", "due"), ("drip", "cancelled"), ("delivery", "due")]
    assert enrolled.rows("SELECT address, scope, reason FROM suppression") == [
        {"address": enrolled.address("ada@example.com"), "scope": "marketing", "reason": "unsubscribed"}
    ]
    assert enrolled.acts()[-1] == "withdrawn"
    assert enrolled.one("SELECT method FROM receipt WHERE act = 'withdrawn'") == "one-click"
    assert {"stopped", "unsubscribed", "suppressed"} <= set(enrolled.kinds())


def test_the_page_says_when_everything_has_stopped_already(enrolled: House, client: TestClient) -> None:
    path = enrolled.unsubscribe_path()
    assert "Do you want to stop?" in client.get(path).text
    client.post(path, data={"scope": "all"})
    page = client.get(path).text
    assert "You get no mails from us" in page
    assert "<button" not in page


def test_unsubscribing_again_succeeds_and_adds_nothing(enrolled: House, client: TestClient) -> None:
    path = enrolled.leave_path()
    client.post(path, content=ONE_CLICK)
    before = enrolled.content()

    assert {client.post(path, content=ONE_CLICK).status_code for _ in range(20)} == {200}
    assert enrolled.content() == before


@pytest.mark.parametrize("state", ["claimed", "talking", "sent"])
def test_a_mail_in_a_workers_hand_is_called_back_unless_it_is_being_handed_over(
    enrolled: House, client: TestClient, state: str
) -> None:
    enrolled.writer.run(lambda c: c.execute("UPDATE mail SET state = ? WHERE kind = 'drip'", (state,)))

    client.post(enrolled.leave_path(), content=ONE_CLICK)

    expected = "cancelled" if state == "claimed" else state
    assert enrolled.one("SELECT state FROM mail WHERE kind = 'drip'") == expected


def test_the_page_masks_the_address_names_the_sequence_and_changes_nothing(enrolled: House, client: TestClient) -> None:
    before = enrolled.content()

    page = client.get(enrolled.leave_path())

    assert page.status_code == 200
    assert "A•••@e•••" in page.text
    assert "example.com" not in page.text.lower()
    assert "After the guide" in page.text
    assert page.text.count("<button") == 2
    assert enrolled.content() == before


def test_stop_these_mails_ends_one_sequence_only(enrolled: House, client: TestClient) -> None:
    path = enrolled.leave_path()

    answer = client.post(path, data={"scope": "sequence"})

    assert answer.status_code == 200
    assert "These mails have stopped" in answer.text
    assert enrolled.rows("SELECT state, reason FROM enrolment") == [{"state": "stopped", "reason": "left"}]
    assert enrolled.one("SELECT marketing_at FROM lead") == NOW
    assert enrolled.one("SELECT count(*) FROM suppression") == 0
    assert enrolled.one("SELECT state FROM mail WHERE kind = 'drip'") == "cancelled"
    assert client.get(path).text.count("<button") == 1


def test_a_link_that_names_no_sequence_stops_everything_whatever_the_form_says(
    enrolled: House, client: TestClient
) -> None:
    answer = client.post(enrolled.unsubscribe_path(), data={"scope": "sequence"})

    assert "Everything has stopped" in answer.text
    assert enrolled.one("SELECT marketing_at FROM lead") is None
    assert enrolled.one("SELECT state FROM enrolment") == "stopped"


def test_stop_everything_says_so_on_a_page(enrolled: House, client: TestClient) -> None:
    answer = client.post(enrolled.leave_path(), data={"scope": "all"})

    assert "Everything has stopped" in answer.text
    assert enrolled.one("SELECT method FROM receipt WHERE act = 'withdrawn'") == "page"
    assert enrolled.one("SELECT scope FROM suppression") == "marketing"


def test_a_confirmed_lead_who_leaves_by_a_delivery_mail_still_gets_files(enrolled: House, client: TestClient) -> None:
    client.post(enrolled.unsubscribe_path(), content=ONE_CLICK)
    client.post("/f/list", data={"email": "ada@example.com", "company": "Gates"})

    assert enrolled.one("SELECT scope FROM suppression") == "marketing"
    assert enrolled.mails()[-1] == ("delivery", "due")


def test_not_me_stops_every_mail_to_the_address(house: House, client: TestClient) -> None:
    house.ask(client, marketing="yes")
    page = client.get(house.unsubscribe_path())
    assert "It was not me. Never write again" in page.text
    assert page.text.count("<button") == 1

    client.post(house.unsubscribe_path(), content=ONE_CLICK)
    house.clock.advance(3 * 86_400)
    house.ask(client, first_name="again")

    assert house.mails() == [("confirm", "cancelled")]
    assert house.rows("SELECT scope, reason FROM suppression") == [{"scope": "all", "reason": "not-me"}]
    detail = house.one("SELECT detail FROM event WHERE kind = 'suppressed'")
    assert json.loads(detail) == {"scope": "all", "reason": "not-me"}


def test_an_unsubscribe_works_when_the_limits_are_used_up(enrolled: House) -> None:
    settings = enrolled.settings.model_copy(update={"posts_per_10_minutes": 1, "posts_per_day": 1})
    client = enrolled.client(settings=settings)
    assert enrolled.ask(client, "x@example.com").status_code == 429

    assert client.post(enrolled.leave_path(), content=ONE_CLICK).status_code == 200


def test_the_link_works_years_later(enrolled: House, client: TestClient) -> None:
    enrolled.clock.advance(10 * 365 * 86_400)

    assert client.post(enrolled.leave_path(), content=ONE_CLICK).status_code == 200


def test_a_link_of_an_erased_lead_is_a_page_that_is_not_there(house: House, client: TestClient) -> None:
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.LEAVE):
        path = f"/u/{house.links.token(purpose, 999)}"
        assert client.get(path).status_code == 404
        assert client.post(path, content=ONE_CLICK).status_code == 404
        assert client.post(path, data={"scope": "sequence"}).status_code == 404
