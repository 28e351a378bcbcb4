"""Whoever asks in German is answered in German: form, pages and mails."""

from __future__ import annotations

import ast
import email
import re
from dataclasses import replace
from email import policy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import gatepost_site
import gatepost_webhook
from gatepost_site.magnets import load_magnets, wording_hash
from gatepost_site.words.languages import Languages, shipped_texts
from gatepost_site.words.words import PLACEHOLDER
from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.followup.outfit import Outfit
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2 as httpx
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

CONSENT = "Ja, schicken Sie mir zwei kurze E-Mails über Tore."
GERMAN = f"""\
---
title: Der Torführer
description: Wie man ein Tor einhängt.
fields:
  - {{name: first_name, label: Vorname, autocomplete: given-name, max_length: 40}}
  - {{name: team, label: Abteilung, type: select, options: [Feld, Scheune]}}
  - {{name: acres, label: Hektar, type: number}}
  - {{name: homepage, label: Website, type: url}}
  - {{name: phone, label: Telefon, type: tel}}
  - {{name: note, label: Notiz, type: textarea, max_length: 500}}
consent: "{CONSENT}"
---
Lesen Sie ihn.
"""
#: What only the English words say: long enough not to be in any German text by chance.
ENGLISH = [
    piece.strip()
    for text in shipped_texts("en").values()
    for form in ([text] if isinstance(text, str) else text.values())
    for piece in re.split(PLACEHOLDER.pattern.replace("(", "(?:"), form)
    if len(piece.split()) >= 2
]
PACKAGES = [Path(str(package.__file__)).parent for package in (gatepost_site, gatepost_webhook)]


@pytest.fixture
def german(house: House) -> House:
    """The house, whose guide is there in German too."""
    (house.project.magnets / "guide" / "magnet.de.md").write_text(GERMAN, encoding="utf-8")
    house.magnets = load_magnets(house.project)
    assets, landing = house.manifest.assets, house.manifest.landing
    house.manifest = replace(
        house.manifest,
        assets={**assets, "guide.de": assets["guide"]},
        landing={**landing, "guide.de": "de/get/guide/"},
        thanks={**house.manifest.thanks, "guide.de": "de/get/guide/thanks/"},
    )
    return house


@pytest.fixture
def visitor(german: House) -> TestClient:
    return german.client()


def ask(client: TestClient, email: str = "ada@example.com", **fields: str) -> httpx.Response:
    """Send the German form."""
    form = {"email": email, "wording": wording_hash(CONSENT), "page": "/de/get/guide/", "website": "", **fields}
    return client.post("/f/guide.de", data=form)


def outfit(house: House) -> Outfit:
    settings = house.settings.model_copy(update={"postal_address": "Gates, 1 High Street, Bristol"})
    return Outfit(
        settings=settings, project=house.project, manifest=house.manifest, magnets=house.magnets,
        sequences=house.sequences, writer=house.writer, links=house.links, clock=house.clock,
        channel=RecordingChannel(),
    )  # fmt: skip


def sent(house: House) -> list[email.message.EmailMessage]:
    """Let the worker send what is due, and return it."""
    given = outfit(house)
    Worker(given).run_once()
    assert isinstance(given.channel, RecordingChannel)
    return [email.message_from_bytes(mail.data, policy=policy.default) for mail in given.channel.messages]


def said(mail: email.message.EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def english_in(text: str) -> list[str]:
    return [piece for piece in ENGLISH if piece in text]


def test_the_form_leads_to_the_thank_you_page_of_its_language(german: House, visitor: TestClient) -> None:
    answer = ask(visitor)
    assert (answer.status_code, answer.headers["location"]) == (303, "http://127.0.0.1:8000/de/get/guide/thanks/")
    assert german.one("SELECT language FROM submission") == "de"


def test_the_original_form_says_the_sites_language(german: House, visitor: TestClient) -> None:
    german.ask(visitor)
    assert german.one("SELECT language FROM submission") == "en"


def test_a_language_that_the_magnet_has_not_is_not_there(visitor: TestClient) -> None:
    assert visitor.post("/f/guide.fr", data={"email": "a@example.com"}).status_code == 404


def test_the_consent_is_kept_in_the_words_that_were_shown(german: House, visitor: TestClient) -> None:
    ask(visitor, marketing="yes")
    kept = "SELECT wording.text FROM receipt JOIN wording ON wording.hash = receipt.wording"
    assert german.one(kept) == CONSENT


def test_what_is_to_mend_is_said_in_german(visitor: TestClient) -> None:
    answer = ask(visitor, "keine-adresse", acres="viele", homepage="x", phone="x", team="Wald", note="n" * 501)
    assert answer.status_code == 400
    assert '<html lang="de">' in answer.text
    for words in (
        "Bitte berichtigen Sie noch Folgendes:",
        "E-Mail-Adresse: Bitte schreiben Sie genau ein @-Zeichen, wie in anna@example.com.",
        "Hektar: Bitte schreiben Sie eine Zahl, etwa 25.",
        "Abteilung: Bitte wählen Sie etwas aus der Liste.",
        "Notiz: Bitte höchstens 500 Zeichen; dies sind 501.",
    ):
        assert words in answer.text
    assert 'action="/f/guide.de"' in answer.text
    assert english_in(answer.text) == []


def pages(house: House, client: TestClient) -> Iterator[tuple[str, httpx.Response]]:
    """Yield every page that a visitor can be shown, by what it is about."""
    yield "mend", ask(client, "a@b@c", first_name="x" * 41)
    yield "missing", ask(client, "")
    yield "reworded", ask(client, marketing="yes", wording="0" * 64)
    stranger = house.client()
    del stranger.headers["origin"]
    yield "ask", ask(stranger)
    ask(client, marketing="yes")
    yield "confirm", client.get(house.confirm_path())
    yield "not me", client.get(house.unsubscribe_path())
    client.post(house.confirm_path())
    yield "confirm again", client.get(house.confirm_path())
    ask(client, first_name="Ada")
    yield "confirm, known", client.get(house.confirm_path())
    yield "leave one", client.get(house.leave_path())
    yield "left one", client.post(house.leave_path(), data={"scope": "sequence"})
    yield "leave", client.get(house.unsubscribe_path())
    yield "left", client.post(house.unsubscribe_path(), data={"scope": "all"})
    yield "one click", client.post(house.unsubscribe_path(), data={"List-Unsubscribe": "One-Click"})
    yield "stopped", client.get(house.unsubscribe_path())
    expired = house.links.token(Purpose.DOWNLOAD, house.submission(), expires=house.clock.now() - 1)
    yield "expired", client.get(f"/d/{expired}")
    yield "new link", client.post(f"/d/{expired}")
    yield "foreign", client.post("/f/guide.de", data={"email": "x"}, headers={"origin": "https://elsewhere.example"})


def test_every_page_is_german_from_end_to_end(german: House, visitor: TestClient) -> None:
    for name, answer in pages(german, visitor):
        assert english_in(answer.text) == [], name
        assert '<html lang="de">' in answer.text or name == "one click", name


def test_too_many_forms_are_refused_in_german(german: House) -> None:
    few = replace_settings(german, posts_per_10_minutes=1)
    ask(few)
    answer = ask(few, "bea@example.com")
    assert answer.status_code == 429
    assert "Bitte versuchen Sie es in 10 Minuten noch einmal." in answer.text


def replace_settings(house: House, **changes: int) -> TestClient:
    return house.client(settings=house.settings.model_copy(update=changes))


def test_a_site_in_german_refuses_in_german(german: House) -> None:
    client = german.client(manifest=replace(german.manifest, language="de"))
    for answer in (
        client.get("/c/nothing"), client.put("/f/guide"), client.post("/f/guide", content=b"x"),
        client.post("/f/guide", content=b"x" * 20_000), client.get("/", headers={"host": "elsewhere"}),
    ):  # fmt: skip
        assert '<html lang="de">' in answer.text
        assert english_in(answer.text) == []


def test_every_mail_is_german_from_end_to_end(german: House, visitor: TestClient) -> None:
    ask(visitor, marketing="yes", first_name="Ada")
    (confirm,) = sent(german)
    assert confirm["Subject"] == "Ihr Exemplar: Der Torführer"
    visitor.post(german.confirm_path())
    (delivery,) = sent(german)
    assert delivery["Subject"] == "Der Torführer: Ihr Link"
    german.clock.advance(DAY)
    (drip,) = sent(german)
    visitor.post(german.unsubscribe_path(), data={"scope": "all"})
    ask(visitor, marketing="yes", first_name="Ada L.")
    (asking,) = sent(german)
    for mail in (confirm, delivery, drip, asking):
        html, text = said(mail, "html"), said(mail, "plain")
        assert '<html lang="de" dir="ltr">' in html
        assert english_in(html + text) == []
        assert re.search(r"am 1[56]\. Januar 2027", " ".join(text.split()))
    assert "http://127.0.0.1:8000/de/get/guide/" in said(confirm, "plain")


def test_a_request_from_before_languages_were_kept_gets_the_sites(german: House, visitor: TestClient) -> None:
    ask(visitor)
    german.writer.run(lambda c: c.execute("UPDATE submission SET language = ''"))
    (confirm,) = sent(german)
    assert confirm["Subject"] == "Your copy of The Gate Guide"
    assert '<html lang="en">' in visitor.get(german.confirm_path()).text


def test_mails_in_a_language_from_right_to_left_are_mirrored(german: House, visitor: TestClient) -> None:
    ask(visitor)
    hebrew = Languages({"he": {**shipped_texts("en"), "mail.confirm_button": "קבל"}})
    given = replace(outfit(german), languages=hebrew, manifest=replace(german.manifest, language="he"))
    german.writer.run(lambda c: c.execute("UPDATE submission SET language = ''"))
    Worker(given).run_once()
    assert isinstance(given.channel, RecordingChannel)
    html = said(email.message_from_bytes(given.channel.messages[0].data, policy=policy.default), "html")
    assert '<html lang="he" dir="rtl">' in html
    assert "text-align: right" in html
    assert not re.search(r"\bleft\b", html)


TEMPLATES = sorted(
    path for package in PACKAGES for path in package.rglob("*.html")
    if "starter" not in path.parts and not {"channels", "foresight", "review", "showroom"} & set(path.parts)
)  # fmt: skip


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_template_says_anything_by_itself(path: Path) -> None:
    # Attributes that several elements share are no words.
    source = re.sub(r"\{% set marks %\}.*?\{% endset %\}", "", path.read_text(encoding="utf-8"))
    source = re.sub(r"<script>.*?</script>", "", source)
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    if path.stem in {"style", "colours", "blocks", "404"}:
        return
    assert re.findall(r'\b(?:alt|title|placeholder|aria-label)="[^"]*[A-Za-z][^"]*"', source) == []
    assert re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>", "", source)) == []


def test_no_page_is_written_in_code() -> None:
    for path in (path for package in PACKAGES for path in package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "message":
                texts = [argument for argument in node.args if isinstance(argument, ast.Constant | ast.JoinedStr)]
                assert not [text for text in texts if not isinstance(getattr(text, "value", ""), int)], path
