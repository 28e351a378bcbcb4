"""Faults of the theme's HTML are mended, and everything else stays."""

from __future__ import annotations

import pytest

from gatepost_site.theme_repairs import mended

FAULTS = {
    "a search without a name": (
        (
            '<div class="md-search" data-md-component="search" role="dialog"><input class="md-search__input" '
            'name="query" aria-label="Suche" required></div>'
        ),
        (
            '<div class="md-search" data-md-component="search" role="dialog" aria-label="Suche"><input '
            'class="md-search__input" name="query" aria-label="Suche" required></div>'
        ),
    ),
    "a place to search without a name": (
        '<div class="md-search__inner" role="search"><input class="md-search__input" aria-label="Go">',
        '<div class="md-search__inner" role="search" aria-label="Go"><input class="md-search__input" aria-label="Go">',
    ),
    "a box that is completed": (
        '<input class="md-toggle" data-md-toggle="drawer" type="checkbox" id="__drawer" autocomplete="off">',
        '<input class="md-toggle" data-md-toggle="drawer" type="checkbox" id="__drawer">',
    ),
    "an empty place in the order": (
        '<label class="md-nav__link" for="__nav_3" id="__nav_3_label" tabindex="">',
        '<label class="md-nav__link" for="__nav_3" id="__nav_3_label">',
    ),
    "a menu named by a picture": (
        (
            '<nav class="md-nav" data-md-level="1" aria-labelledby="__nav_3_2_label" aria-expanded="true">\n'
            '<label class="md-nav__title" for="__nav_3_2">\n'
            '<span class="md-nav__icon md-icon"></span>\n Q&amp;A "B"\n</label>'
        ),
        (
            '<nav class="md-nav" data-md-level="1" aria-label="Q&amp;A &quot;B&quot;" aria-expanded="true">\n'
            '<label class="md-nav__title" for="__nav_3_2">\n'
            '<span class="md-nav__icon md-icon"></span>\n Q&amp;A "B"\n</label>'
        ),
    ),
    "a label of nothing": (
        '<label class="md-nav__title" for="__toc">',
        '<label class="md-nav__title">',
    ),
    "menus that are none": (
        (
            '<nav class="md-post__authors md-typeset"><b>A</b></nav>\n<nav class="md-post__action"><a>C</a></nav>\n'
            '<nav class="md-pagination">\n  \n</nav>'
        ),
        (
            '<div class="md-post__authors md-typeset"><b>A</b></div>\n<div class="md-post__action"><a>C</a></div>\n'
            '<div class="md-pagination">\n  \n</div>'
        ),
    ),
}


@pytest.mark.parametrize(("before", "after"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_mended(before: str, after: str) -> None:
    assert mended(before) == after
    assert mended(after) == after


@pytest.mark.parametrize(
    "html",
    [
        '<input type="email" autocomplete="off">',
        '<label for="a" tabindex="">',
        '<nav class="md-pagination"><a href="2/">2</a></nav>',
        '<nav class="md-tabs" aria-label="Tabs">',
        '<div role="dialog">',
        '<input type="checkbox" id="__toc"><label class="md-nav__title" for="__toc">',
    ],
)
def test_what_is_not_the_themes_stays(html: str) -> None:
    assert mended(html) == html
