"""A build empties its output folder, so the plugin looks first at what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import CONFIG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]


@pytest.mark.parametrize(
    ("site_dir", "held"),
    [(".", "."), ("content", "content"), ("magnets", "magnets"), ("sequences", "sequences"), ("..", ".")],
)
def test_an_output_folder_that_holds_the_project_is_refused(checklist: Draw, site_dir: str, held: str) -> None:
    drawn = checklist({"mkdocs.yml": CONFIG.replace("site_dir: public", f"site_dir: {site_dir}")})
    found = drawn.complaints()
    assert "output folder" in found or "'site_dir'" in found
    assert (drawn.root / "content/index.md").is_file()


@pytest.mark.parametrize("name", ["package/code.py", "mkdocs.yml"])
def test_an_output_folder_with_source_is_refused_and_kept(
    checklist: Draw, name: str, mkdocs: Callable[..., tuple[int, str]]
) -> None:
    drawn = checklist({"mkdocs.yml": CONFIG.replace("site_dir: public\n", ""), f"site/{name}": "# mine\n"})
    message = f"mkdocs.yml:1:1: output folder holds source, found 'site/{name}'; write 'site_dir: public'"
    assert drawn.complaints() == message
    code, output = mkdocs("build", drawn.root)
    assert code == 1
    assert message in output
    assert (drawn.root / "site" / name).read_text() == "# mine\n"


def test_the_finding_names_the_line_that_says_so(checklist: Draw) -> None:
    drawn = checklist({"public/x.py": "1\n"})
    assert drawn.complaints() == (
        "mkdocs.yml:4:1: output folder holds source, found 'public/x.py'; write 'site_dir: public'"
    )


def test_code_that_a_site_publishes_is_no_source(checklist: Draw) -> None:
    drawn = checklist({"content/examples/hello.py": "print('hello')\n"})
    drawn.build()
    drawn.build()
    assert (drawn.public / "examples/hello.py").is_file()


def test_magnets_among_the_pages_are_refused(checklist: Draw) -> None:
    drawn = checklist({"content/magnets/book/magnet.md": "---\ntitle: T\n---\n"})
    assert drawn.complaints() == (
        "mkdocs.yml:3:1: magnets/ is inside the folder of pages, found 'content'; "
        "write magnets/ beside content/, because all that is in it is public"
    )
