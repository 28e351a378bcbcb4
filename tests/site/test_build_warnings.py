"""MkDocs' warnings come with the line that they are about, and each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_site.findings import ContentError
from tests.site.conftest import CONFIG

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.conftest import Drawn

VALIDATION = "validation:\n  absolute_links: warn\n  unrecognized_links: warn\n  anchors: warn\n"
NOWHERE = "link leads nowhere, found '{}'; write {}"
ELSEWHERE = "the path of a file in content/, from the page's own folder"
CASES = {
    "See [B](c.md) and\n[C](c.md).": f"content/a.md:1:9: {NOWHERE.format('c.md', ELSEWHERE)}",
    "[Old](/b/)": "content/a.md:1:7: link names an address, found '/b/'; write 'b.md'",
    "[B](b/)": f"content/a.md:1:5: {NOWHERE.format('b/', chr(39) + 'b.md' + chr(39))}",
    "[B](b.md#nothing)": (
        "content/a.md:1:5: no such part of the page, found 'b.md#nothing'; write the anchor of a heading there"
    ),
    "![Gone](gone.png)": (
        "content/a.md:1:9: no such picture, found 'gone.png'; write the path of a file below content/"
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.items())
def test_a_warning_has_its_line(
    draw: Callable[..., Drawn], capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    draw({"mkdocs.yml": CONFIG + VALIDATION, "content/a.md": text, "content/b.md": "# B\n"}).build()
    assert capsys.readouterr().err == f"warning: {said}\n"


def test_a_page_that_the_navigation_names_and_nobody_wrote(
    draw: Callable[..., Drawn], capsys: pytest.CaptureFixture[str]
) -> None:
    draw({"mkdocs.yml": CONFIG + "nav:\n  - Home: index.md\n  - Team: team.md\n"}).build()
    assert capsys.readouterr().err == (
        "warning: mkdocs.yml:12:11: 'nav' names a page that is not there, found 'team.md'; "
        "write the path of a page in content/\n"
    )


def test_a_strict_build_says_that_it_is_one(draw: Callable[..., Drawn]) -> None:
    drawn = draw({"content/index.md": "[B](b.md)\n"})
    with pytest.raises(ContentError, match=r"^mkdocs.yml:1:1: 1 warnings?, and the build is strict$"):
        drawn.build(strict=True)
