"""What a book cannot print is said, all of it at once, with the place to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.ebook.conftest import Shelf

CASES = {
    "no title": ("Text.\n", ["1:1: chapter has no title; write '# Title' as its first line"]),
    "two titles": (
        "# One\n\n# Two `x`\n",
        ["3:1: chapter has two titles, found '# Two x'; write '## ' for a section"],
    ),
    "empty title": ("#\n\nText.\n", ["1:1: heading is empty, found '#'; write '# ' and its words"]),
    "text before": (
        "Text.\n\n# One\n",
        ["1:1: text before the chapter's title; write '# Title' as its first line"],
    ),
    "front matter": (
        "---\ntitle: One\n---\n# One\n",
        ["1:1: a chapter takes no front matter; write the chapter's title as '# Title' at the top, and no keys"],
    ),
    "skipped level": (
        "# One\n\n### Deep\n",
        ["3:1: heading skips a level, found '### Deep'; write '##' before it"],
    ),
    "empty heading": ("# One\n\n## Two\n\n##\n", ["5:1: heading is empty, found '##'; write '## ' and its words"]),
    "html block": (
        "# One\n\n```html\n<div>code</div>\n```\n\n<div>real</div>\n",
        ["7:1: HTML does not print in an ebook, found '<div>real</div>'; write Markdown"],
    ),
    "html in a line": (
        "# One\n\n`<b>` and a <b>bold</b> word.\n",
        [
            "3:13: HTML does not print in an ebook, found '<b>'; write Markdown",
            "3:20: HTML does not print in an ebook, found '</b>'; write Markdown",
        ],
    ),
    "missing picture": (
        "# One\n\nText.\n\n![A loaf](loaf.png)\n",
        ["5:11: no such picture, found 'loaf.png'; write the path of a picture, from the chapter's folder"],
    ),
    "picture outside": (
        "# One\n\n![A loaf](../../../mkdocs.png)\n",
        [
            (
                "3:11: picture is outside the magnet, found '../../../mkdocs.png';"
                " write the path of a file in the magnet's folder"
            )
        ],
    ),
    "picture from the net": (
        "# One\n\n![A loaf](https://example.com/loaf.png)\n",
        [
            (
                "3:11: picture is outside the magnet, found 'https://example.com/loaf.png';"
                " write the path of a file in the magnet's folder"
            )
        ],
    ),
    "picture of no kind": (
        "# One\n\n![A loaf](01.md)\n",
        [
            (
                "3:11: not a kind of picture that prints, found '01.md';"
                " write a file ending in .gif, .jpeg, .jpg, .png, .svg, .webp"
            )
        ],
    ),
    "link to nowhere": (
        "# One\n\n[a](02-two.md) and [b](/about/)\n",
        [
            (
                "3:5: link leads nowhere in this book, found '02-two.md';"
                " write a full address as 'https://...', or a chapter as '01.md'"
            ),
            (
                "3:24: link leads nowhere in this book, found '/about/';"
                " write a full address as 'https://...', or a chapter as '01.md'"
            ),
        ],
    ),
    "link that runs": (
        "# One\n\n[a](javascript:alert)\n",
        [
            (
                "3:5: link leads nowhere in this book, found 'javascript:alert';"
                " write a full address as 'https://...', or a chapter as '01.md'"
            )
        ],
    ),
    "no such anchor": (
        "# One\n\n[a](#tow)\n\n## Two\n",
        ["3:5: no such anchor, found '#tow'; write '#' and a heading's own anchor in 01.md, or no '#'"],
    ),
    "footnote missing": (
        "# One\n\nText[^1] and `[^2]`.\n",
        ["3:5: no such footnote, found '[^1]'; write '[^1]: The note.' below"],
    ),
    "footnote unused": (
        "# One\n\nText.\n\n[^1]: Note.\n",
        ["5:1: footnote has no mark in the text, found '[^1]'; write '[^1]'"],
    ),
    "footnote in a heading": (
        "# One\n\n## Two[^1]\n\nText.\n\n[^1]: Note.\n",
        ["3:7: footnote mark in a heading, found '[^1]'; write it in the text"],
    ),
    "heading in a footnote": (
        "# One\n\nText[^1].\n\n[^1]: # Note\n",
        ["5:7: heading in a footnote, found 'Note'; write plain text"],
    ),
    "no font": (
        "# One\n\nBread is \u9762\u5305.\n",
        [
            "3:10: no font has this character, found '\u9762' (U+9762); write another character, or words",
            "3:11: no font has this character, found '\u5305' (U+5305); write another character, or words",
        ],
    ),
    "control character": ("# One\n\na\x0cb\n", ["3:2: a control character, found U+000C; write none"]),
}


@pytest.mark.parametrize(("chapter", "expected"), CASES.values(), ids=CASES.keys())
def test_a_mistake_is_said_with_its_place(shelve: Callable[..., Shelf], chapter: str, expected: list[str]) -> None:
    assert shelve({"01.md": chapter}).mistakes() == [f"chapters/01.md:{line}" for line in expected]


def test_all_mistakes_of_all_chapters_are_said_at_once(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve({"01.md": "No title.\n", "02.md": "# Two\n\n# Again\n\n<hr>\n", "03.md": b"# \xff\n"})
    assert shelf.mistakes() == [
        "chapters/01.md:1:1: chapter has no title; write '# Title' as its first line",
        "chapters/02.md:3:1: chapter has two titles, found '# Again'; write '## ' for a section",
        "chapters/02.md:5:1: HTML does not print in an ebook, found '<hr>'; write Markdown",
        "chapters/03.md:1:3: not UTF-8 text, found byte 0xff; write the file saved as UTF-8",
    ]


def test_a_picture_without_words_is_a_mistake(shelve: Callable[..., Shelf]) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    shelf = shelve({"01.md": "# One\n\n![](bar.svg)\n", "bar.svg": svg})
    assert shelf.mistakes() == [
        "chapters/01.md:3:5: picture without words, found 'bar.svg'; write '![What it shows](bar.svg)'"
    ]


def test_a_picture_that_is_none_is_found_before_it_is_drawn(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve({"01.md": "# One\n\n![A bar](bar.png)\n", "bar.png": "not a picture"})
    assert shelf.mistakes() == [
        (
            "chapters/01.md:3:10: not the picture that its name says, found 'bar.png';"
            " write a picture of the kind that its name ends in"
        )
    ]


@pytest.mark.parametrize(
    "part",
    [
        "<script>1</script>",
        '<rect onclick="1"/>',
        '<image href="https://example.com/a.png"/>',
        "<image xlink:href='a.png'/>",
    ],
)
def test_a_drawing_that_runs_or_fetches_something_is_a_mistake(shelve: Callable[..., Shelf], part: str) -> None:
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    svg = f'<svg {namespaces} width="9" height="9">{part}</svg>'
    shelf = shelve({"01.md": "# One\n\n![A bar](bar.svg)\n", "bar.svg": svg})
    assert shelf.mistakes() == [
        (
            "chapters/01.md:3:10: drawing with a script or a foreign file in it, found 'bar.svg';"
            " write the drawing saved as plain SVG, with everything in it"
        )
    ]


def test_a_broken_picture_is_one_line_and_no_traceback(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve({"01.md": "# One\n\n![A bar](bar.svg)\n", "bar.svg": "<svg"})
    (mistake,) = shelf.mistakes()
    assert mistake.startswith("magnet.md:1:1: the ebook cannot be typeset (failed to parse SVG")


def test_a_character_that_no_font_has_is_found_in_front_matter_too(shelve: Callable[..., Shelf]) -> None:
    front = "---\ntitle: \u9762\ndescription: Text.\nchapters: chapters/\n---\n"
    assert shelve({"01.md": "# One\n"}, front=front).mistakes() == [
        "magnet.md:1:1: no font has this character, found '\u9762' (U+9762); write another character, or words"
    ]


def test_nesting_beyond_reason_is_one_line(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve({"01.md": "# One\n\n" + ">" * 2000 + " deep\n"})
    assert shelf.mistakes() == ["chapters/01.md:1:1: nested too deeply; write at most a few levels"]
