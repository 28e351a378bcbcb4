"""The quick reading of a page for the search index finds what Material's own finds."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost_site.speed.search import repeats, sections_of

if TYPE_CHECKING:
    from tests.site.conftest import Drawn

material: Any = import_module("material.plugins.search.plugin")
_TAGS = ("p", "h1", "h2", "h3", "a", "div", "code", "pre", "ul", "li", "em", "span", "table", "td", "sup", "br", "img")
_ATTRIBUTES = (
    "", ' id="x"', ' id="y&amp;z"', ' class="headerlink" href="#x"', " data-search-exclude", ' class="linenodiv"',
    ' title=\'single\'', " id=bare", ' data-search-exclude=""', ' class="a" id="b"',
)  # fmt: skip
_TEXTS = ("word", " ", "\n", "a &amp; b", "&lt;tag&gt;", "x < y", "1 & 2", "é\n\n", "&#39;", "&copy", "   end")
_ODD = (
    "<!-- more -->",
    "<!-- a - b -->",
    "<!doctype html>",
    "<?php ?>",
    "<br/>",
    "<p/>",
    "</>",
    "<",
    "<script>1<2</script>",
)

_opened = st.builds(
    lambda tag, attributes: f"<{tag}{attributes}>", st.sampled_from(_TAGS), st.sampled_from(_ATTRIBUTES)
)
_closed = st.sampled_from(_TAGS).map(lambda tag: f"</{tag}>")
_pieces = st.one_of(_opened, _closed, st.sampled_from(_TEXTS), st.sampled_from(_ODD))


def theirs(html: str) -> list[Any]:
    parser = material.Parser()
    parser.feed(html)
    parser.close()
    return list(parser.data)


def told(sections: list[Any]) -> list[tuple[Any, ...]]:
    # Pieces of a text may be cut elsewhere: the index gets them in one.
    return [(item.id, "".join(item.title), "".join(item.text), item.is_excluded()) for item in sections]


def test_this_release_of_material_is_the_one_that_is_repeated() -> None:
    """When it is not, look what changed in its parser, and add the release or mend ours."""
    assert repeats(material.__file__)


@settings(max_examples=600, deadline=None)
@given(st.lists(_pieces, max_size=25).map("".join))
def test_any_html_is_read_as_material_reads_it_or_left_to_it(html: str) -> None:
    try:
        expected = told(theirs(html))
    except ValueError:
        # Material itself stumbles over a tag that ends in another section than it begins in.
        return
    ours = sections_of(html)
    assert ours is None or told(ours) == expected


def test_pages_as_they_are_written_are_read_by_the_quick_way(example: Drawn) -> None:
    pages = [path.read_text(encoding="utf-8") for path in example.public.rglob("*.html")]
    articles = [page.partition("<article")[2].partition(">")[2].partition("</article>")[0] for page in pages]
    found = [(article, sections_of(article)) for article in articles if article]
    assert len(found) > 10
    for article, sections in found:
        if sections is not None:
            assert told(sections) == told(theirs(article))
    assert sum(sections is not None for _, sections in found) > len(found) / 2


@pytest.mark.parametrize(
    "html", ["<p>a<script>b</script>", "<p a='b'>c</p>", "a < b", "<p", "<svg><![CDATA[x]]></svg>"]
)
def test_what_is_unusual_is_left_to_material(html: str) -> None:
    assert sections_of(html) is None
