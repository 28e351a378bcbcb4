"""The page for wrong addresses helps, in any theme, and leaves one that a site made itself alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.site_files.not_found import complete_not_found
from tests.site.conftest import CONFIG
from tests.site.site_files.conftest import page, site_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

THEMES = "<head></head><h1>404 - Not found</h1>"


def test_the_examples_has_the_sites_look_a_search_and_where_to_begin(example: Drawn) -> None:
    html = (example.public / "404.html").read_text(encoding="utf-8")
    assert 'class="md-header' in html
    assert "<h1>This page is not here</h1>" in html
    assert '<form role="search" action="/" method="get"' in html
    assert '<input name="q" type="search" required aria-label="Search for"' in html
    for path in ("/", "/blog/", "/docs/", "/get/"):
        assert f'<li><a href="{path}' in html
    assert '<meta name="robots" content="noindex">' in html
    assert "XMLHttpRequest" in html


def test_a_theme_without_one_gets_one(draw: Draw) -> None:
    drawn = draw({"mkdocs.yml": CONFIG.replace("example.com/", "example.com/sub/"), "content/a.md": "# A\n"})
    drawn.build()
    html = (drawn.public / "404.html").read_text(encoding="utf-8")
    assert "<h1>This page is not here</h1>" in html
    assert '<li><a href="/sub/a/">A</a></li>' in html
    assert "<form" not in html


def test_a_sites_own_stays(draw: Draw) -> None:
    drawn = draw({"theme/404.html": "<head></head><h1>Lost?</h1>"})
    drawn.build()
    assert (drawn.public / "404.html").read_text() == "<head></head><h1>Lost?</h1>"


def test_nothing_is_done_when_the_owner_does_not_want_it(draw: Draw) -> None:
    drawn = draw({"mkdocs.yml": CONFIG.replace("- gatepost", "- gatepost: {not_found: false}")})
    drawn.build()
    assert not (drawn.public / "404.html").exists()
    assert complete_not_found(THEMES, site_with(page("index.md"), not_found=False)) == THEMES


def test_it_speaks_the_sites_language_and_escapes_titles() -> None:
    german = site_with(page("index.md", title="<Start>"))
    html = complete_not_found(THEMES, type(german)(type(german.facts)("X", "", "", "de-AT"), german.pages))
    assert "<h1>Diese Seite gibt es hier nicht</h1>" in html
    assert '<li><a href="/">&lt;Start&gt;</a></li>' in html
