"""Which pages say the same in another language."""

from __future__ import annotations

from tests.site.seo.drawn_pages import page, site


def test_a_page_and_its_translations_are_found_from_each_of_them() -> None:
    english, german, austrian = (
        page("guide.md"),
        page("guide.de.md", language="de"),
        page("guide.de-AT.md", language="de-AT"),
    )
    found = site(english, german, austrian, page("other.md"))
    for each in (english, german, austrian):
        assert found.translations_of(each) == {"de": german, "de-AT": austrian, "en": english}


def test_a_page_without_translations_stands_alone() -> None:
    alone = page("other.md")
    assert site(alone, page("guide.md")).translations_of(alone) == {"en": alone}


def test_a_name_that_only_looks_like_a_translation_is_a_page_of_its_own() -> None:
    """A language is what the site says that it is, not whatever stands before the ending."""
    notes, net = page("notes.md"), page("notes.net.md")
    assert site(notes, net).translations_of(notes) == {"en": notes}
