# ruff: noqa: E501 - a finding is one line, however long
"""page.de.md beside page.md is the page in German; magnet.de.md beside magnet.md the magnet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gatepost_site.translations import original_of, translations_in
from gatepost_site.words.languages import Languages
from tests.site.conftest import CONFIG, MAGNET, PDF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

MATERIAL = CONFIG.replace(
    "  name: null\n  custom_dir: theme\n", "  name: material\n  font: false\n  features: [navigation.tabs]\n"
)
NAV = """\
nav:
  - Start: index.md
  - Guide:
      - guide/index.md
      - First: guide/first.md
      - Second: guide/second.md
  - Loose:
      - About: about.md
"""
PAGES: dict[str, str | bytes] = {
    "content/index.md": "# Home\n\n[Guide](guide/first.md)\n",
    "content/index.de.md": "---\ntitle: Willkommen zu Hause\nnav_title: Anfang\n---\n# Willkommen\n\n"
    "[Eins](guide/first.md) [Zwei](guide/second.md) [Ort](guide/first.md#place) [English](index.md)\n",
    "content/guide/index.md": "# Guide\n",
    "content/guide/index.de.md": "# Ratgeber\n",
    "content/guide/first.md": "# First\n\n## Place\n",
    "content/guide/first.de.md": "# Eins\n\n[Anfang](../index.md)\n",
    "content/guide/second.md": "# Second\n",
    "content/about.md": "# About\n",
    "content/about.de.md": "# Über uns\n",
    "content/privacy.md": "# Privacy\n",
    "content/privacy.de.md": "# Datenschutz\n",
    "content/node.js.md": "# Not a language\n",
}
GERMAN = """\
---
title: Die Checkliste
description: Zehn Dinge, die bis Freitag geprüft sein wollen.
---

Alles auf einer Seite. [Anfang](../../index.md)
"""


@pytest.fixture
def bilingual(checklist: Draw) -> Drawn:
    drawn = checklist({"mkdocs.yml": MATERIAL + NAV, **PAGES, "magnets/checklist/magnet.de.md": GERMAN})
    drawn.build(strict=True)
    return drawn


def links(html: str) -> dict[str, str]:
    """Return where each link of a page's own text leads, by its words."""
    body = html.partition("<article")[2].partition("</article>")[0]
    return {text: target for target, text in re.findall(r'<a href="([^"]*)">([^<]+)</a>', body)}


def tabs(html: str) -> dict[str, str]:
    """Return the navigation's top level: words -> where it leads."""
    found = re.findall(r'<a href="([^"]*)" class="md-tabs__link">(.*?)</a>', html, re.DOTALL)
    return {re.sub(r"\s+", " ", text).strip(): target for target, text in found}


def test_a_translation_has_an_address_below_its_language_and_no_other(bilingual: Drawn) -> None:
    assert "<h1" in bilingual.page("de/guide/first")
    assert not (bilingual.public / "guide" / "first.de").exists()
    assert (bilingual.public / "node.js" / "index.html").is_file()
    assert '<link rel="canonical" href="https://example.com/de/guide/first/">' in bilingual.page("de/guide/first")


def test_a_page_says_which_language_it_is_in(bilingual: Drawn) -> None:
    assert '<html lang="de" dir="ltr">' in bilingual.page("de")
    assert '<html lang="en" class="no-js">' in bilingual.page("")
    assert '<html lang="de" dir="ltr">' in bilingual.page("de/get/checklist")


def test_a_theme_that_knows_one_language_is_corrected(checklist: Draw) -> None:
    drawn = checklist({"content/index.he.md": "# שלום\n", "languages/he.yml": "fallback: en\n"})
    drawn.build()
    assert '<html lang="he" dir="rtl">' in drawn.page("he")
    assert '<html lang="en">' in drawn.page("")


def test_the_theme_speaks_the_language_of_the_page(bilingual: Drawn) -> None:
    assert "Zum Inhalt" in bilingual.page("de")
    assert "Skip to content" in bilingual.page("")


def test_links_lead_on_to_translations_where_there_are_any(bilingual: Drawn) -> None:
    assert links(bilingual.page("de")) == {
        "Eins": "guide/first/",
        "Zwei": "../guide/second/",
        # What a place inside a page is called differs from language to language.
        "Ort": "../guide/first/#place",
        # The way to the page's own original stays.
        "English": "../",
    }
    assert links(bilingual.page("de/guide/first")) == {"Anfang": "../../"}
    assert links(bilingual.page("")) == {"Guide": "guide/first/"}


def test_the_navigation_has_the_pages_of_one_language_only(bilingual: Drawn) -> None:
    assert tabs(bilingual.page("")) == {"Start": ".", "Guide": "guide/", "Loose": "about/"}
    # A section whose index page is translated stays; the pages of others move up.
    assert tabs(bilingual.page("de")) == {"Anfang": "./", "Ratgeber": "guide/", "Über uns": "about/"}


def test_the_page_before_and_after_is_one_of_the_same_language(bilingual: Drawn) -> None:
    html = bilingual.page("de/guide/first")
    assert '<link rel="prev" href="../">' in html
    assert '<link rel="next" href="../../about/">' in html
    assert '<link rel="next" href="../second/">' in bilingual.page("guide/first")


def test_the_switch_leads_to_the_same_page_in_the_other_language(bilingual: Drawn) -> None:
    for page, expected in (
        ("de/about", {"English": "../../about/", "Deutsch": "./"}),
        ("about", {"English": "./", "Deutsch": "../de/about/"}),
    ):
        found = re.findall(r'<a href="([^"]*)" hreflang="\w+" class="md-select__link">\s*(\w+)', bilingual.page(page))
        assert {name: target for target, name in found} == expected
    assert "md-select__link" not in bilingual.page("guide/second")


def test_the_theme_adds_no_relative_alternates_of_its_own(bilingual: Drawn) -> None:
    assert 'rel="alternate" href="../de/about/"' not in bilingual.page("about")


def test_a_magnet_in_two_languages_has_two_landing_pages_and_one_file(bilingual: Drawn) -> None:
    html = bilingual.page("de/get/checklist")
    assert "<h1>Die Checkliste</h1>" in html
    assert 'action="/f/checklist.de"' in html
    assert '<a href="../../../get/checklist/" lang="en" hreflang="en">English</a>' in html
    assert '<a class="home" href="../../">' in html
    assert '<a href="../../privacy/">Wie wir mit Ihren Daten umgehen</a>' in html
    assert '<p>Alles auf einer Seite. <a href="../../">Anfang</a></p>' in html
    assert "Sehen Sie in Ihr Postfach" in bilingual.page("de/get/checklist/thanks")
    manifest = bilingual.build()
    assert manifest.landing == {"checklist": "get/checklist/", "checklist.de": "de/get/checklist/"}
    assert manifest.thanks["checklist.de"] == "de/get/checklist/thanks/"
    assert manifest.assets["checklist.de"] == manifest.assets["checklist"]


def test_a_translation_may_hand_out_a_file_of_its_own(checklist: Draw) -> None:
    german = GERMAN.replace("title:", "file: liste.pdf\ntitle:")
    drawn = checklist({"magnets/checklist/magnet.de.md": german, "magnets/checklist/liste.pdf": PDF[::-1]})
    manifest = drawn.build()
    assert manifest.assets["checklist"].path == "magnets/checklist/checklist.pdf"
    assert manifest.assets["checklist.de"].path == "magnets/checklist/liste.pdf"


def test_a_translation_may_have_an_ebook_of_its_own(checklist: Draw) -> None:
    english = MAGNET.replace("file: checklist.pdf", "chapters: en/")
    drawn = checklist(
        {
            "magnets/checklist/magnet.md": english,
            "magnets/checklist/en/1.md": "# One\n\nA chapter in English, long enough to be one.\n",
            "magnets/checklist/magnet.de.md": GERMAN.replace("title:", "chapters: de/\ntitle:"),
            "magnets/checklist/de/1.md": "# Eins\n\nEin Kapitel auf Deutsch, lang genug, um eines zu sein.\n",
        }
    )
    manifest = drawn.build()
    assert manifest.assets["checklist"].filename == "checklist.pdf"
    assert manifest.assets["checklist.de"].filename == "checklist-de.pdf"
    assert (drawn.public / "de/get/checklist/cover.png").read_bytes() != (
        drawn.public / "get/checklist/cover.png"
    ).read_bytes()


def test_a_translation_without_an_ebook_of_its_own_hands_out_the_originals(checklist: Draw) -> None:
    drawn = checklist(
        {
            "magnets/checklist/magnet.md": MAGNET.replace("file: checklist.pdf", "chapters: en/"),
            "magnets/checklist/en/1.md": "# One\n\nA chapter in English, long enough to be one.\n",
            "magnets/checklist/magnet.de.md": GERMAN,
        }
    )
    manifest = drawn.build()
    assert manifest.assets["checklist.de"] == manifest.assets["checklist"]
    assert '<img src="../../../get/checklist/cover.png"' in drawn.page("de/get/checklist")


def test_an_offer_speaks_the_language_of_its_page_as_far_as_it_can(checklist: Draw) -> None:
    offer = "# P\n\n/// offer | checklist\n    show: form\n///\n\n/// offer | other\n    show: form\n///\n"
    drawn = checklist(
        {
            "magnets/checklist/magnet.de.md": GERMAN,
            "magnets/other/magnet.md": MAGNET.replace("The Checklist", "The Other").replace(
                "checklist.pdf", "other.pdf"
            ),
            "magnets/other/other.pdf": PDF[::-1],
            "content/index.md": offer,
            "content/index.de.md": offer,
        }
    )
    drawn.build()
    german, english = drawn.page("de"), drawn.page("")
    assert re.findall(r'action="([^"]*)"', english) == ["/f/checklist", "/f/other"]
    assert re.findall(r'action="([^"]*)"', german) == ["/f/checklist.de", "/f/other"]
    assert german.count(">E-Mail-Adresse</label>") == 2
    assert re.findall(r'<aside [^>]*lang="(\w+)"', german) == ["en"]
    assert 'lang="' not in english.partition("<body>")[2]
    assert re.findall(r'name="page" type="hidden" value="([^"]*)"', german) == ["/de/", "/de/"]


@pytest.mark.parametrize(
    ("files", "finding"),
    [
        ({"content/index.en.md": "# Home\n"}, "content/index.en.md:1:1: is in the site's own language, found 'en'; write 'index.md', without the language"),
        ({"content/index.fr.md": "# Home\n"}, "content/index.fr.md:1:1: no words in this language, found 'fr'; write languages/fr.yml"),
        ({"content/index.de.md": "# H\n", "content/de/index.md": "# H\n"}, "content/index.de.md:1:1: goes where another page goes, found 'de/index.md'; write one of the two"),
        ({"magnets/checklist/magnet.en.md": GERMAN}, "magnets/checklist/magnet.en.md:1:1: is in the site's own language, found 'en'; write 'magnet.md'"),
        ({"magnets/checklist/magnet.german.md": GERMAN}, "magnets/checklist/magnet.german.md:1:1: not a language, found 'magnet.german.md'; write its tag, as in 'magnet.de.md'"),
        ({"magnets/checklist/magnet.fr.md": GERMAN}, "magnets/checklist/magnet.fr.md:1:1: no words in this language, found 'fr'; write languages/fr.yml"),
        ({"magnets/checklist/magnet.de.md": "---\ntitle: X\n---\n"}, "magnets/checklist/magnet.de.md:2:1: key 'description' is missing"),
        ({"magnets/checklist/magnet.de.md": GERMAN.replace("title:", "fields: [{name: nachname, label: N}]\ntitle:")}, "magnets/checklist/magnet.de.md:2:1: the fields are not those of magnet.md, found nachname; write no fields"),
        ({"magnets/checklist/magnet.md": MAGNET.replace("file:", "consent: Yes.\nfile:"), "magnets/checklist/magnet.de.md": GERMAN}, "magnets/checklist/magnet.de.md:1:1: key 'consent' is missing; write 'consent: ...', translated"),
    ],
)  # fmt: skip
def test_mistakes_in_translations_are_found_with_their_place(
    checklist: Draw, files: dict[str, str], finding: str
) -> None:
    assert finding in checklist(files).complaints()


def test_a_post_of_a_blog_cannot_be_a_translation(draw: Draw) -> None:
    post = "---\ndate: 2026-01-01\n---\n# Post\n\nIt.\n"
    config = MATERIAL.replace("  - gatepost", "  - blog\n  - gatepost")
    drawn = draw(
        {
            "mkdocs.yml": config,
            "content/blog/index.md": "# B\n",
            "content/blog/posts/a.md": post,
            "content/blog/posts/a.de.md": post,
        }
    )
    assert "content/blog/posts/a.de.md:1:1: a post cannot be a translation" in drawn.complaints()


def test_an_ending_is_a_language_only_where_one_is_meant() -> None:
    sources = ["a.md", "a.de.md", "a.fr.md", "b.de.md", "b.la.md", "c.js.md", "d/README.md", "d/README.pt-br.md"]
    assert translations_in(sources, Languages()) == {
        "a.de.md": "de", "a.fr.md": "fr", "b.de.md": "de", "d/README.pt-br.md": "pt-BR",
    }  # fmt: skip
    assert original_of("x/y.z.de.md") == ("x/y.z.md", "de")
