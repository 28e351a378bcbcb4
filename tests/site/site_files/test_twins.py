"""Each page has a Markdown twin that stands alone, and llms.txt leads to all of them."""

from __future__ import annotations

import os
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from gatepost_site.site_files.llms import llms_text
from gatepost_site.site_files.twins import Twins, write_twins
from tests.site.site_files.conftest import page, site_with

if TYPE_CHECKING:
    from gatepost_site.project import Project
    from tests.site.conftest import Drawn

LANDING = page("get/list/index.md", kind="landing", magnet="list", title="The List", description="Ten things.")
TWINS = {
    "a link to a source leads to its page": ("See [a](../seo.md#x).", "See [a](https://example.com/seo/#x)."),
    "a link may have a title": ('[a](../seo.md "t")', '[a](https://example.com/seo/ "t")'),
    "a link in the page stays in the page": ("[a](#x)", "[a](https://example.com/docs/a/#x)"),
    "a picture has its whole address": ("![A](../img/a.png)", "![A](https://example.com/img/a.png)"),
    "a path from the top is one of the host": ("[a](/seo/)", "[a](https://example.com/seo/)"),
    "other addresses stay": (
        '[a](mailto:a@b.example) <https://x.example>',
        '[a](mailto:a@b.example) <https://x.example>',
    ),
    "a link by name works too": (
        '[a][1]\n\n[1]: ../seo.md\n[^1]: Note.',
        '[a][1]\n\n[1]: https://example.com/seo/\n[^1]: Note.',
    ),
    "code stays as it is": (
        '`[a](b.md)` and\n\n```md\n[a](b.md){ .x }\n```',
        '`[a](b.md)` and\n\n```md\n[a](b.md){ .x }\n```',
    ),
    "what is only look is left out": (
        '[a](../seo.md){ .md-button } :material-email: x\n## H {#own}',
        '[a](https://example.com/seo/)  x\n## H ',
    ),
    "comments are left out": ("a<!-- more -->b\n<!--\n[x](y)\n-->", "ab"),
    "HTML has complete links": ('<a href="../b/">b</a>', '<a href="https://example.com/docs/b/">b</a>'),
    "an offer becomes a link": (
        "a\n\n/// offer | list\n    show: form\n\nTake it.\n///\n\nb",
        "a\n\n**[The List](https://example.com/get/list/)**\n\nTake it.\n\nb",
    ),
    "an offer of no magnet is left out": ("a\n\n/// offer | gone\n///\n\nb", "a\n\nb"),
    "of other blocks stay title and text": (
        "/// note | Mind this\n    open: true\n\nText.\n///\n\n/// benefits\n- One\n///\nb",
        "**Mind this**\n\nText.\n\n- One\nb",
    ),
    "code may show code": (
        "````md\n```\n[a](b.md)\n```\n\n\n[a](b.md)\n````",
        "````md\n```\n[a](b.md)\n```\n\n\n[a](b.md)\n````",
    ),
    "a block in code stays": ("```\n/// offer | list\n///\n```", "```\n/// offer | list\n///\n```"),
    "snippets of files are left out": ('a\n\n--8<-- "../x.md"\n\nb', "a\n\nb"),
}  # fmt: skip


@pytest.mark.parametrize(("markdown", "expected"), TWINS.values(), ids=TWINS)
def test_a_twin_stands_alone(markdown: str, expected: str) -> None:
    source = page("docs/a.md", markdown=f"# A\n\n{markdown}\n")
    twins = Twins(site_with(source, page("seo.md"), page("docs/b.md"), LANDING))
    assert twins.text(source) == f"# A\n\n{expected.rstrip()}\n\n---\n\nhttps://example.com/docs/a/\n"


def test_a_page_without_a_heading_of_its_own_gets_its_title() -> None:
    text = Twins(site_with(LANDING)).text(LANDING)
    assert text == "# The List\n\nTen things.\n\n\n\n---\n\nhttps://example.com/get/list/\n"


def test_every_page_of_the_example_names_a_twin_that_is_there_and_llms_txt_leads_to_it(example: Drawn) -> None:
    listed = re.findall(r"\]\(https://gatepost\.example/(.*?)\)", (example.public / "llms.txt").read_text())
    twins = {file.relative_to(example.public).as_posix() for file in example.public.rglob("*.md")}
    assert set(listed) == twins
    assert len(listed) == len(twins) > 20
    for twin in twins:
        html = (example.public / twin).with_suffix(".html").read_text(encoding="utf-8")
        assert '<link rel="alternate " type="text/markdown" href="index.md">' in html


def test_no_link_of_a_twin_leads_astray(example: Drawn) -> None:
    for twin in sorted(example.public.rglob("*.md")):
        text = re.sub(r"^ *```.*?^ *```|`[^`]*`", "", twin.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        for target in re.findall(r"\]\(<?([^)\s>]+)", text):
            assert re.match(r"https?://|mailto:", target), f"{twin}: {target}"
            if path := re.match(r"https://gatepost\.example/([^#]*)", target):
                file = example.public / path[1]
                assert (file / "index.html").is_file() or file.is_file(), f"{twin}: {target}"
        assert not re.search(r"^ *///", text, re.MULTILINE), twin


def test_llms_txt_has_folders_under_their_own_names_and_the_newest_post_first() -> None:
    text = llms_text(
        site_with(
            page("index.md", title="Home"),
            page("docs/index.md", title="Guide"),
            page("docs/a.md", title="A [b]"),
            page("blog/posts/x.md", kind="post", title="X", published=date(2024, 1, 1)),
            page("blog/posts/y.md", kind="post", title="Y", published=date(2024, 1, 2)),
            page("blog/index.md", kind="listing"),
            LANDING,
            page("secret.md", meta={"robots": "noindex"}),
        )
    )
    assert text == (
        "# Example\n\n> All about examples.\n"
        "\n## Pages\n\n- [Home](https://example.com/index.md)\n"
        "\n## Guide\n\n- [Guide](https://example.com/docs/index.md)\n- [A (b)](https://example.com/docs/a/index.md)\n"
        "\n## Blog\n\n- [Y](https://example.com/blog/posts/y/index.md)\n- [X](https://example.com/blog/posts/x/index.md)\n"
        "\n## Free downloads\n\n- [The List](https://example.com/get/list/index.md): Ten things.\n"
    )


def test_what_did_not_change_is_taken_from_the_last_build_and_the_rest_is_made(project: Project) -> None:
    first = site_with(page("a.md", markdown="[b](b.md)"), page("b.md", markdown="B"))
    for source in first.pages.values():
        (project.public / source.path).parent.mkdir()
    write_twins(first, project.public, project)
    made = {name: (project.public / name / "index.md").stat() for name in ("a", "b")}
    second = site_with(first.pages["a.md"], page("b.md", markdown="C"))
    write_twins(second, project.public, project)
    assert (project.public / "a/index.md").stat() == made["a"]
    assert (project.public / "b/index.md").read_text().startswith("# b\n\nC\n")
    # A page at another address changes the twins of those that link to it.
    third = site_with(first.pages["a.md"], page("b.md", url="moved/", path="b/index.html"))
    write_twins(third, project.public, project)
    assert "https://example.com/moved/" in (project.public / "a/index.md").read_text()


def test_a_twin_that_somebody_touched_is_made_again(project: Project) -> None:
    site = site_with(page("a.md", markdown="A"))
    (project.public / "a").mkdir()
    write_twins(site, project.public, project)
    twin = project.public / "a/index.md"
    right = twin.read_bytes()
    twin.write_bytes(b"x" * len(right))
    os.utime(twin, (1, 1))
    write_twins(site, project.public, project)
    assert twin.read_bytes() == right
