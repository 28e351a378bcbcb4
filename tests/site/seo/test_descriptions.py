"""What a page says about itself where its writer wrote no description."""

from __future__ import annotations

import pytest

from gatepost_site.seo.descriptions import first_paragraph, shortened

TEXT = "This sentence is long enough to be a paragraph."


@pytest.mark.parametrize(
    "content",
    [
        f"<h1>Title</h1><p>{TEXT}</p><p>More of the same, which comes later.</p>",
        f"<p>Short.</p><p>{TEXT}</p>",
        f'<p><img src="a.png" alt="A picture with a rather long description, longer than forty"></p><p>{TEXT}</p>',
        f'<div class="admonition"><p>A note that is long enough to be a paragraph too.</p></div><p>{TEXT}</p>',
        f"<blockquote><p>A quotation that is long enough to be a paragraph too.</p></blockquote><p>{TEXT}</p>",
        "<p>This <em>sentence</em> is\n  long<br>enough to be a <a href='#'>paragraph</a><sup><a>1</a></sup>.</p>",
        f"<p>An open paragraph <p>{TEXT}</p>",
    ],
)
def test_the_first_real_paragraph_is_taken(content: str) -> None:
    assert TEXT in first_paragraph(content)


def test_a_page_without_a_paragraph_says_nothing() -> None:
    assert first_paragraph("<ul><li>One</li></ul>") == ""


def test_a_text_that_fits_is_left_as_it_is() -> None:
    assert shortened("One  two\nthree", 20) == "One two three"


def test_a_text_ends_with_a_sentence_when_one_ends_late_enough() -> None:
    text = "A sentence that goes on for quite a while, until it has said enough for one line of a result. Another one."
    assert shortened(text, 100) == text.partition(". ")[0] + "."


def test_a_text_is_cut_after_a_word_and_not_after_a_comma() -> None:
    assert shortened("One two, three four", 12) == "One two…"
    assert shortened("One two three", 8) == "One two…"


def test_a_language_without_spaces_is_cut_where_it_must_be() -> None:
    assert shortened("字" * 30, 10) == "字" * 9 + "…"
