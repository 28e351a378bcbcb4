"""Links that may be noted: a page with two ways on, of which only the button says anything."""

from __future__ import annotations

import dataclasses
import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.followup.outfit import Outfit
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import BASE, DAY, NOW

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

PRICES = f"{BASE}/prices/#yearly"


@pytest.fixture
def enrolled(house: House, client: TestClient) -> House:
    """A lead who is in a sequence whose first mail has a link that may be noted."""
    house.ask(client, marketing="yes")
    client.post(house.confirm_path())
    house.clock.advance(DAY)
    return house


def visits(house: House) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in house.rows("SELECT page, first_at, last_at FROM lead_visit")]


def test_a_scanner_that_fetches_the_link_changes_nothing(enrolled: House, client: TestClient) -> None:
    path = enrolled.visit_path()
    before = enrolled.content()
    for _ in range(5):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert enrolled.content() == before


def test_the_page_says_where_it_leads_and_what_is_noted_and_has_a_way_without(
    enrolled: House, client: TestClient
) -> None:
    page = client.get(enrolled.visit_path())
    assert "127.0.0.1:8000/prices/#yearly" in page.text
    assert "notes that you looked at it" in page.text
    assert f'<a href="{PRICES}" rel="noreferrer">Go there without a note</a>' in page.text
    assert page.text.count("<button") == 1
    assert "<script" not in page.text
    assert "set-cookie" not in page.headers
    assert page.headers["referrer-policy"] == "no-referrer"


def test_the_button_notes_the_visit_once_an_hour_and_leads_on(enrolled: House, client: TestClient) -> None:
    path = enrolled.visit_path()
    for _ in range(3):
        answer = client.post(path)
        assert (answer.status_code, answer.headers["location"]) == (303, PRICES)
    assert visits(enrolled) == [("/prices/", NOW + DAY, NOW + DAY)]
    assert enrolled.kinds().count("visited") == 1
    enrolled.clock.advance(3600)
    client.post(path)
    assert visits(enrolled) == [("/prices/", NOW + DAY, NOW + DAY + 3600)]
    assert enrolled.kinds().count("visited") == 2


def test_of_who_has_stopped_all_mails_nothing_is_noted(enrolled: House, client: TestClient) -> None:
    path = enrolled.visit_path()
    client.post(enrolled.unsubscribe_path(), data={"scope": "all"})
    page = client.get(path)
    assert "<button" not in page.text
    assert f'<a href="{PRICES}"' in page.text
    assert client.post(path).headers["location"] == PRICES
    assert visits(enrolled) == []


def test_a_link_leads_where_its_mail_led_whatever_the_file_says_since(enrolled: House) -> None:
    path = enrolled.visit_path()
    text = "---\nsubject: First\n---\n[Elsewhere](visit:https://elsewhere.example/)\n"
    (enrolled.project.sequences / "after-guide" / "01.md").write_text(text, encoding="utf-8")
    later = enrolled.client(sequences=load_sequences(enrolled.project, enrolled.magnets))
    assert later.post(path).headers["location"] == PRICES


@pytest.mark.parametrize(
    "spoilt", ["another link", "another purpose", "no mail", "a mail that is no step", "an erased lead"]
)
def test_nobody_is_led_anywhere_by_a_link_that_is_not_ours(enrolled: House, client: TestClient, spoilt: str) -> None:
    path = enrolled.visit_path()
    match spoilt:
        case "another link":
            path = enrolled.visit_path(1)
        case "another purpose":
            path = f"/v/{enrolled.links.token(Purpose.PREFERENCES, 1)}"
        case "no mail":
            path = enrolled.links.visit_url(999, 0).removeprefix(BASE)
        case "a mail that is no step":
            confirmation = enrolled.one("SELECT id FROM mail WHERE kind = 'confirm'")
            path = enrolled.links.visit_url(confirmation, 0).removeprefix(BASE)
        case _:
            preferences = f"/p/{enrolled.links.token(Purpose.PREFERENCES, enrolled.lead())}"
            client.post(preferences, data={"do": "erase"})
    for answer in (client.get(path), client.post(path), client.get(f"{path}?to=https://evil.example/")):
        assert answer.status_code == 404
        assert "location" not in answer.headers


def test_a_form_may_lead_to_another_site_only_from_the_page_of_its_link(enrolled: House) -> None:
    text = "---\nsubject: First\n---\n[Book](visit:https://book.example/a?b=1)\n"
    (enrolled.project.sequences / "after-guide" / "01.md").write_text(text, encoding="utf-8")
    sequences = load_sequences(enrolled.project, enrolled.magnets)
    outfit = outfit_of(enrolled, sequences=sequences)
    Worker(outfit).run_once()
    client = enrolled.client(sequences=sequences)
    path = _noted_link(outfit)
    assert "form-action https://book.example 'self'" in client.get(path).headers["content-security-policy"]
    assert client.post(path).headers["location"] == "https://book.example/a?b=1"
    assert visits(enrolled)[0][0] == "https://book.example/a"


def test_going_on_from_a_mail_brings_into_a_sequence_at_the_workers_next_look(
    enrolled: House, client: TestClient
) -> None:
    folder = enrolled.project.sequences / "prices"
    folder.mkdir()
    (folder / "sequence.yml").write_text(
        "title: Prices\nenter: [{visited: /prices/}]\nsteps: [{key: one, message: 01.md}]\n", encoding="utf-8"
    )
    (folder / "01.md").write_text("---\nsubject: Prices\n---\nThey are fair.\n", encoding="utf-8")
    outfit = outfit_of(enrolled, sequences=load_sequences(enrolled.project, enrolled.magnets))
    worker = Worker(outfit)
    worker.run_once()
    client.post(_noted_link(outfit))
    worker.run_once()
    cause = enrolled.one("SELECT cause FROM enrolment WHERE sequence = 'prices'")
    assert cause == "visited /prices/"


def outfit_of(house: House, **changes: object) -> Outfit:
    """Return what a worker needs beside the app."""
    outfit = Outfit(
        settings=house.settings.model_copy(
            update={"mail_from": "Gates <gates@example.org>", "postal_address": "Gates, 1 High Street"}
        ),
        project=house.project,
        manifest=house.manifest,
        magnets=house.magnets,
        sequences=house.sequences,
        writer=house.writer,
        links=house.links,
        clock=house.clock,
        channel=RecordingChannel(),
    )
    return dataclasses.replace(outfit, **changes)  # type: ignore[arg-type]


def _noted_link(outfit: Outfit) -> str:
    """Return the path of the link that may be noted in the mail that went out last."""
    assert isinstance(outfit.channel, RecordingChannel)
    mail = message_from_bytes(outfit.channel.messages[-1].data, policy=policy.default)
    html, text = (mail.get_body([kind]) for kind in ("html", "plain"))
    assert html is not None
    assert text is not None
    path: str
    [path] = set(re.findall(rf'href="{BASE}(/v/[\w-]{{40}})"', html.get_content()))
    assert path in text.get_content()
    return path
