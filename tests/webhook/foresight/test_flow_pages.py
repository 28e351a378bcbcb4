"""The flow pages of the preview: drawn as the files stand, in a browser that loads and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gatepost_site.magnets import load_magnets
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.foresight.flow_pages import flow_routes
from tests.acceptance.browser import open_browser
from tests.webhook.followup.desk import START, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Route

    from gatepost_site.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = write_project(tmp_path)
    personas = project.sequences / "after" / "personas"
    personas.mkdir()
    (personas / "anna.yml").write_text("fields: {company: Bakery}\n", encoding="utf-8")
    return project


@pytest.fixture
def client(project: Project) -> TestClient:
    return TestClient(Starlette(routes=flow_routes(project, load_magnets(project), MovableClock(START))))


def test_the_flow_is_drawn_as_the_files_stand_at_the_moment(project: Project, client: TestClient) -> None:
    assert '<a href="/_flows/after">after</a>' in client.get("/_flows").text
    page = client.get("/_flows/after")
    assert '<title id="flow-t">After the checklist</title>' in page.text
    assert "About second</text>" in page.text
    path = project.sequences / "after" / "second.md"
    path.write_text(path.read_text(encoding="utf-8").replace("About second", "A &amp; B"), encoding="utf-8")
    assert "A &amp;amp; B</text>" in client.get("/_flows/after").text
    path.write_text("---\nsubjct: x\n---\n", encoding="utf-8")
    assert "sequences/after/second.md:2:1: unknown key" in client.get("/_flows/after").text


def test_a_persona_is_followed_through_the_flow(client: TestClient) -> None:
    page = client.get("/_flows/after?persona=anna").text
    assert "sent Wed 2026-11-25 09:00</text>" in page
    assert "Wed 2026-11-25 09:00  second sent (About second)" in page


@pytest.mark.parametrize("path", ["/_flows/other", "/_flows/..", "/_flows/after?persona=x"])
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_page_may_load_and_run_nothing(client: TestClient) -> None:
    headers = client.get("/_flows/after").headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert headers["x-robots-tag"] == "noindex"


def test_a_browser_shows_it_in_the_light_and_in_the_dark(client: TestClient) -> None:
    def answer(route: Route) -> None:
        response = client.get(route.request.url.removeprefix("http://preview.example"))
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.content)

    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 640})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.route("**/*", answer)
        page.goto("http://preview.example/_flows/after?persona=anna")
        box = page.locator("svg .message rect").first
        page.emulate_media(color_scheme="light")
        assert box.evaluate("box => getComputedStyle(box).fill") == "rgb(230, 241, 236)"
        page.emulate_media(color_scheme="dark")
        assert box.evaluate("box => getComputedStyle(box).fill") == "rgb(32, 56, 47)"
        # The picture scrolls, the page does not.
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.get_by_role("img", name="After the checklist").count() == 1
        assert said == []
