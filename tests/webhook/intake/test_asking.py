"""What becomes of a form."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.webhook.intake.house import BASE, CONSENT, DAY, NOW

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House


def test_a_form_becomes_a_submission_and_one_confirmation_mail(house: House, client: TestClient) -> None:
    answer = house.ask(client, first_name=" Ada ", marketing="yes", team="Barn", unknown="x")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}/get/guide/thanks/"
    (lead,) = house.rows("SELECT * FROM lead")
    assert (lead["email"], lead["canonical"]) == ("Ada@example.com", "ada@example.com")
    assert json.loads(lead["fields"]) == {"first_name": "Ada", "team": "Barn"}
    assert (lead["confirmed_at"], lead["marketing_at"]) == (None, None)
    (submission,) = house.rows("SELECT * FROM submission")
    assert (submission["page"], submission["marketing"], submission["at"]) == ("/get/guide/", 1, NOW)
    assert house.mails() == [("confirm", "due")]
    assert house.kinds() == ["submitted"]


def test_the_exact_words_are_kept_once_with_the_receipt(house: House, client: TestClient) -> None:
    house.ask(client, marketing="yes")
    house.ask(client, "bob@example.com")

    assert house.rows("SELECT text FROM wording") == [{"text": CONSENT}]
    wording = house.magnets["guide"].wording
    receipts = house.rows("SELECT act, method, page, wording FROM receipt ORDER BY id")
    assert receipts == [
        {"act": "given", "method": "form", "page": "/get/guide/", "wording": wording},
        {"act": "declined", "method": "form", "page": "/get/guide/", "wording": wording},
    ]


def test_multipart_is_taken_as_well(house: House, client: TestClient) -> None:
    answer = client.post("/f/guide", files={name: (None, value) for name, value in house.form().items()})

    assert answer.status_code == 303
    assert house.one("SELECT count(*) FROM submission") == 1


def test_a_magnet_without_consent_asks_for_none_and_keeps_no_receipt(house: House, client: TestClient) -> None:
    answer = client.post("/f/list", data={"email": "a@b.example", "company": "X", "marketing": "yes"})

    assert answer.status_code == 303
    assert house.rows("SELECT marketing, wording FROM submission") == [{"marketing": 0, "wording": None}]
    assert house.acts() == []


def test_an_unknown_magnet_is_a_page_that_is_not_there(client: TestClient) -> None:
    assert client.post("/f/other", data={"email": "a@b.example"}).status_code == 404


def test_a_filled_honeypot_looks_like_success_and_keeps_nothing(house: House, client: TestClient) -> None:
    caught, passed = house.ask(client, website="http://spam.example"), house.ask(client)

    assert (caught.status_code, caught.headers, caught.content) == (passed.status_code, passed.headers, passed.content)
    assert house.one("SELECT count(*) FROM submission") == 1


def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(house: House, client: TestClient) -> None:
    answer = house.ask(
        client,
        "ada@",
        first_name="<b>x" * 20,
        team="Kitchen",
        acres="many",
        homepage="example.com",
        phone="call me",
        note='line\n"two"</textarea>',
        marketing="yes",
    )

    assert answer.status_code == 400
    for name in ("email", "first_name", "team", "acres", "homepage", "phone"):
        assert f'href="#{name}"' in answer.text
        assert f'id="{name}-wrong"' in answer.text
    assert 'value="ada@"' in answer.text
    assert "&lt;b&gt;x" in answer.text
    assert "<b>x" not in answer.text
    assert "line\n&#34;two&#34;&lt;/textarea&gt;</textarea>" in answer.text
    assert 'value="yes" checked' in answer.text
    assert 'type="text" inputmode="decimal" value="many"' in answer.text
    assert "First name: Please write at most 40 characters; these are 80." in answer.text
    assert house.one("SELECT count(*) FROM submission") == 0


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "Please write it, for that is where the file goes."),
        ("a" * 260 + "@example.com", "Please write at most 254 characters; these are 272."),
        ("ada.example.com", "must have an @-sign"),
        ("-ada@example.com", "cannot begin with a hyphen"),
        ("ada@[127.0.0.1]", "bracketed IP address"),
    ],
)
def test_an_address_that_cannot_be_written_to_is_said_so(
    house: House, client: TestClient, email: str, words: str
) -> None:
    answer = house.ask(client, email)

    assert answer.status_code == 400
    assert words in answer.text


def test_a_required_field_must_be_filled_in(client: TestClient) -> None:
    answer = client.post("/f/list", data={"email": "a@b.example", "company": "  "})

    assert "Company: Please fill this in." in answer.text


def test_the_page_of_a_refused_form_sends_it_well_without_an_origin(house: House, client: TestClient) -> None:
    page = house.ask(client, "ada@").text
    nonce = page.split('name="nonce" value="')[1].split('"')[0]

    answer = client.post("/f/guide", data=house.form(nonce=nonce), headers={"origin": "null"})

    assert answer.status_code == 303


def test_words_that_were_shown_before_a_change_still_count(house: House) -> None:
    before = house.magnets["guide"].wording
    house.client()
    house.writer.run(lambda _: None)
    client = house.client(magnets=house.reworded("Other words."))

    assert client.post("/f/guide", data=house.form(wording=before, marketing="yes")).status_code == 303
    assert house.rows("SELECT wording FROM receipt") == [{"wording": before}]
    assert CONSENT in client.get(house.confirm_path()).text


def test_words_that_nobody_knows_are_shown_anew_with_an_empty_box(house: House, client: TestClient) -> None:
    answer = house.ask(client, wording="0" * 64, marketing="yes", first_name="Ada")

    assert answer.status_code == 400
    assert "The words beside the box have changed since you opened the page." in answer.text
    assert CONSENT in answer.text
    assert 'value="yes" checked' not in answer.text
    assert 'value="Ada"' in answer.text
    assert house.one("SELECT count(*) FROM submission") == 0
    assert house.one("SELECT count(*) FROM hit") == 0


def test_an_empty_box_needs_no_known_words(house: House, client: TestClient) -> None:
    assert house.ask(client, wording="0" * 64).status_code == 303
    assert house.acts() == []


def test_fifty_presses_at_once_are_one_submission_and_one_mail(house: House, client: TestClient) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: house.ask(client, marketing="yes").status_code, range(50)))

    assert answers == [303] * 50
    assert house.one("SELECT count(*) FROM submission") == 1
    assert house.mails() == [("confirm", "due")]


def test_the_same_press_uses_up_no_limit(house: House) -> None:
    client = house.client(settings=house.settings.model_copy(update={"posts_per_10_minutes": 2}))

    codes = [house.ask(client).status_code for _ in range(6)]

    assert codes == [303] * 6
    assert house.ask(client, "bob@example.com").status_code == 303
    assert house.ask(client, "carol@example.com").status_code == 429


def test_other_answers_are_a_second_row_and_no_second_mail(house: House, client: TestClient) -> None:
    house.ask(client)
    house.ask(client, first_name="Ada")

    assert house.one("SELECT count(*) FROM submission") == 2
    assert house.mails() == [("confirm", "due")]


def test_too_many_forms_from_one_address_have_to_wait_and_room_comes_back(house: House) -> None:
    settings = house.settings.model_copy(update={"posts_per_10_minutes": 3, "posts_per_day": 4})
    client = house.client(settings=settings)
    for number in range(3):
        assert house.ask(client, f"a{number}@example.com").status_code == 303
        house.clock.advance(60)

    answer = house.ask(client, "late@example.com")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "420")
    assert "Please try again in 7 minutes." in answer.text
    house.clock.advance(420)
    assert house.ask(client, "late@example.com").status_code == 303
    assert house.ask(client, "later@example.com").headers["retry-after"] == str(DAY - 600)
    assert house.ask(house.client(settings=settings, peer="203.0.113.10"), "x@example.com").status_code == 303
    house.clock.advance(DAY)
    assert house.ask(client, "later@example.com").status_code == 303


def test_the_limit_knows_no_address_in_clear(house: House, client: TestClient) -> None:
    house.ask(client)

    keys = [row["key"] for row in house.rows("SELECT key FROM hit")]
    assert len(keys) == 2
    assert not any("203.0.113" in key or "ada" in key for key in keys)


def test_a_stranger_cannot_change_the_answers_of_a_confirmed_lead(house: House, client: TestClient) -> None:
    house.ask(client, first_name="Ada")
    client.post(house.confirm_path())
    house.ask(client, first_name="Spam", team="Barn")

    fields = house.one("SELECT fields FROM lead")
    assert json.loads(fields) == {"first_name": "Ada", "team": "Barn"}
