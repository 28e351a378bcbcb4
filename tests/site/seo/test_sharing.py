"""Links that share a page."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest

from gatepost_site.seo.sharing import add_share_links
from tests.site.seo.drawn_pages import FACTS, HTML, page, site

POST = page("blog/one.md", kind="post", title='Fish & "chips"')


def test_a_post_ends_in_links_that_carry_its_address_and_title() -> None:
    html = add_share_links(HTML, POST, site(POST))
    links = re.findall(r'<a href="([^"]*)"', html)
    assert len(links) == 6
    for link in links:
        assert "https://example.com/blog/one/" in unquote(link)
    assert "mailto:?subject=Fish%20%26%20%22chips%22&amp;body=" in html
    assert html.index("Text") < html.index("<nav") < html.index("</article>")


def test_a_translation_speaks_its_own_language() -> None:
    german = page("blog/one.de.md", kind="post", language="de")
    html = add_share_links(HTML, german, site(german))
    assert '<nav class="gatepost-share" aria-label="Diese Seite teilen" data-search-exclude><b>Teilen</b>' in html
    assert ">E-Mail</a>" in html


def test_the_links_are_all_there_is() -> None:
    """Nothing of a network is loaded: no script, no picture, no frame."""
    html = add_share_links(HTML, POST, site(POST))
    assert not re.search(r"<(?:script|img|iframe|link)|url\(|@import", html)


@pytest.mark.parametrize(
    ("made", "is_on"),
    [
        (page(), False),
        (page(authors=("Anna",)), True),
        (page(authors=("Anna",), meta={"share": False}), False),
        (page(meta={"share": True}), True),
        (page(meta={"share": True, "robots": "noindex"}), False),
    ],
)
def test_articles_have_them_and_front_matter_decides(made: object, is_on: bool) -> None:  # noqa: FBT001
    assert ("gatepost-share" in add_share_links(HTML, made, site(made))) is is_on  # type: ignore[arg-type]


def test_a_site_can_do_without() -> None:
    assert add_share_links(HTML, POST, site(POST, facts=replace(FACTS, share=False))) == HTML
