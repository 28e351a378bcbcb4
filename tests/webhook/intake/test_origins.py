"""Whose pages may send forms: every Origin with every Sec-Fetch-Site and every content type."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import BASE, NOW
from tests.webhook.intake.wire import HOST, Sent, ask_all

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

SITE = "https://www.example.com"
FETCH_SITES = [None, "same-origin", "same-site", "cross-site", "none"]
TAKEN, ASKED, REFUSED = 303, 200, 403

#: Origin -> what a form becomes for each of FETCH_SITES.
TABLE: dict[str | None, list[int]] = {
    None: [ASKED, TAKEN, ASKED, ASKED, ASKED],
    "null": [ASKED, TAKEN, ASKED, ASKED, ASKED],
    BASE: [TAKEN] * 5,
    SITE: [TAKEN] * 5,
    "https://evil.example": [REFUSED] * 5,
    f"{BASE}.evil.example": [REFUSED] * 5,
    "https://127.0.0.1:8000": [REFUSED] * 5,
}


def _body(house: House, kind: str, number: int) -> tuple[bytes, bytes]:
    form = house.form(f"a{number}@example.com")
    if kind == "multipart":
        parts = [f'--B\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in form.items()]
        return ("".join(parts) + "--B--\r\n").encode(), b"multipart/form-data; boundary=B"
    types = {"urlencoded": b"application/x-www-form-urlencoded", "text": b"text/plain"}
    return urlencode(form).encode(), types[kind]


def test_the_whole_table(house: House) -> None:
    settings = house.settings.model_copy(update={"allowed_origins": (SITE,)})
    cases: list[tuple[str | None, str | None, str, int]] = []
    requests: list[Sent] = []
    for origin, row in TABLE.items():
        for site, expected in zip(FETCH_SITES, row, strict=True):
            for kind in ("urlencoded", "multipart", "text"):
                body, content_type = _body(house, kind, len(cases))
                headers = [*HOST, (b"content-type", content_type)]
                headers += [(b"origin", origin.encode())] if origin else []
                headers += [(b"sec-fetch-site", site.encode())] if site else []
                requests.append(Sent("POST", "/f/guide", headers, [body]))
                cases.append((origin, site, kind, 415 if kind == "text" else expected))

    answers = ask_all(house.app(settings=settings), requests)

    assert len(cases) == 105
    found = [(*case[:3], answer.status) for case, answer in zip(cases, answers, strict=True)]
    assert found == cases
    assert house.one("SELECT count(*) FROM submission") == [case[3] for case in cases].count(TAKEN)


def test_two_origins_are_a_foreign_one(house: House) -> None:
    body, kind = _body(house, "urlencoded", 1)
    headers = [*HOST, (b"content-type", kind), (b"origin", BASE.encode()), (b"origin", b"https://evil.example")]

    (answer,) = ask_all(house.app(), [Sent("POST", "/f/guide", headers, [body])])

    assert answer.status == REFUSED


def test_who_does_not_say_is_asked_with_everything_they_typed(house: House, client: TestClient) -> None:
    del client.headers["origin"]
    typed = {"first_name": 'Ada "<b>', "note": "two\nlines", "marketing": "yes", "website": "", "other": "dropped"}

    page = house.ask(client, **typed)

    assert page.status_code == 200
    assert "<button>Yes, send it</button>" in page.text
    assert "Ada &#34;&lt;b&gt;" in page.text
    assert "other" not in page.text
    assert house.one("SELECT count(*) FROM submission") == 0

    nonce = page.text.split('name="nonce" value="')[1].split('"')[0]
    answer = house.ask(client, **typed, nonce=nonce)
    assert answer.status_code == 303
    assert house.one("SELECT marketing FROM submission") == 1


CHANGES = ["nothing", "expired", "forged", "another purpose", "another client", "another form", "foreign origin"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_nonce_counts_for_an_hour_for_who_was_shown_it_and_for_untold_pages_only(
    house: House, client: TestClient, change: str
) -> None:
    client.headers["origin"] = "null"
    nonce = house.ask(client).text.split('name="nonce" value="')[1].split('"')[0]
    subject = house.links.read(nonce, [Purpose.FORM], now=NOW)[1]
    match change:
        case "expired":
            house.clock.advance(3600)
        case "forged":
            nonce = nonce[:-1] + ("A" if nonce[-1] != "A" else "B")
        case "another purpose":
            nonce = house.links.token(Purpose.CONFIRM, subject, expires=NOW + 3600)
        case "another client":
            client = house.client(peer="203.0.113.10")
            client.headers["origin"] = "null"
        case "another form":
            nonce = (
                client.post("/f/list", data={"email": "a@b.example"})
                .text.split('name="nonce" value="')[1]
                .split('"')[0]
            )
        case "foreign origin":
            client.headers["origin"] = "https://evil.example"

    answer = house.ask(client, nonce=nonce)

    assert answer.status_code == {"nothing": 303, "foreign origin": 403}.get(change, 200)
    assert house.one("SELECT count(*) FROM submission") == (change == "nothing")


def test_a_caught_robot_is_asked_and_thanked_like_anybody(house: House, client: TestClient) -> None:
    del client.headers["origin"]
    page = house.ask(client, website="http://spam.example").text
    nonce = page.split('name="nonce" value="')[1].split('"')[0]

    assert 'name="website" value="http://spam.example"' in page
    assert house.ask(client, website="http://spam.example", nonce=nonce).status_code == 303
    assert house.one("SELECT count(*) FROM submission") == 0
