"""Pages share what their navigations have in common, and each looks as if its own had been made for it alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import material  # type: ignore[import-untyped]
import pytest

from gatepost_site.plugin import build_site
from gatepost_site.speed.navigation import Remembered, is_known
from tests.site.speed.test_same_bytes import CONFIG, assert_same, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

#: A page with pages below it, folders in folders, a link elsewhere, one within, and a page that stands there twice.
NAV = """\
nav:
  - index.md
  - Guides:
      - guides/index.md
      - guides/one.md
      - guides/two.md
      - Deep:
          - guides/deep/three.md
          - guides/deep/four.md
          - Elsewhere: https://elsewhere.example/
          - Within: ../../other/five/
  - Other:
      - other/five.md
      - Again: guides/one.md
  - alone.md
"""
PAGES = ("index", "guides/index", "guides/one", "guides/two", "guides/deep/three", "guides/deep/four", "other/five")


def test_this_release_of_material_has_the_navigation_that_is_known() -> None:
    """When it has not, look what its macro `render` depends on now, and add the release."""
    assert is_known((Path(material.__file__).parent / "templates/partials/nav-item.html").read_text("utf-8"))


@pytest.mark.parametrize(
    ("features", "more"),
    [
        ("navigation.prune", ""),
        ("navigation.prune, navigation.indexes, navigation.tabs", ""),
        ("navigation.sections, navigation.expand", ""),
        ("navigation.tabs, navigation.sections, navigation.indexes", "use_directory_urls: false\n"),
    ],
)
def test_pages_are_as_they_are_without_sharing(draw: Draw, features: str, more: str) -> None:
    files: dict[str, str | bytes] = {
        f"content/{name}.md": f"---\nicon: material/home\nstatus: new\n---\n# {name}\n" for name in (*PAGES, "alone")
    }
    config = CONFIG.replace("  custom_dir: overrides\n", f"  features: [{features}]\n").replace("  - blog\n", "")
    config = config.replace("  - tags\n", "").replace("  - pymdownx.snippets: {base_path: [content, parts]}\n", "")
    drawn = draw({**files, "mkdocs.yml": config + more + NAV})
    drawn.build()
    shared = tree(drawn.public)
    build_site(drawn.root, cache=False)
    assert_same(shared, tree(drawn.public), features)


def test_what_was_made_for_a_page_is_taken_for_the_page_beside_it() -> None:
    class Item:
        active = False
        is_link = False
        children = ()

        def __init__(self, url: str) -> None:
            self.url = url

    made = []
    items = [Item(url) for url in ("", "a/", "a/b/", "a/c/", "a/d/")]
    config = object()
    remembered = Remembered(config, items)

    def fresh(item: Item, *_: object) -> str:
        made.append(item.url)
        return item.url

    for page in items[2:]:
        remembered(fresh, items[0], "__nav_1", 1, None, page, config, ["x"])
    # A page that others lie below sees them at other addresses.
    remembered(fresh, items[0], "__nav_1", 1, None, items[1], config, ["x"])
    assert made == ["", ""]
