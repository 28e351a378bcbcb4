"""What an article suggests fits it, is the same every time, and is what its writer says when they say it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from gatepost_site.site_files.related import related_pages
from gatepost_site.site_files.vocabulary import Vocabulary, words_of
from tests.site.conftest import MAGNET, PDF
from tests.site.site_files.conftest import BLOG, page, site_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatepost_site.project import Project
    from gatepost_site.site_files.related import Choice
    from gatepost_site.site_pages import SitePage
    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

COFFEE = "Descale the machine before the coffee tastes of it. Water leaves scale; scale blocks the machine."
GARDEN = "Prune roses in spring. Roses flower on new wood, and pruning wakes the roses up in spring."
TAXES = "File the return before the deadline. A return that comes after the deadline costs interest."


def article(name: str, text: str, **facts: Any) -> SitePage:
    return page(f"{name}.md", **{"kind": "post", "markdown": text, "title": name, **facts})


def chosen(project: Project, *pages: SitePage) -> Mapping[str, Choice]:
    return related_pages(site_with(*pages), Vocabulary(project))


def test_articles_on_the_same_subject_find_each_other(project: Project) -> None:
    pages = [
        article("c1", COFFEE),
        article("c2", COFFEE + TAXES),
        article("g1", GARDEN),
        article("g2", GARDEN),
        article("t", TAXES),
    ]
    related = chosen(project, *pages)
    assert related["c1.md"].articles[0] == "c2.md"
    assert related["g1.md"].articles[0] == "g2.md"
    assert set(related["c2.md"].articles[:2]) == {"c1.md", "t.md"}


def test_a_tag_in_common_counts_more_than_the_text(project: Project) -> None:
    pages = [
        article("a", COFFEE, tags=("x",)),
        article("b", GARDEN, tags=("X",)),
        article("c", COFFEE + TAXES),
        article("d", TAXES),
    ]
    assert chosen(project, *pages)["a.md"].articles[0] == "b.md"


def test_hidden_pages_are_never_suggested_and_may_suggest_others(project: Project) -> None:
    hidden = article("h", COFFEE, meta={"robots": "noindex"})
    related = chosen(project, hidden, article("a", COFFEE), article("b", COFFEE))
    assert related["a.md"].articles == ("b.md",)
    assert related["h.md"].articles == ("a.md", "b.md")


def test_languages_keep_to_their_own(project: Project) -> None:
    related = chosen(project, article("a", COFFEE), article("b", COFFEE), article("c", COFFEE, language="de"))
    assert related["a.md"].articles == ("b.md",)
    assert "c.md" not in related


def test_pages_take_part_when_they_have_tags_or_say_so(project: Project) -> None:
    pages = [
        page("plain.md", markdown=COFFEE), page("tagged.md", markdown=COFFEE, tags=("x",)),
        page("willing.md", markdown=COFFEE, meta={"related": True}), article("post", COFFEE),
        article("not", COFFEE, meta={"related": False}),
    ]  # fmt: skip
    related = chosen(project, *pages)
    assert set(related) == {"tagged.md", "willing.md", "post.md"}
    assert set(related["post.md"].articles) == {"tagged.md", "willing.md", "not.md"}


def test_the_magnet_that_fits_is_suggested_unless_the_text_offers_it(project: Project) -> None:
    def landing(slug: str, text: str) -> SitePage:
        return page(f"get/{slug}/index.md", kind="landing", magnet=slug, title=slug, markdown=text)

    magnets = [landing("scale", COFFEE), landing("roses", GARDEN)]
    offering = article("o", GARDEN, content='<form action="/f/roses" method="post">')
    related = chosen(project, *magnets, article("c", COFFEE), article("g", GARDEN), offering)
    assert related["c.md"].magnets == ("get/scale/index.md",)
    assert related["g.md"].magnets == ("get/roses/index.md",)
    assert related["o.md"].magnets == ()


def test_the_choice_does_not_depend_on_the_order_of_pages_nor_on_what_is_remembered(project: Project) -> None:
    words = (COFFEE + GARDEN + TAXES).split()
    chance = random.Random(7)
    pages = [
        article(f"p{n:02}", " ".join(chance.choices(words, k=60)), tags=(chance.choice("abc"),)) for n in range(40)
    ]
    first = chosen(project, *pages)
    assert len(first) == 40
    chance.shuffle(pages)
    assert chosen(project, *pages) == first


def test_what_a_page_says_once_does_not_count_and_code_never_does() -> None:
    words = words_of(page("a.md", title="Roses", markdown="Scales and scale, water.\n\n```\nwater water\n```\n`water`"))
    assert words == {"rose": 3, "scale": 2}


SAID = "---\ndate: 2024-01-01\nrelated: {}\n---\n# A\n\nText.\n"
SITE: dict[str, str | bytes] = {
    "mkdocs.yml": BLOG, "content/seo.md": "# Search\n\nText.\n", "content/blog/index.md": "# Blog\n",
    "content/blog/posts/b.md": "---\ndate: 2024-01-02\n---\n# B\n\nText.\n",
    "content/hidden.md": "---\nrobots: noindex\n---\n# Hidden\n",
    "magnets/checklist/magnet.md": MAGNET, "magnets/checklist/checklist.pdf": PDF,
}  # fmt: skip
HIDDEN = "a page that is hidden from search engines"
POST = "blog/2024/01/01/a"


def test_the_writers_choice_is_shown_in_its_order_and_with_links_that_work(draw: Draw) -> None:
    drawn = draw({**SITE, "content/blog/posts/a.md": SAID.format("[../../seo.md, checklist, b.md]")})
    drawn.build()
    html = drawn.page(POST)
    block = html.partition('<aside class="gatepost-related">')[2].partition("</aside>")[0]
    assert [line.split('"')[1] for line in block.splitlines() if line.startswith("<li>")] == [
        "../../../../../seo/", "../../02/b/", "../../../../../get/checklist/",
    ]  # fmt: skip
    assert '<link rel="stylesheet" href="../../../../../assets/gatepost.css">' in html
    assert "gatepost-related" not in drawn.page("seo")


def test_a_name_that_fits_no_page_is_said_with_its_line(draw: Draw) -> None:
    drawn = draw({**SITE, "content/blog/posts/a.md": SAID.format("[seo.md, sea.md, hidden.md, a.md]")})
    assert drawn.complaints().splitlines() == [
        "content/blog/posts/a.md:3:19: 'related': no such page, found 'sea.md'; write 'seo.md'",
        f"content/blog/posts/a.md:3:27: 'related': {HIDDEN}, found 'hidden.md'; write a page that readers may find",
        "content/blog/posts/a.md:3:38: 'related': the page itself, found 'a.md'; write other pages",
    ]


@pytest.mark.parametrize("line", ["related: false", "x: y"])
def test_nothing_is_shown_where_the_page_or_the_site_says_so(draw: Draw, line: str) -> None:
    config = BLOG if "related" in line else BLOG.replace("gatepost]", "{gatepost: {related: false}}]")
    text = f"---\ndate: 2024-01-01\n{line}\n---\n# A\n\n{COFFEE}\n"
    drawn = draw({**SITE, "mkdocs.yml": config, "content/blog/posts/a.md": text})
    drawn.build()
    assert "gatepost-related" not in drawn.page(POST)
