"""Forms and pages in a real browser: with the keyboard alone, narrow and wide, light and dark, from right to left."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from gatepost_site.plugin import build_site
from gatepost_webhook.app import create_app
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.parts import load_parts
from gatepost_webhook.settings import Settings
from gatepost_webhook.store.writer import Writer
from tests.acceptance.browser import open_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page, Route

BASE = "http://127.0.0.1:8000"
CONFIG = f"""\
site_name: Gates
site_url: {BASE}/
docs_dir: content
site_dir: public
theme: {{name: material, font: false}}
plugins: [search, gatepost]
"""
ENGLISH = """\
---
title: The Gate Guide
description: How to hang a gate so that it closes by itself.
file: guide.txt
fields:
  - {name: first_name, label: First name, autocomplete: given-name, help: As your friends say it.}
  - {name: acres, label: Acres, type: number}
  - {name: team, label: Team, type: select, options: [Field, Barn]}
consent: Yes, send me two mails.
---

- One [thing](../../index.md)
- Another

> Somebody said so.

| A | B |
|---|---|
| 1 | 2 |
"""
HEBREW = """\
---
title: המדריך לתליית שערים
subtitle: צעד אחר צעד
description: איך תולים שער כך שייסגר מעצמו, גם ברוח וגם אחרי חורף ארוך.
fields:
  - {name: first_name, label: שם פרטי, autocomplete: given-name, help: כפי שחבריכם קוראים לכם.}
  - {name: acres, label: דונמים, type: number}
  - {name: team, label: צוות, type: select, options: [שדה, אסם]}
consent: כן, שלחו לי שני מכתבים.
thanks: "להתראות."
---

- דבר [אחד](../../index.md)
- ועוד אחד

> מישהו אמר כך.

| א | ב |
|---|---|
| 1 | 2 |
"""
OFFER = "/// offer | guide\n    show: form\n///\n"


@dataclass(frozen=True)
class Place:
    """A built site with its webhook, answered to the browser without a network."""

    browser: Browser
    client: TestClient

    @contextmanager
    def open(self, path: str, *, width: int = 1024, dark: bool = False) -> Iterator[Page]:
        """Open a page."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
        )
        try:
            page = context.new_page()
            # Playwright keeps a mark on what it is given, and a frozen object takes none.
            page.route("**/*", partial(Place._answer, self))
            page.goto(BASE + path)
            yield page
        finally:
            context.close()

    def _answer(self, route: Route) -> None:
        sent = route.request
        # What the browser would add itself on the way out.
        headers = {**sent.headers, "host": urlsplit(BASE).netloc, "origin": BASE}
        answer = self.client.request(sent.method, sent.url, content=sent.post_data_buffer, headers=headers)
        skipped = {"content-length", "content-encoding"}
        kept = {name: value for name, value in answer.headers.items() if name not in skipped}
        route.fulfill(status=answer.status_code, headers=kept, body=answer.content)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    root = tmp_path_factory.mktemp("gates")
    for name, text in {
        "mkdocs.yml": CONFIG,
        "content/index.md": f"# Gates\n\n{OFFER}",
        "content/index.he.md": f"# שערים\n\n{OFFER}",
        "magnets/guide/magnet.md": ENGLISH,
        "magnets/guide/magnet.he.md": HEBREW,
        "magnets/guide/guide.txt": "How to hang a gate. " * 20,
        "languages/he.yml": "fallback: en\nform:\n  email: דואר אלקטרוני\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    build_site(root)
    parts = load_parts(root)
    settings = Settings(base_url=BASE, data=root / "data", posts_per_10_minutes=1000, _env_file=None)
    with Writer(settings.database) as writer, open_browser() as browser:
        app = create_app(
            settings,
            project=parts.project,
            manifest=parts.manifest,
            magnets=parts.magnets,
            sequences=parts.sequences,
            writer=writer,
            clock=SystemClock(),
        )
        yield Place(browser, TestClient(app, BASE, follow_redirects=False))


def focused(page: Page) -> str:
    """Return what has the focus: a name, an address or an element."""
    return str(
        page.evaluate(
            "(e => e.getAttribute('name') || (e.localName == 'a' && e.getAttribute('href')) || e.id || e.localName)"
            "(document.activeElement)"
        )
    )


def stops(page: Page, most: int = 30) -> list[str]:
    """Press Tab through a page; every stop must be seen to be one."""
    found: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        name = focused(page)
        if name == "body":
            return found
        outline = page.evaluate(
            "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle(document.activeElement))"
        )
        assert outline[0] != "none", name
        assert outline[1] >= 1, name
        box = page.evaluate("(b => [b.width, b.height, b.x])(document.activeElement.getBoundingClientRect())")
        assert box[0] > 0, name
        assert box[2] > -1, name
        found.append(name)
    return found


FORM = ["email", "first_name", "acres", "team", "marketing", "button"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_keyboard_alone_goes_through_a_landing_page_in_reading_order(place: Place, dark: bool) -> None:  # noqa: FBT001
    with place.open("/get/guide/", dark=dark) as page:
        assert stops(page) == [
            "../..", *FORM, "../../", "#get-title", "../../he/get/guide/", "../..",
        ]  # fmt: skip


def test_enter_sends_the_form_and_the_browser_says_what_is_missing(place: Place) -> None:
    with place.open("/get/guide/") as page:
        email = page.get_by_label("Email address")
        email.press("Enter")
        assert focused(page) == "email"
        assert page.url == f"{BASE}/get/guide/"
        email.fill("ada@example.com")
        email.press("Enter")
        page.wait_for_url("**/get/guide/thanks/")
        assert page.locator("h1").inner_text() == "Check your inbox"


def _send_wrong(page: Page) -> None:
    """Send what only the webhook can judge."""
    page.get_by_label("Email address").fill("ada@example.com")
    page.evaluate("document.querySelector('[name=acres]').type = 'text'")
    page.get_by_label("Acres").fill("many")
    page.get_by_label("First name").fill("Ada")
    page.keyboard.press("Enter")
    page.wait_for_url("**/f/guide")


def test_what_is_to_mend_is_announced_and_a_key_away(place: Place) -> None:
    with place.open("/get/guide/") as page:
        _send_wrong(page)
        summary = page.get_by_role("alert")
        assert summary.get_attribute("aria-labelledby") == "problems-title"
        # Screen readers begin to read where the focus is; a browser moves it when it draws the page.
        page.wait_for_function("document.activeElement.id == 'problems'")
        page.keyboard.press("Tab")
        assert focused(page) == "#acres"
        page.keyboard.press("Enter")
        assert focused(page) == "acres"
        field = page.get_by_label("Acres")
        assert field.get_attribute("aria-invalid") == "true"
        described = str(field.get_attribute("aria-describedby"))
        assert page.locator(f"#{described}").inner_text() == "Please write a number, such as 25."
        assert page.get_by_label("First name").get_attribute("aria-describedby") == "first_name-help"
        assert page.get_by_label("First name").input_value() == "Ada"
        field.fill("25")
        field.press("Enter")
        page.wait_for_url("**/get/guide/thanks/")


def test_the_keyboard_alone_goes_through_the_page_of_mistakes(place: Place) -> None:
    with place.open("/get/guide/") as page:
        _send_wrong(page)
        page.locator("header a").focus()
        assert stops(page) == ["#acres", *FORM]


WIDTHS = [320, 390, 768, 1280, 1920]
PAGES = ["/get/guide/", "/get/guide/thanks/", "/he/get/guide/", "/he/get/guide/thanks/", "/", "/he/"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(place: Place, path: str) -> None:
    with place.open(path, width=WIDTHS[0]) as page:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            # Material's search field glides to its place.
            page.wait_for_function("document.documentElement.scrollWidth <= innerWidth", timeout=3000)
            # To the right, and from right to left to the left as well.
            page.evaluate("scrollTo(10000, 0); scrollBy(-20000, 0)")
            assert page.evaluate("[scrollX, document.documentElement.scrollWidth - innerWidth]") == [0, 0], width


def inline_start(page: Page, locator: Locator) -> float:
    """Return how far an element begins from the edge at which lines begin."""
    box = locator.bounding_box()
    assert box is not None
    width: float = page.evaluate("innerWidth")
    rtl = page.evaluate("document.documentElement.dir") == "rtl"
    return width - box["x"] - box["width"] if rtl else box["x"]


PARTS = [".kind", "h1", ".copy li", ".copy blockquote", ".copy th", ".gatepost-consent input", ".gatepost-field input"]


def test_a_page_from_right_to_left_is_the_mirror_of_one_from_left_to_right(place: Place) -> None:
    found = {}
    for path in ("/get/guide/", "/he/get/guide/"):
        with place.open(path, width=390) as page:
            found[path] = [round(inline_start(page, page.locator(part).first)) for part in PARTS]
            html = page.locator("html")
            direction = page.evaluate("getComputedStyle(document.body).direction")
            assert (html.get_attribute("lang"), direction) == (("he", "rtl") if "he" in path else ("en", "ltr"))
            assert page.evaluate("getComputedStyle(document.querySelector('.copy th')).textAlign") == "start"
    assert found["/get/guide/"] == found["/he/get/guide/"]


def test_the_webhooks_pages_are_mirrored_too(place: Place) -> None:
    with place.open("/he/get/guide/", width=320) as page:
        page.get_by_label("דואר אלקטרוני").fill("ada@example.com")
        page.evaluate("document.querySelector('[name=acres]').type = 'text'")
        page.get_by_label("דונמים").fill("x")
        page.keyboard.press("Enter")
        page.wait_for_url("**/f/guide.he")
        assert page.locator("html").get_attribute("dir") == "rtl"
        page.evaluate("scrollBy(-20000, 0)")
        assert page.evaluate("[scrollX, document.documentElement.scrollWidth - innerWidth]") == [0, 0]
        label, field = page.locator("label[for=acres]").bounding_box(), page.locator("#acres").bounding_box()
        assert label
        assert field
        assert label["x"] + label["width"] == pytest.approx(field["x"] + field["width"], abs=1)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_paper_gets_the_text_and_not_the_form(place: Place, dark: bool) -> None:  # noqa: FBT001
    with place.open("/get/guide/", dark=dark) as page:
        page.emulate_media(media="print", color_scheme="dark" if dark else "light")
        for part in (".card", ".again", ".foot"):
            assert page.locator(part).is_visible() is False, part
        assert page.locator("h1").is_visible()
        assert page.locator(".copy li").first.is_visible()
        paper, ink = page.evaluate("(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))")
        assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
        for part in ("h1", ".lead", ".copy li", ".copy blockquote", ".copy td"):
            color = page.evaluate(f"getComputedStyle(document.querySelector('{part}')).color")
            assert max(map(int, re.findall(r"\d+", color))) < 130, (part, color)


def test_an_article_prints_without_the_form(place: Place) -> None:
    with place.open("/") as page:
        page.emulate_media(media="print")
        assert page.locator(".gatepost-form").is_visible() is False
        assert page.locator(".gatepost-offer__title").is_visible()
