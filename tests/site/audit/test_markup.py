"""What the audit reads in Markdown without rendering it is what Python-Markdown makes of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import markdown
import pytest
from markdown.extensions.toc import slugify

from gatepost_site.audit.markup import Markup
from gatepost_site.plugin import inquire_site

if TYPE_CHECKING:
    from tests.site.conftest import Drawn

_HEADING = re.compile(r'<h([1-6])[^>]* id="([^"]*)"')
EXTENSIONS = ["toc", "attr_list", "fenced_code", "footnotes", "admonition", "def_list", "tables", "md_in_html"]


def read(body: str, first_line: int = 1) -> Markup:
    return Markup(body, first_line, lambda words: slugify(words, "-"))


def rendered(body: str) -> str:
    return markdown.markdown(body, extensions=EXTENSIONS)


def test_headings_and_anchors_of_the_example_are_those_of_the_built_pages(example: Drawn) -> None:
    drafts = [draft for draft in inquire_site(example.root).drafts if not draft.is_post and not draft.magnet]
    assert len(drafts) > 15
    for draft in drafts:
        built = _HEADING.findall(example.page(draft.url or "."))
        found = [(str(heading.level), heading.anchor) for heading in draft.markup.headings]
        # A blog lists the headings of its posts below its own.
        assert found == (built[: len(found)] if draft.source == "blog/index.md" else built), draft.file


HEADINGS = {
    "marks and code": "# *One* **two** `three()` [four](x.md) ![five](y.png)",
    "no space": "#One",
    "closed": "## One ##",
    "an id of its own": "## One {#uno .wide}\n\n## One",
    "the same words": "## One\n\n## One\n\n## One",
    "underlined": "One\n===\n\nTwo\n---\n\nText\n\n---\n\n- item\n---",
    "signs": "## Ich & Du: 100 % „gut“ <b>oder</b> &amp; so\n\n## ---",
    "in a list": "- one\n\n    ## Two\n\n        ## code\n\n## Three",
    "code": "```\n# no\n```\n\n    # no\n\ntext\n    # yes, in a paragraph it is text\n\n~~~ sh\n# no\n~~~\n\n# Yes",
    "in an admonition": "!!! note\n\n    ## Note\n\n    text\n\n# Yes",
    "comments": "<!--\n# no\n-->\n\n# Yes",
    "snake case": "# one_two and _three_",
    "escapes": r"# One \* two \_ three",
    "footnotes": "# One[^1]\n\n[^1]: Text",
    "nothing": "##\n\n## ",
}


@pytest.mark.parametrize("body", HEADINGS.values(), ids=HEADINGS)
def test_headings_are_python_markdowns(body: str) -> None:
    found = [(str(heading.level), heading.anchor) for heading in read(body).headings]
    assert found == _HEADING.findall(rendered(body))


LINKS = {
    "plain": ("[a](b.md)", [("b.md", "a", 1, 5)]),
    "with a title": ('[a](b.md "Title")', [("b.md", "a", 1, 5)]),
    "in brackets": ("[a](<b.md>)", [("b.md", "a", 1, 6)]),
    "with brackets": ("[a](b_(c).md)", [("b_(c).md", "a", 1, 5)]),
    "a picture in a link": (
        "[![alt](a.png)](b.md)", [("a.png", "alt", 1, 9), ("b.md", "![alt](a.png)", 1, 17)],
    ),
    "over lines": ("See [a\nb](c.md)", [("c.md", "a\nb", 2, 4)]),
    "code": ("`[a](b.md)` ``[`](c.md)``\n\n```\n[a](b.md)\n```\n\n    [a](b.md)", []),
    "comments": ("<!-- [a](b.md) -->", []),
    "defined": ("[a][b]\n\n[b]: c.md", [("c.md", None, 3, 6)]),
    "with spaces": ("[a](b c.md) [d](e.md 'Title')", [("b c.md", "a", 1, 5), ("e.md", "d", 1, 17)]),
    "HTML": ('<a class="x" href="b.md">a</a>', [("b.md", "a", 1, 20)]),
    "an escaped bracket": (r"\[a](b.md)", []),
}  # fmt: skip


@pytest.mark.parametrize(("body", "links"), LINKS.values(), ids=LINKS)
def test_links_are_found_where_they_stand(body: str, links: list[tuple[str, str | None, int, int]]) -> None:
    assert [(link.target, link.text, link.line, link.column) for link in read(body).links] == links


def test_what_can_be_linked_to_is_more_than_headings() -> None:
    body = '# One\n\nText\n{: #para }\n\n<a id="here"></a><a name="old"></a> [^n]\n\n[^n]: Note\n\n`<b id="no">`'
    assert read(body).anchors == {"one", "para", "here", "old", "fn:n", "fnref:n"} | {"no"}


def test_the_text_that_people_read_is_without_marks_tables_and_code() -> None:
    body = "# Title\n\nSome *fine* [words](x.md).\n\n- One `code`\n\n| a | b |\n|---|---|\n\n```\nno\n```\n"
    assert read(body).text.split() == ["Some", "fine", "words.", "One"]
