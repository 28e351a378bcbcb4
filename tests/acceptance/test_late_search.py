"""What a visitor's browser fetches of a site: the search index only when somebody searches, and help when lost."""

from __future__ import annotations

import gzip
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gatepost_site.plugin import build_site
from tests.acceptance.example import copy_example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

INDEX = "/search/search_index.json"
RESULTS = ".md-search-result__item"
WORDS = "consent"


class _Host(SimpleHTTPRequestHandler):
    """A host of static sites, with the site's own page for wrong addresses."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example site, built."""
    root = copy_example(tmp_path_factory.mktemp("late") / "site")
    build_site(root)
    return root / "public"


@pytest.fixture(scope="module")
def base(site: Path) -> Iterator[str]:
    """The example site on a host of its own; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Visit:
    """One page in a browser, with all that it asked for and complained of."""

    page: Page
    base: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url.removeprefix(self.base)))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")

    def found(self) -> int:
        self.page.wait_for_selector(f"{RESULTS} >> nth=3")
        return self.page.locator(RESULTS).count()


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a page in a fresh browser, as a telephone or with scripts off if so wished."""
    contexts = []

    def opened(path: str, **options: object) -> Visit:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        made = Visit(context.new_page(), base)
        made.open(path)
        return made

    yield opened
    for context in contexts:
        context.close()


def click(page: Page) -> None:
    page.click(".md-search__input")


def press_slash(page: Page) -> None:
    page.keyboard.press("/")


def touch_the_glass(page: Page) -> None:
    page.click("label.md-header__button[for=__search]")


WAYS = {
    "a click": (click, {}),
    "the key /": (press_slash, {}),
    "the glass on a telephone": (touch_the_glass, {"viewport": {"width": 390, "height": 800}}),
}


@pytest.mark.parametrize(("way", "options"), WAYS.values(), ids=WAYS)
def test_the_index_comes_when_somebody_goes_to_the_search_and_the_search_works(
    visit: Callable[..., Visit], way: Callable[[Page], None], options: dict[str, object]
) -> None:
    seen = visit("/seo/", **options)
    assert INDEX not in seen.asked
    way(seen.page)
    seen.page.keyboard.type(WORDS)
    assert seen.found() > 3
    assert seen.asked.count(INDEX) == 1
    assert seen.complaints == []


def test_a_page_asks_for_nothing_on_account_of_feeds_twins_or_translations(visit: Callable[..., Visit]) -> None:
    for path in ("/", "/blog/", "/blog/2026/11/03/rehearse-before-you-send/", "/seo/"):
        seen = visit(path)
        assert not [asked for asked in seen.asked if asked.endswith((".xml", ".json", ".md"))], path
        assert seen.complaints == []


def test_an_address_that_searches_searches_at_once(visit: Callable[..., Visit]) -> None:
    seen = visit(f"/?q={WORDS}")
    assert seen.found() > 3
    assert seen.page.input_value(".md-search__input") == WORDS


def test_an_address_that_marks_what_was_found_marks_it(visit: Callable[..., Visit]) -> None:
    seen = visit(f"/landing-pages/?h={WORDS}")
    seen.page.wait_for_selector("mark[data-md-highlight]")


def test_a_first_visit_fetches_less_than_100_kilobytes_however_many_pages_the_site_has(
    visit: Callable[..., Visit], site: Path
) -> None:
    """Nothing of it grows with the number of pages but the navigation, which is pruned."""
    seen = visit("/measuring/")
    paths = {asked.lstrip("/") + ("index.html" if asked.endswith("/") else "") for asked in seen.asked}
    assert {path.rpartition(".")[2] for path in paths} <= {"html", "css", "js", "svg", "png", "webp", "avif"}
    assert sum(len(gzip.compress((site / path).read_bytes())) for path in paths) < 100_000


def test_who_is_lost_is_shown_what_was_meant_and_can_search(visit: Callable[..., Visit]) -> None:
    seen = visit("/landing-pagse/")
    page = seen.page
    page.wait_for_selector("#gatepost-meant a")
    assert page.locator("#gatepost-meant a").first.get_attribute("href") == "/landing-pages/"
    assert INDEX not in seen.asked
    page.fill("article input[name=q]", WORDS)
    page.press("article input[name=q]", "Enter")
    page.wait_for_selector(f"{RESULTS} >> nth=3")


def test_who_is_lost_without_scripts_is_shown_where_to_begin(visit: Callable[..., Visit]) -> None:
    page = visit("/landing-pagse/", java_script_enabled=False).page
    assert not page.is_visible("#gatepost-meant")
    page.click("article a:text('Blog')")
    page.wait_for_url("**/blog/")


def test_an_old_address_leads_on_with_and_without_scripts(visit: Callable[..., Visit]) -> None:
    for scripts in (True, False):
        page = visit("/ab-tests.html", java_script_enabled=scripts).page
        page.wait_for_url("**/landing-pages/")
    page = visit("/landing-page-tests/?utm_source=x#y").page
    page.wait_for_url("**/landing-pages/?utm_source=x#y")
