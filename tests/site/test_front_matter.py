"""Front matter of pages is judged before anything is published."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import CONFIG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

BROKEN = {
    "a colon in a value": (
        "---\ntitle: One: two\n---\n",
        "content/page.md:2:11: a second ': ' in one value; write the value in quotes, as in 'title: \"One: two\"'",
    ),
    "a line before it": (
        "\n---\ntitle: One\n---\n\n# One\n",
        "content/page.md:2:1: front matter that does not begin in the first line; write nothing before '---'",
    ),
    "a tab": (
        "---\ntitle:\n\tOne\n---\n",
        "content/page.md:3:1: a tab; write spaces",
    ),
    "no end": (
        "---\ntitle: One\n\n# One\n",
        "content/page.md:1:1: front matter is not closed; write a line of '---' after the last key",
    ),
    "a key twice": (
        "---\ntitle: One\ntags: [a]\ntitle: Two\n---\n",
        "content/page.md:4:1: key stands twice, found 'title'; write it once",
    ),
    "a list": (
        "---\n- title\n---\n",
        "content/page.md:2:1: must be keys with values, found ['title']; write one 'key: value' a line",
    ),
    "a slip of the finger": (
        "---\ntitel: One\n---\n",
        "content/page.md:2:1: unknown key, found 'titel'; write 'title'",
    ),
    "another slip": (
        "---\ntitle: One\ndesciption: Two\n---\n",
        "content/page.md:3:1: unknown key, found 'desciption'; write 'description'",
    ),
    "a number for a title": (
        "---\ntitle: 2026\n---\n",
        "content/page.md:2:1: 'title' must be text, found 2026; write 'title: \"2026\"'",
    ),
    "a list for a description": (
        "---\ndescription: [one, two]\n---\n",
        (
            "content/page.md:2:1: 'description' must be text, found ['one', 'two']; "
            "write 'description: One sentence of 50 to 160 characters.'"
        ),
    ),
    "nothing for a title": (
        "---\ntitle:\n---\n",
        "content/page.md:2:1: 'title' must be text, found nothing; write 'title: A title'",
    ),
    "a title that MkDocs takes for a truth value": (
        "---\ntitle: No\n---\n",
        "content/page.md:2:1: 'title' must be text, found No; write 'title: \"No\"'",
    ),
    "a title that MkDocs takes for a number": (
        "---\ntitle: 12:30\n---\n",
        "content/page.md:2:1: 'title' must be text, found 12:30; write 'title: \"12:30\"'",
    ),
    "a tag": (
        "---\ntitle: One\nicon: !star x\n---\n",
        (
            "content/page.md:2:1: front matter that MkDocs cannot read, and would publish as text; "
            "write plain values without tags such as '!name'"
        ),
    ),
    "nothing behind it": (
        "---\ntitle: One\n---",
        "content/page.md:3:1: nothing follows the front matter; write a line break at least",
    ),
    "not UTF-8": (
        b"---\ntitle: Caf\xe9\n---\n",
        "content/page.md:2:11: not UTF-8 text, found byte 0xe9; write the file saved as UTF-8",
    ),
}


@pytest.mark.parametrize(("source", "message"), BROKEN.values(), ids=BROKEN)
def test_a_page_with_broken_front_matter_is_named_with_line_and_remedy(
    draw: Draw, source: str | bytes, message: str
) -> None:
    assert draw({"content/page.md": source}).complaints() == message


def test_keys_that_came_by_a_merge_are_fine(draw: Draw) -> None:
    drawn = draw({"content/page.md": "---\nusual: &usual\n  title: One\n<<: *usual\n---\n"})
    drawn.build()
    assert "<title>One - Example</title>" in drawn.page("page")


def test_a_template_that_is_not_there_is_said_with_its_page(draw: Draw) -> None:
    found = draw({"content/page.md": "---\ntemplate: none.html\n---\n"}).complaints()
    assert found.startswith("mkdocs.yml:1:1: Error building page 'page.md': 'none.html' not found")


FLOODS = {
    "brackets": ("a: " + "[" * 200_000, "YAML nested too deeply; write at most a few levels"),
    "dashes": ("a:\n" + "- " * 100_000 + "x", "YAML nested too deeply; write at most a few levels"),
    "aliases of any name": (
        "a: &-a [x, x]\n" + "".join(f"b{number}: [*-a, *-a]\n" for number in range(20)),
        "more than 20 YAML aliases; write the values",
    ),
}


@pytest.mark.parametrize(("front", "message"), FLOODS.values(), ids=FLOODS)
def test_a_flood_is_refused_at_once(draw: Draw, front: str, message: str) -> None:
    drawn = draw({"content/page.md": f"---\n{front}\n---\n"})
    started = time.process_time()
    assert drawn.complaints() == f"content/page.md:2:1: {message}"
    assert time.process_time() - started < 2


def test_keys_of_other_plugins_are_left_alone(draw: Draw) -> None:
    drawn = draw({"content/page.md": "---\ntitle: One\nauthor: Me\nweight: 3\nhero_image: a.png\n---\n\n# One\n"})
    drawn.build()
    assert "<title>One - Example</title>" in drawn.page("page")


def test_a_page_without_front_matter_is_fine(draw: Draw) -> None:
    drawn = draw({"content/page.md": "# Just text\n"})
    drawn.build()
    assert "Just text</h1>" in drawn.page("page")


def test_all_mistakes_of_all_pages_and_magnets_come_at_once(draw: Draw) -> None:
    magnet = "---\ntitle: T\ndescription: D\nfile: gone.pdf\nbuton: Now\n---\n"
    drawn = draw(
        {
            "content/a.md": "---\ntitle: One: two\n---\n",
            "content/b.md": "---\ntitel: B\n---\n\n/// offer | checklst\n///\n",
            "magnets/checklist/magnet.md": magnet,
            "magnets/other/magnet.md": "---\ntitle: T\ndescription: D\nfile: gone.pdf\n---\n",
        }
    )
    assert drawn.complaints().splitlines() == [
        "content/a.md:2:11: a second ': ' in one value; write the value in quotes, as in 'title: \"One: two\"'",
        "content/b.md:2:1: unknown key, found 'titel'; write 'title'",
        "content/b.md:5:1: offer of an unknown magnet, found 'checklst'; write 'checklist'",
        (
            "magnets/checklist/magnet.md:4:1: no such file, found 'gone.pdf'; "
            "write the name of a file in magnets/checklist/"
        ),
        "magnets/checklist/magnet.md:5:1: unknown key, found 'buton'; write 'button'",
        "magnets/other/magnet.md:4:1: no such file, found 'gone.pdf'; write the name of a file in magnets/other/",
    ]
    assert not drawn.public.exists()


BLOG = CONFIG.replace("theme:\n  name: null\n  custom_dir: theme", "theme: material").replace(
    "  - gatepost", "  - blog\n  - gatepost"
)
DAY = "write 'date: 2026-11-22' in its front matter"
POSTS = {
    "# One\n": f"1:1: a post has no date; {DAY}",
    "---\ntitle: One\n---\n": f"1:1: a post has no date; {DAY}",
    "---\ndate: tomorrow\n---\n": f"2:1: a post's 'date' is no day, found 'tomorrow'; {DAY}",
    "---\ndate: {updated: 2026-11-22}\n---\n": f"2:1: a post's 'date' is no day; {DAY}",
}


@pytest.mark.parametrize(("post", "said"), POSTS.items())
def test_a_post_without_a_day_is_named_with_its_line(draw: Draw, post: str, said: str) -> None:
    drawn = draw({"mkdocs.yml": BLOG, "content/blog/index.md": "# Blog\n", "content/blog/posts/a.md": post})
    assert drawn.complaints() == f"content/blog/posts/a.md:{said}"


def test_two_posts_at_one_address_are_named(draw: Draw) -> None:
    post = "---\ndate: {}\nslug: news\n---\n\n# News\n"
    posts = {f"content/blog/posts/{name}.md": post.format("2026-11-22") for name in "ab"}
    drawn = draw({"mkdocs.yml": BLOG, "content/blog/index.md": "# Blog\n", **posts})
    assert drawn.complaints() == (
        "content/blog/posts/b.md:1:1: goes where another page goes, found 'blog/posts/a.md', "
        "at '/blog/2026/11/22/news/'; write another file name, or 'slug'"
    )


def test_a_day_with_its_time_and_a_rule_at_the_top_of_a_page_are_fine(draw: Draw) -> None:
    texts = {
        "content/blog/posts/a.md": "---\ndate:\n  created: 2026-11-22 10:00:00\n---\n\n# A\n",
        "content/rule.md": "\n---\n\nText: a line below a rule.\n",
    }
    draw({"mkdocs.yml": BLOG, "content/blog/index.md": "# Blog\n", **texts}).build()
