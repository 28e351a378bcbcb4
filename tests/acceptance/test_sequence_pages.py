"""/_sequences/ in a real browser: the mails of the example are seen there, and nothing that a persona says runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from starlette.applications import Starlette

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Manifest, Project
from gatepost_site.words.languages import Languages
from gatepost_webhook.channels.mailbox_pages import mailbox_routes
from gatepost_webhook.followup.samples import Studio
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.serving import listen, served
from gatepost_webhook.settings import load_settings
from gatepost_webhook.showroom.sequence_pages import sequence_routes
from tests.webhook.followup.desk import START, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page

HOSTILE = "</script></style></iframe></pre><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def pages(tmp_path: Path, free_port: int) -> Iterator[str]:
    """The pages of a small project on a real server; their address."""
    project: Project = write_project(tmp_path, first="Hi {{ first_name }}, {{ company | default('you') }}.")
    folder = project.sequences / "after"
    (folder / "first.de.md").write_text("---\nsubject: Das erste\n---\nGuten Tag.\n", encoding="utf-8")
    (folder / "personas").mkdir()
    (folder / "personas" / "nasty.yml").write_text(f"fields: {{company: '{HOSTILE}'}}\n", encoding="utf-8")
    magnets = load_magnets(project)
    manifest = Manifest("Example", "https://example.org/", {"checklist": "get/checklist/"})
    studio = Studio(load_settings(data=tmp_path / "data"), manifest, magnets, Languages(), START)
    routes = [*mailbox_routes(tmp_path), *sequence_routes(project, load_sequences(project, magnets), studio)]
    with listen("127.0.0.1", free_port) as listener, served(Starlette(routes=routes), listener):
        yield f"http://127.0.0.1:{free_port}/_sequences/"


def watched(browser: Browser, happened: list[str]) -> Page:
    """Open a page that writes down every dialog and every complaint of the browser."""
    page = browser.new_context().new_page()

    def complained(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
            happened.append(message.text)

    def asked(dialog: Dialog) -> None:
        happened.append(dialog.message)
        dialog.dismiss()

    page.on("console", complained)
    page.on("dialog", asked)
    return page


def test_a_mail_is_looked_at_in_each_language_beside_its_text(pages: str, browser: Browser) -> None:
    happened: list[str] = []
    page = watched(browser, happened)
    page.goto(pages)
    page.get_by_role("link", name="About first").click()
    page.wait_for_url("**/after/first")
    expect(page.frame_locator("iframe").get_by_text("Hi there, you.")).to_be_visible()
    expect(page.locator("pre")).to_contain_text("Hi there, you.")
    page.get_by_role("link", name="de", exact=True).click()
    page.wait_for_url("**language=de*")
    expect(page.get_by_role("heading", name="Das erste")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_text("Abmelden")).to_be_visible()
    assert happened == []
    page.context.close()


def test_what_a_persona_says_is_shown_and_does_not_run(pages: str, browser: Browser) -> None:
    happened: list[str] = []
    page = watched(browser, happened)
    page.goto(f"{pages}after/first?persona=nasty")
    expect(page.frame_locator("iframe").get_by_text(HOSTILE)).to_be_visible()
    expect(page.locator("pre")).to_contain_text("<img src=x onerror=alert(1)>")
    page.goto(f"{pages}after/first/html?persona=nasty")
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    assert page.locator("script, img").count() == 0
    assert happened == []
    page.context.close()
