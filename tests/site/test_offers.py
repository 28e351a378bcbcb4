"""`/// offer | magnet` shows a magnet inside any page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import CONFIG, MAGNET, PDF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

STYLED = '<link rel="stylesheet" href="{}">'


def offer_in(html: str) -> str:
    found = re.search(r"<aside [^>]*gatepost-offer.*?</aside>", html, re.DOTALL)
    assert found
    return found[0]


def test_a_button_leads_to_the_landing_page(checklist: Draw) -> None:
    drawn = checklist({"content/deep/down/page.md": "Before.\n\n/// offer | checklist\nTake *this*.\n///\n\nAfter.\n"})
    drawn.build()
    html = drawn.page("deep/down/page")
    assert offer_in(html) == (
        '<aside aria-labelledby="offer-checklist-title" class="gatepost-offer gatepost-offer--button">\n'
        '<p class="gatepost-offer__title" id="offer-checklist-title">The Checklist</p>\n'
        '<div class="gatepost-offer__text">\n<p>Take <em>this</em>.</p>\n</div>\n'
        '<div class="gatepost-offer__action">'
        '<a class="gatepost-offer__button" href="../../../get/checklist/">Send me the checklist</a></div>\n</aside>'
    )
    assert "<p>After.</p>" in html
    assert STYLED.format("../../../assets/gatepost.css") in html
    assert (drawn.public / "assets/gatepost.css").is_file()


def test_links_fit_without_directory_urls(checklist: Draw) -> None:
    config = CONFIG + "use_directory_urls: false\n"
    drawn = checklist({"mkdocs.yml": config, "content/deep/page.md": "/// offer | checklist\n///\n"})
    manifest = drawn.build()
    html = (drawn.public / "deep/page.html").read_text()
    assert 'href="../get/checklist/index.html">Send me the checklist</a>' in html
    assert manifest.landing == {"checklist": "get/checklist/index.html"}
    assert (drawn.public / manifest.thanks["checklist"]).is_file()


def test_an_offer_without_words_uses_the_magnets_own(checklist: Draw) -> None:
    drawn = checklist({"content/index.md": "/// offer | checklist\n///\n"})
    drawn.build()
    assert "<p>Ten things to check before Friday.</p>" in offer_in(drawn.page("."))


def test_show_form_brings_the_whole_form(checklist: Draw) -> None:
    drawn = checklist({"content/a/index.md": "/// offer | checklist\n    show: form\n\nHere.\n///\n"})
    drawn.build()
    html = offer_in(drawn.page("a"))
    assert '<form class="gatepost-form" action="/f/checklist" method="post"' in html
    assert '<input name="page" type="hidden" value="/a/">' in html
    assert "gatepost-offer__button" not in html


def test_two_offers_on_a_page_share_no_id(checklist: Draw) -> None:
    twice = "/// offer | checklist\n    show: form\n///\n\n" * 2
    drawn = checklist({"content/index.md": twice})
    drawn.build()
    identifiers = re.findall(r'\bid="([^"]+)"', drawn.page("."))
    assert len(identifiers) == len(set(identifiers)) > 4


def test_titles_are_text(draw: Draw) -> None:
    drawn = draw(
        {
            "magnets/list/magnet.md": "---\ntitle: A *b* <i>\ndescription: _c_ & <s>\nfile: a.pdf\n---\n",
            "magnets/list/a.pdf": PDF,
            "content/index.md": "/// offer | list\n///\n",
        }
    )
    drawn.build()
    html = offer_in(drawn.page("."))
    assert ">A *b* &lt;i&gt;</p>" in html
    assert "<p>_c_ &amp; &lt;s&gt;</p>" in html


def test_a_page_without_an_offer_is_untouched(checklist: Draw) -> None:
    drawn = checklist({})
    drawn.build()
    assert "gatepost" not in drawn.page(".")


def test_an_offer_works_inside_an_admonition(checklist: Draw) -> None:
    config = CONFIG + "markdown_extensions: [admonition]\n"
    page = '!!! note "N"\n\n    /// offer | checklist\n    Words.\n    ///\n'
    drawn = checklist({"mkdocs.yml": config, "content/index.md": page})
    drawn.build()
    assert 'href="get/checklist/"' in offer_in(drawn.page("."))


BROKEN = {
    "an unknown magnet": (
        "# T\n\n/// offer | checklits\n///\n",
        "content/page.md:3:1: offer of an unknown magnet, found 'checklits'; write 'checklist'",
    ),
    "after front matter": (
        "---\ntitle: T\n---\n\n/// offer | other\n///\n",
        "content/page.md:5:1: offer of an unknown magnet, found 'other'; write one of checklist",
    ),
    "no name": (
        "/// offer\n///\n",
        "content/page.md:1:1: offer names no magnet; write '/// offer | checklist'",
    ),
    "an unknown option": (
        "/// offer | checklist\n    shw: form\n\nText.\n///\n",
        "content/page.md:2:5: unknown option of an offer, found 'shw'; write 'show'",
    ),
    "an option that is a number": (
        "/// offer | checklist\n    1: form\n///\n",
        "content/page.md:2:5: unknown option of an offer, found '1'; write one of show",
    ),
    "an unknown value": (
        "/// offer | checklist\n    show: popup\n///\n",
        "content/page.md:2:5: 'show' is not a way to show an offer, found 'popup'; write one of button, form",
    ),
    "no end": (
        "/// offer | checklist\nText.\n\nThe rest of the page.\n",
        "content/page.md:1:1: offer is not closed; write a line of '///' after its text",
    ),
    "inside a list, found while rendering": (
        "- One\n\n    /// offer | other\n    ///\n",
        "content/page.md:3:1: offer of an unknown magnet, found 'other'; write one of checklist",
    ),
}


@pytest.mark.parametrize(("source", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_offer_is_named_with_line_and_remedy(checklist: Draw, source: str, message: str) -> None:
    assert checklist({"content/page.md": source}).complaints() == message


def test_several_broken_offers_come_at_once(checklist: Draw) -> None:
    source = "/// offer | one\n///\n\n/// offer | two\n///\n"
    assert checklist({"content/page.md": source}).complaints().splitlines() == [
        "content/page.md:1:1: offer of an unknown magnet, found 'one'; write one of checklist",
        "content/page.md:4:1: offer of an unknown magnet, found 'two'; write one of checklist",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "```\n/// offer | none\n///\n```\n",
        "~~~~ md\n```\n/// offer | none\n```\n~~~~\n",
        "<!--\n/// offer | none\n///\n-->\n",
        "Text.\n\n    /// offer | none\n    ///\n",
    ],
)
def test_an_offer_shown_as_an_example_is_no_offer(checklist: Draw, source: str) -> None:
    config = CONFIG + "markdown_extensions: [pymdownx.superfences]\n"
    drawn = checklist({"mkdocs.yml": config, "content/page.md": source})
    drawn.build()
    assert "<aside" not in drawn.page("page")


def test_posts_listed_on_one_page_share_no_id(checklist: Draw) -> None:
    config = CONFIG.replace("  name: null\n  custom_dir: theme\n", "  name: material\n  font: false\n")
    post = (
        "---\ndate: 2026-01-02\n---\n\n# Post\n\n/// offer | checklist\n    show: form\n///\n\n<!-- more -->\n\nRest.\n"
    )
    files: dict[str, str | bytes] = {
        "mkdocs.yml": config.replace("  - gatepost", "  - blog\n  - gatepost"),
        "content/blog/index.md": "# Blog\n",
        **{f"content/blog/posts/{name}.md": post.replace("# Post", f"# Post {name}") for name in ("a", "b", "c")},
    }
    drawn = checklist(files)
    drawn.build()
    html = drawn.page("blog")
    identifiers = re.findall(r'\bid="(offer-[^"]+)"', html)
    assert (
        len(identifiers)
        == len(set(identifiers))
        == 3 * len(set(re.findall(r'\bfor="offer-checklist-([a-z]+)"', html))) + 3
    )
    assert set(re.findall(r'\b(?:for|aria-labelledby)="(offer-[^"]+)"', html)) == set(identifiers)


def test_an_offer_on_a_landing_page_is_styled(checklist: Draw) -> None:
    drawn = checklist({"magnets/checklist/magnet.md": MAGNET + "\n/// offer | checklist\n///\n"})
    drawn.build()
    assert STYLED.format("../../assets/gatepost.css") in drawn.page("get/checklist")


def test_offers_in_excerpts_of_a_blog_lead_to_the_landing_page(checklist: Draw) -> None:
    config = CONFIG.replace("  name: null\n  custom_dir: theme\n", "  name: material\n  font: false\n")
    post = "---\ndate: 2026-01-02\n---\n\n# Post\n\n/// offer | checklist\n///\n\n<!-- more -->\n\nRest.\n"
    files: dict[str, str | bytes] = {
        "mkdocs.yml": config.replace("  - gatepost", "  - blog\n  - gatepost"),
        "content/blog/index.md": "# Blog\n",
        "content/blog/posts/one.md": post,
    }
    drawn = checklist(files)
    drawn.build()
    assert 'href="../get/checklist/"' in offer_in(drawn.page("blog"))
    assert 'href="../../../../../get/checklist/"' in offer_in(drawn.page("blog/2026/01/02/post"))
