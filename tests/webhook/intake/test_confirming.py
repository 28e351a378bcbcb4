"""The button that is the download."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import CONSENT, DAY, NOW, PDF

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House


def test_the_page_shows_one_button_that_names_the_file_and_changes_nothing(house: House, client: TestClient) -> None:
    house.ask(client, marketing="yes")
    before = house.content()

    page = client.get(house.confirm_path())

    assert page.status_code == 200
    assert page.text.count("<button") == 1
    assert "<button>Download The Gate Guide <small>PDF, 10 kB</small></button>" in page.text
    assert CONSENT in page.text
    assert house.content() == before


def test_the_press_confirms_enrols_and_hands_the_file_over(house: House, client: TestClient) -> None:
    house.ask(client, marketing="yes")
    house.writer.run(lambda c: c.execute("UPDATE mail SET message_id = '<1@example.com>'"))
    house.clock.advance(60)

    answer = client.post(house.confirm_path())

    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-disposition"] == "attachment; filename=\"guide.pdf\"; filename*=UTF-8''guide.pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    (lead,) = house.rows("SELECT confirmed_at, marketing_at FROM lead")
    assert lead == {"confirmed_at": NOW + 60, "marketing_at": NOW + 60}
    assert house.rows("SELECT confirmed_at, downloaded_at FROM submission") == [
        {"confirmed_at": NOW + 60, "downloaded_at": NOW + 60}
    ]
    (_, receipt) = house.rows("SELECT act, method, message_id, page, wording, submission_id FROM receipt ORDER BY id")
    assert receipt == {
        "act": "confirmed",
        "method": "button",
        "message_id": "<1@example.com>",
        "page": "/get/guide/",
        "wording": house.magnets["guide"].wording,
        "submission_id": house.submission(),
    }
    assert house.kinds() == ["submitted", "confirmed", "enrolled", "downloaded"]
    assert house.mails() == [("confirm", "due"), ("drip", "due"), ("delivery", "due")]
    assert house.rows("SELECT sequence, state FROM enrolment") == [{"sequence": "after-guide", "state": "active"}]


def test_without_the_box_the_file_comes_and_nothing_else(house: House, client: TestClient) -> None:
    house.ask(client)

    assert client.post(house.confirm_path()).content == PDF
    assert house.acts() == ["declined"]
    assert house.one("SELECT marketing_at FROM lead") is None
    assert house.one("SELECT count(*) FROM enrolment") == 0
    assert house.mails() == [("confirm", "due"), ("delivery", "due")]


def test_a_second_press_hands_the_file_over_again_and_adds_nothing(house: House, client: TestClient) -> None:
    house.ask(client, marketing="yes")
    client.post(house.confirm_path())
    before = house.content()

    again = [client.post(house.confirm_path()) for _ in range(5)]

    assert all(answer.content == PDF for answer in again)
    assert house.content() == before
    house.clock.advance(3600)
    client.post(house.confirm_path())
    assert house.kinds().count("downloaded") == 2
    assert house.kinds().count("confirmed") == 1


def test_a_confirmed_lead_gets_the_next_file_at_once(house: House, client: TestClient) -> None:
    house.ask(client)
    client.post(house.confirm_path())

    client.post("/f/list", data={"email": "ada@example.com", "company": "Gates"})

    assert house.mails() == [("confirm", "due"), ("delivery", "due"), ("delivery", "due")]
    assert house.one("SELECT confirmed_at FROM submission WHERE magnet = 'list'") == NOW


def test_a_confirmed_lead_who_ticks_the_box_gets_the_file_at_once_and_the_mails_by_a_press(
    house: House, client: TestClient
) -> None:
    house.ask(client)
    client.post(house.confirm_path())
    house.clock.advance(1000)

    # Anybody can type an address and tick a box.
    house.ask(client, marketing="yes")

    assert house.mails()[-1] == ("delivery", "due")
    assert house.acts() == ["declined", "given"]
    assert house.one("SELECT marketing_at FROM lead") is None
    assert house.one("SELECT count(*) FROM enrolment") == 0
    assert CONSENT in client.get(house.confirm_path()).text

    assert client.post(house.confirm_path()).content == PDF

    assert house.acts() == ["declined", "given", "confirmed"]
    assert house.one("SELECT method FROM receipt WHERE act = 'confirmed'") == "button"
    assert house.one("SELECT marketing_at FROM lead") == NOW + 1000
    assert house.one("SELECT state FROM enrolment") == "active"
    assert house.mails() == [("confirm", "due"), ("delivery", "due"), ("delivery", "due"), ("drip", "due")]


def test_whose_consent_is_in_force_is_enrolled_by_the_next_form_too(house: House, client: TestClient) -> None:
    house.ask(client, marketing="yes")
    client.post(house.confirm_path())
    house.clock.advance(1000)

    house.ask(client, marketing="yes", first_name="Ada")

    assert house.acts() == ["given", "confirmed", "given", "confirmed"]
    assert house.one("SELECT method FROM receipt ORDER BY id DESC LIMIT 1") == "form"
    assert house.one("SELECT marketing_at FROM lead") == NOW


def test_a_page_whose_button_was_pressed_promises_nothing_new(house: House, client: TestClient) -> None:
    house.ask(client, marketing="yes")
    assert CONSENT in client.get(house.confirm_path()).text
    client.post(house.confirm_path())

    page = client.get(house.confirm_path()).text

    assert "here it is once more" in page
    assert CONSENT not in page
    assert "Not you who asked?" not in page


def test_an_unsubscription_is_ended_by_a_press_and_not_by_a_form(house: House, client: TestClient) -> None:
    house.ask(client, marketing="yes")
    client.post(house.confirm_path())
    client.post(house.unsubscribe_path())
    house.clock.advance(2 * DAY)

    house.ask(client, marketing="yes", first_name="Ada")

    assert house.one("SELECT marketing_at FROM lead") is None
    assert house.one("SELECT count(*) FROM suppression") == 1
    assert house.mails()[-1] == ("delivery", "due")
    assert client.post(house.confirm_path()).content == PDF
    assert house.one("SELECT marketing_at FROM lead") == NOW + 2 * DAY
    assert house.one("SELECT count(*) FROM suppression") == 0


def test_a_button_from_before_an_unsubscription_gives_the_file_and_ends_nothing(
    house: House, client: TestClient
) -> None:
    house.ask(client, marketing="yes")
    older = house.confirm_path()
    house.clock.advance(DAY)
    house.ask(client, marketing="yes", first_name="Ada")
    client.post(house.confirm_path())
    house.clock.advance(60)
    client.post(house.unsubscribe_path())

    assert CONSENT not in client.get(older).text
    assert client.post(older).content == PDF
    assert house.one("SELECT marketing_at FROM lead") is None
    assert house.one("SELECT count(*) FROM suppression") == 1
    assert house.acts() == ["given", "given", "confirmed", "withdrawn"]


def test_without_the_box_an_unsubscription_stays_and_the_file_comes(house: House, client: TestClient) -> None:
    house.ask(client, marketing="yes")
    client.post(house.confirm_path())
    client.post(house.unsubscribe_path())
    house.clock.advance(1000)

    house.ask(client)

    assert house.one("SELECT count(*) FROM suppression") == 1
    assert house.mails()[-1] == ("delivery", "due")


@pytest.mark.parametrize("reason", ["not-me", "bounced", "complained", "owner"])
def test_an_address_that_gets_no_mail_at_all_is_not_mailed_by_a_press(
    house: House, client: TestClient, reason: str
) -> None:
    house.ask(client, marketing="yes")
    address = house.address("ada@example.com")
    house.writer.run(
        lambda c: c.execute(
            "INSERT INTO suppression (address, scope, reason, at) VALUES (?, 'all', ?, 1)", (address, reason)
        )
    )

    answer = client.post(house.confirm_path())

    assert answer.content == PDF
    assert house.mails() == [("confirm", "due")]
    assert house.one("SELECT marketing_at FROM lead") is None
    assert house.one("SELECT count(*) FROM suppression") == 1


def test_a_press_also_sets_free_what_else_the_person_asked_for(house: House, client: TestClient) -> None:
    house.ask(client)
    client.post("/f/list", data={"email": "ada@example.com", "company": "Gates"})
    assert house.mails() == [("confirm", "due")]

    token = house.links.token(Purpose.CONFIRM, 1, expires=NOW + DAY)
    client.post(f"/c/{token}")

    mails = house.rows("SELECT kind, submission_id FROM mail ORDER BY id")
    assert [(row["kind"], row["submission_id"]) for row in mails] == [("confirm", 1), ("delivery", 1), ("delivery", 2)]
    detail = house.one("SELECT detail FROM event WHERE kind = 'confirmed' AND magnet = 'list'")
    assert json.loads(detail) == {"method": "button", "of": "guide"}


def test_an_expired_link_offers_a_new_one_within_the_mailboxs_budget(house: House, client: TestClient) -> None:
    house.ask(client)
    path = house.confirm_path()
    house.clock.advance(8 * DAY)

    page = client.get(path)
    assert page.status_code == 410
    assert "This link has expired" in page.text
    assert page.text.count("<button") == 1
    assert client.post(path).status_code == 410
    assert len(house.mails()) == 1

    answers = [client.post(path, data={"again": "1"}) for _ in range(4)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert house.mails() == [("confirm", "due"), ("confirm", "due")]


def test_three_confirmation_mails_in_thirty_days_are_all(house: House, client: TestClient) -> None:
    for day in range(29):
        house.ask(client, ["ada@gmail.com", "a.d.a+x@gmail.com", "ADA@googlemail.com"][day % 3], first_name=str(day))
        house.clock.advance(DAY)

    assert house.mails() == [("confirm", "due")] * 3


def test_more_confirmations_than_an_hour_takes_wait_their_turn(house: House, client: TestClient) -> None:
    for number in range(130):
        house.ask(client, f"a{number}@example.com")

    due = [row["due_at"] for row in house.rows("SELECT due_at FROM mail ORDER BY id")]
    assert due == [NOW] * 60 + [NOW + 3600] * 60 + [NOW + 7200] * 10


def test_a_magnet_that_is_no_longer_there_is_a_page_that_is_not_there(house: House, client: TestClient) -> None:
    house.ask(client)
    path, other = house.confirm_path(), house.client(magnets={"list": house.magnets["list"]})

    assert other.get(path).status_code == 404
    assert other.post(path).status_code == 404
    assert other.get(house.download_path()).status_code == 404


def test_an_erased_submission_is_a_page_that_is_not_there(house: House, client: TestClient) -> None:
    forged = client.get("/c/" + "A" * 40)
    never = house.links.token(Purpose.CONFIRM, 999, expires=NOW + DAY)

    for answer in (client.get(f"/c/{never}"), client.post(f"/c/{never}"), client.get(f"/d/{never}")):
        assert (answer.status_code, answer.content, answer.headers) == (404, forged.content, forged.headers)


def test_a_file_that_is_gone_is_not_called_a_success(house: House, client: TestClient) -> None:
    house.ask(client)
    (house.project.magnets / "guide" / "guide.pdf").unlink()
    before = house.content()

    answer = client.post(house.confirm_path())

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
    assert house.content() == before
