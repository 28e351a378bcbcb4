"""What stands in a page's <head>, and what does not."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from gatepost_site.seo.head import complete_head
from gatepost_site.site_pages import SiteFacts
from tests.site.conftest import CONFIG, MAGNET
from tests.site.seo.drawn_pages import FACTS, HTML, page, site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatepost_site.site_pages import SitePage
    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

MATERIAL = CONFIG.replace("  name: null\n  custom_dir: theme\n", "  name: material\n  font: false\n")


def head(made: SitePage, *others: SitePage, facts: SiteFacts = FACTS, html: str = HTML) -> str:
    return complete_head(html, made, site(made, *others, facts=facts)).partition("</head>")[0]


def png(width: int, height: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height)).save(target, "png")
    return target.getvalue()


def value(head: str, name: str) -> str | None:
    found = re.search(rf'<meta (?:name|property)="{name}" content="([^"]*)">', head)
    return found[1] if found else None


def test_a_page_is_called_by_its_own_name_and_its_sites() -> None:
    assert "<title>A page - Example</title>" in head(page())


@pytest.mark.parametrize("title", ["About Example", "example: a start"])
def test_a_site_is_not_named_twice_in_a_title(title: str) -> None:
    assert f"<title>{title}</title>" in head(page(title=title))


def test_a_part_of_a_word_is_not_the_sites_name() -> None:
    assert "<title>Examples - Example</title>" in head(page(title="Examples"))


def test_a_home_page_without_a_title_is_called_as_the_site() -> None:
    html = head(page("index.md", title="Home"))
    assert "<title>Example</title>" in html
    assert value(html, "og:title") == "Example"


def test_words_for_search_engines_win() -> None:
    made = page(meta={"seo": {"title": "For engines", "description": "For them."}}, description="For people.")
    assert "<title>For engines</title>" in head(made)
    assert value(head(made), "description") == "For them."


def test_a_page_without_a_description_is_described_by_its_first_paragraph() -> None:
    text = "This is how the page begins, and it goes on in the same way for a while."
    assert value(head(page(content=f"<h1>A</h1><p>{text}</p>")), "og:description") == text


def test_a_page_that_says_nothing_has_no_description() -> None:
    assert value(head(page()), "description") is None


def test_texts_are_escaped() -> None:
    html = head(page(title='He said "hi" & <left>', description='A "quote" & <tag>'))
    assert '<title>He said "hi" &amp; &lt;left&gt; - Example</title>' in html
    assert value(html, "description") == "A &quot;quote&quot; &amp; &lt;tag&gt;"
    assert value(html, "og:title") == "He said &quot;hi&quot; &amp; &lt;left&gt;"


def test_nothing_stands_there_twice() -> None:
    old = '<meta content="Old" name="description"><link href="/old/" rel=canonical><meta name=robots content=all>'
    html = head(page(description="New."), html=HTML.replace("</head>", f"{old}</head>"))
    for tag in ("<title", "canonical", 'name="description"', "name=robots", 'name="robots"'):
        assert html.lower().count(tag) == (tag != "name=robots"), tag


def test_a_tag_of_a_network_that_the_theme_writes_stays_and_is_the_only_one() -> None:
    own = '<meta property="og:image" content="https://example.com/mine.png">'
    html = head(page(), html=HTML.replace("</head>", f"{own}</head>"))
    assert html.count("og:image") == 1
    assert own in html
    assert value(html, "og:title") == "A page"


def test_an_article_names_its_author_and_dates() -> None:
    html = head(page(authors=("Anna", "Ben"), meta={"date": date(2026, 9, 1), "updated": "2026-11-22"}))
    assert value(html, "author") == "Anna, Ben"
    assert value(html, "og:type") == "article"
    assert value(html, "article:published_time") == "2026-09-01"
    assert value(html, "article:modified_time") == "2026-11-22T00:00:00"
    assert html.count("article:author") == 2


def test_the_canonical_address_can_be_another() -> None:
    assert '<link rel="canonical" href="https://example.com/page/">' in head(page())
    assert '<link rel="canonical" href="https://a.example/b/">' in head(
        page(meta={"canonical": "https://a.example/b/"})
    )
    assert '<link rel="canonical" href="https://example.com/new/">' in head(page(meta={"canonical": "/new/"}))


def test_addresses_are_fit_for_a_link() -> None:
    assert 'href="https://example.com/gr%C3%BC%C3%9Fe/"' in head(page("grüße.md"))
    assert 'href="https://example.com/gr%C3%BC%C3%9Fe/"' in head(page("gr%C3%BC%C3%9Fe.md"))
    assert 'href="https://example.com/a:b/"' in head(page("a:b.md"))


def test_a_hidden_page_tells_networks_nothing() -> None:
    html = head(page(meta={"robots": "noindex"}))
    assert value(html, "robots") == "noindex"
    assert not re.search(r"og:|twitter:|ld\+json|canonical", html)


def test_without_an_address_there_is_nothing_that_needs_one() -> None:
    html = head(page(description="Words."), facts=SiteFacts("Example", "", "", "en", cards=True))
    assert value(html, "og:description") == "Words."
    assert not re.search(r"og:url|og:image|canonical|ld\+json|hreflang", html)


def test_the_writers_own_picture_wins() -> None:
    made = page("a/page.md", meta={"image": "../pictures/own.png", "image_alt": "A gate"})
    html = complete_head(HTML, made, site(made, pictures={"pictures/own.png": (800, 400)}))
    assert value(html, "og:image") == "https://example.com/pictures/own.png"
    assert (value(html, "og:image:width"), value(html, "og:image:alt")) == ("800", "A gate")


def test_the_picture_that_a_magnet_names_is_its_landing_pages(checklist: Draw) -> None:
    seo = MAGNET.replace("file:", "seo: {image: own.png}\nfile:")
    drawn = checklist({"magnets/checklist/magnet.md": seo, "content/own.png": png(60, 30)})
    drawn.build()
    html = drawn.page("get/checklist")
    assert value(html, "og:image") == "https://example.com/own.png"
    assert (value(html, "og:image:width"), value(html, "og:image:height")) == ("60", "30")


def test_a_picture_that_is_not_there_is_named_in_a_warning(draw: Draw, capsys: pytest.CaptureFixture[str]) -> None:
    draw({"content/page.md": "---\nimage: gone.png\n---\n\n# A\n"}).build()
    assert "page.md: 'image' is no picture that networks show, found 'gone.png'" in capsys.readouterr().err


def test_without_cards_a_landing_page_shows_its_cover() -> None:
    cover = {"path": "get/x/cover.png", "width": 800, "height": 1132}
    made = page("get/x/index.md", kind="landing", magnet="x", meta={"gatepost": {"cover": cover}})
    html = head(made, facts=replace(FACTS, cards=False))
    assert value(html, "og:image") == "https://example.com/get/x/cover.png"
    assert value(html, "twitter:card") == "summary"
    assert value(head(page()), "twitter:card") == "summary_large_image"


def test_translations_name_each_other_and_a_default() -> None:
    english, german = page("guide.md"), page("guide.de.md", language="de", url="guide.de/")
    for made in (english, german):
        found = re.findall(r'hreflang="([^"]*)" href="([^"]*)"', head(made, english, german))
        assert found == [
            ("de", "https://example.com/guide.de/"),
            ("en", "https://example.com/guide/"),
            ("x-default", "https://example.com/guide/"),
        ]
    html = head(german, english)
    assert (value(html, "og:locale"), value(html, "og:locale:alternate")) == ("de_DE", "en_US")


def test_a_page_in_one_language_names_no_other() -> None:
    assert "hreflang" not in head(page())


def test_accounts_are_named_where_their_networks_look() -> None:
    facts = SiteFacts(
        "Example", "https://example.com/", "", "en", profiles=("https://x.com/me", "https://a.example/@b")
    )
    html = head(page(), facts=facts)
    assert (value(html, "twitter:site"), value(html, "fediverse:creator")) == ("@me", "@b@a.example")


def test_a_document_without_a_head_is_left_alone() -> None:
    assert complete_head("<p>No head</p>", page(), site()) == "<p>No head</p>"


def test_a_site_may_do_without_cards_and_share_links(draw: Draw) -> None:
    config = CONFIG.replace("- gatepost", "- gatepost:\n      cards: false\n      share: false")
    drawn = draw({"mkdocs.yml": config, "content/page.md": "---\nauthor: Anna\n---\n\n# A\n"})
    drawn.build()
    assert not (drawn.public / "assets/cards").exists()
    assert "og:image" not in drawn.page("page")
    assert "gatepost-share" not in drawn.page("page")


def test_materials_own_tags_are_replaced_whatever_they_say(draw: Draw) -> None:
    """Material escapes neither description nor author, so a quotation mark ends its tags early."""
    front = (
        '---\ntitle: A "q" & b\ndescription: \'He said "hi"> and left.\'\nauthor: \'Anna "A" Example\'\n---\n\nText.\n'
    )
    drawn = draw({"mkdocs.yml": MATERIAL, "content/page.md": front})
    drawn.build()
    html = drawn.page("page").partition("</head>")[0]
    assert value(html, "description") == "He said &quot;hi&quot;&gt; and left."
    assert value(html, "author") == "Anna &quot;A&quot; Example"
    assert 'hi"' not in html
    assert len(re.findall(r'name="description"|name="author"|<title|rel="canonical"', html)) == 4


def test_a_label_of_the_navigation_is_no_title(draw: Draw) -> None:
    nav = MATERIAL + "nav:\n  - Start: index.md\n  - Short: page.md\n"
    drawn = draw({"mkdocs.yml": nav, "content/page.md": "# The page's *own* name\n"})
    drawn.build()
    assert "<title>The page's own name - Example</title>" in drawn.page("page")
