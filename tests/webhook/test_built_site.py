"""The built site as `gatepost run` serves it: old addresses lead on, wrong ones say so, and nothing leads elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gatepost_webhook.built_site import BuiltSite

if TYPE_CHECKING:
    from pathlib import Path

MOVED = {"old/page/": "seo/", "b.html": "seo/", "was-home/": "", "über/": "seo/"}
TEXTS = {
    "index.html": "Home", "seo/index.html": "SEO", "old/page/index.html": "Moved", "404.html": "Not here",
    "assets/thread.320.4d19a4d7.avif": "picture", "assets/main.57a0d79d.min.css": "style", "assets/gatepost.css": "own",
}  # fmt: skip


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    for name, text in TEXTS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    app = Starlette()
    app.router.default = BuiltSite(tmp_path, MOVED)
    return TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)


ASKED = {
    "/old/page/": "/seo/", "/old/page": "/seo/", "/old/page/index.html": "/seo/", "/b.html": "/seo/",
    "/was-home/": "/", "/%C3%BCber/": "/seo/", "/old/page/?a=b%20c&d": "/seo/?a=b%20c&d",
}  # fmt: skip


@pytest.mark.parametrize(("asked", "target"), ASKED.items())
def test_an_old_address_answers_301_for_good_but_not_for_ever(client: TestClient, asked: str, target: str) -> None:
    for answer in (client.get(asked), client.head(asked)):
        assert (answer.status_code, answer.headers["location"]) == (301, target)
        assert answer.headers["cache-control"] == "max-age=3600"


@pytest.mark.parametrize("path", ["/seo/", "/"])
def test_pages_that_are_there_are_shown(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


KEPT = {
    "/assets/thread.320.4d19a4d7.avif": "public, max-age=31536000, immutable",
    "/assets/main.57a0d79d.min.css": "public, max-age=31536000, immutable",
    "/assets/gatepost.css": "no-cache",
    "/seo/": "no-cache",
    "/assets/gone.57a0d79d.css": None,
}


@pytest.mark.parametrize(("path", "kept"), KEPT.items())
def test_only_what_never_changes_is_kept_without_asking(client: TestClient, path: str, kept: str | None) -> None:
    answer = client.get(path)
    assert answer.headers.get("cache-control") == kept
    if kept:
        again = client.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.headers["cache-control"]) == (304, kept)


@pytest.mark.parametrize("path", ["/nothing/", "/old/", "/old/page/more/", "/b.html/x"])
def test_a_wrong_address_shows_the_sites_page_for_it(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (404, "Not here")


def test_nothing_is_moved_for_a_form(client: TestClient) -> None:
    assert client.post("/old/page/").status_code == 405


def test_a_manifest_with_an_odd_target_leads_to_no_other_host(tmp_path: Path) -> None:
    app = Starlette()
    app.router.default = BuiltSite(tmp_path, {"old/": "//elsewhere.example/"})
    client = TestClient(app, follow_redirects=False)
    assert client.get("/old/").headers["location"] == "/elsewhere.example/"
