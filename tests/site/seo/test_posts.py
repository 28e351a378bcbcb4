"""Posts for networks: within the limit, as each network counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gatepost_site.findings import ContentError
from gatepost_site.seo.posts import NETWORKS, Subject, Wording, post_for, tagged
from gatepost_site.seo.wording import read_wording
from tests.acceptance.documentation import DOCS, table

if TYPE_CHECKING:
    from pathlib import Path

PAGE = Subject("A title", "A description.", "https://example.com/page/", "page")


def test_a_post_is_title_description_and_a_link_that_says_where_it_was_pressed() -> None:
    assert post_for("bluesky", Wording(), PAGE).text == (
        "A title\n\nA description.\n\nhttps://example.com/page/?utm_source=bluesky&utm_medium=social&utm_campaign=page"
    )


def test_a_networks_own_text_wins_over_the_common_one() -> None:
    wording = Wording({"x": "For X."}, "For all.", ("One", "Two"))
    assert post_for("x", wording, PAGE).text.startswith("For X.\n\nhttps://")
    assert post_for("mastodon", wording, PAGE).text.startswith("For all.\n\nhttps://")
    assert post_for("mastodon", wording, PAGE).text.endswith("\n\n#One #Two")


@pytest.mark.parametrize(
    ("key", "text", "length"),
    [
        ("x", "ab https://example.com/a/very/long/address/that/goes/on", 26),
        ("x", "字字", 4),
        ("x", "e\u0301", 1),
        ("mastodon", "字字 https://a.example", 26),
        ("bluesky", "ab https://a.example", 20),
    ],
)
def test_characters_count_as_the_network_counts_them(key: str, text: str, length: int) -> None:
    assert NETWORKS[key].length(text) == length


def test_the_documentation_says_the_same_limits() -> None:
    assert table(DOCS / "seo.md", "Posts for networks") == {
        network.name: [f"{network.limit:,}", str(network.link or "in full")] for network in NETWORKS.values()
    }


@given(some.sampled_from(list(NETWORKS)), some.text(max_size=1500), some.lists(some.just("LongHashtag"), max_size=9))
def test_no_post_is_ever_too_long_or_without_its_link(key: str, text: str, tags: list[str]) -> None:
    post = post_for(key, Wording(text=text, hashtags=tuple(tags)), PAGE)
    assert post.length <= post.limit
    assert post.link in post.text


def test_hashtags_give_way_before_words_do() -> None:
    post = post_for("x", Wording(text="w" * 250, hashtags=("LongHashtag",)), PAGE)
    assert (post.is_shortened, "#" in post.text) == (False, False)


def test_whole_paragraphs_stay_and_the_next_is_cut_after_a_word() -> None:
    post = post_for("x", Wording(text="First.\n\n" + "word " * 80), PAGE)
    assert post.is_shortened
    assert post.text.startswith("First.\n\nword word")
    assert "word…\n\nhttps://" in post.text


def test_an_address_keeps_its_own_tags_and_has_none_twice() -> None:
    address = "https://example.com/a/?b=1&utm_source=old#c"
    assert tagged(address, source="x", campaign="a") == (
        "https://example.com/a/?b=1&utm_source=x&utm_medium=social&utm_campaign=a#c"
    )


def test_mistakes_are_found_at_their_place(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("---\ntitle: A\nsocial:\n  bluski: Hi\n  x: [1]\n  hashtags: ['#no']\n---\n")
    with pytest.raises(ContentError) as caught:
        read_wording(file, root=tmp_path)
    assert str(caught.value).splitlines() == [
        "page.md:4:3: unknown key, found 'bluski'; write 'bluesky'",
        "page.md:5:3: 'social.x': must be text, found [1]; write 'x: Read this before Friday.'",
        "page.md:6:14: 'social.hashtags.0': is no hashtag, found '#no'; write letters and digits, without '#'",
    ]
