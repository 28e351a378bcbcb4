"""/_sequences/: every mail in every form that somebody may get, and nothing in it can run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Manifest
from gatepost_site.words.languages import Languages
from gatepost_webhook.followup.samples import Studio
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.settings import load_settings
from gatepost_webhook.showroom.sequence_pages import sequence_routes
from tests.webhook.followup.desk import START, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.project import Project

HOSTILE = "email: anna@example.com\nfields: {company: '<script>alert(1)</script>', first_name: Anna}\n"
FIRST = """\
---
subjects: {a: One, b: 'Two, {{ first_name }}'}
---
Hi {{ first_name }} {% if company %}{{ company }}{% endif %}.
"""


def show(project: Project) -> TestClient:
    magnets = load_magnets(project)
    manifest = Manifest("Example", "https://example.org/", {"checklist": "get/checklist/"})
    studio = Studio(load_settings(data=project.root / "data"), manifest, magnets, Languages(), START)
    return TestClient(Starlette(routes=sequence_routes(project, load_sequences(project, magnets), studio)))


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    project = write_project(tmp_path, first=FIRST)
    folder = project.sequences / "after"
    (folder / "third.de.md").write_text("---\nsubject: Das dritte\n---\nTschüss.\n", encoding="utf-8")
    (folder / "personas").mkdir()
    (folder / "personas" / "anna.yml").write_text(HOSTILE, encoding="utf-8")
    (folder / "personas" / "broken.yml").write_text("nothing: here\n", encoding="utf-8")
    return show(project)


def test_every_message_is_listed(client: TestClient) -> None:
    page = client.get("/_sequences/").text
    assert re.findall(r'href="(/_sequences/after/[^"]*)"', page) == [
        "/_sequences/after/first", "/_sequences/after/second", "/_sequences/after/third",
    ]  # fmt: skip
    assert "After the checklist" in page
    assert re.findall(r'<span class="who">(.*?)</span>', page)[0] == "first · after 1 day · 2 subjects · first.md"
    assert client.get("/_sequences").url.path == "/_sequences/"


def test_a_sequence_without_mails_says_so(tmp_path: Path) -> None:
    steps = "steps:\n  - {key: seen, wait: 0 minutes, tag: seen}\n"
    page = show(write_project(tmp_path, sequence=f"title: At the desk\n{steps}")).get("/_sequences/").text
    assert "It sends no mails to leads." in page
    assert '<ol class="mails">' not in page


def test_a_mail_is_shown_for_a_persona_in_a_language_with_a_subject(client: TestClient) -> None:
    page = client.get("/_sequences/after/first?persona=anna&variant=b").text
    assert "<h1>Two, Anna</h1>" in page
    assert 'sandbox="allow-popups' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    german = client.get("/_sequences/after/third?language=de").text
    assert "<h1>Das dritte</h1>" in german
    assert "third.de.md" in german


def test_every_choice_leads_to_a_page(client: TestClient) -> None:
    page = client.get("/_sequences/after/first").text
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/_sequences/after/[^"]*)"', page)}
    assert len(links) >= 7
    assert {client.get(link).status_code for link in links} == {200}


def test_the_mail_itself_runs_nothing(client: TestClient) -> None:
    answer = client.get("/_sequences/after/first/html?persona=anna")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert client.get("/_sequences/after/first/raw").text.startswith("From: ")


def test_a_persona_that_cannot_be_read_is_named_in_its_page(client: TestClient) -> None:
    page = client.get("/_sequences/after/first?persona=broken")
    assert page.status_code == 200
    assert "personas/broken.yml:1:1: unknown key" in page.text
    assert client.get("/_sequences/after/first/html?persona=broken").status_code == 404


@pytest.mark.parametrize("path", ["after/none", "none/first", "after/first?persona=../../x", "after/first/pdf"])
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(f"/_sequences/{path}").status_code == 404
