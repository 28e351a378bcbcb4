"""The quicker search for inline marks finds what Python-Markdown's own finds."""

from __future__ import annotations

import markdown
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost_site.speed.inline import is_known, quicken

EXTENSIONS = [
    "abbr",
    "attr_list",
    "footnotes",
    "md_in_html",
    "smarty",
    "tables",
    "pymdownx.magiclink",
    "pymdownx.tilde",
]
PIECES = (
    "word", " ", "\n", "\n\n", "*", "**", "_", "`", "``", "[a](b.md)", "[a]", "[", "](", ")", "![i](p.png)", "<b>",
    "</b>", "&amp;", "&", "\\*", "{ .c }", "~~", "https://a.example/x", "a@b.example", "'", '"', "...", "[^1]",
    "\n[^1]: note\n\n", "<https://c.example>", "  \n", "# ", "- ", "| a | b |\n|---|---|\n| *c* | `d` |\n",
    "\n*[word]: a word\n",
)  # fmt: skip


def converter(*, quick: bool) -> markdown.Markdown:
    made = markdown.Markdown(extensions=EXTENSIONS)
    if quick:
        quicken(made)
    return made


OURS, THEIRS = converter(quick=True), converter(quick=False)


def test_this_release_of_python_markdown_is_the_one_that_is_repeated() -> None:
    """When it is not, look what changed in `__handleInline` and `__applyPattern`, and add the release or mend ours."""
    assert is_known()


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_becomes_the_same(text: str) -> None:
    assert OURS.reset().convert(text) == THEIRS.reset().convert(text)
