"""A Material site that knows nothing of Gatepost takes it with one line and a folder; its pages stay as they were."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import MAGNET, PDF, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE = "- gatepost"


@dataclass(frozen=True)
class Pair:
    """One site, built without Gatepost and with it."""

    before: Path
    after: Path


def _foreign_site(target: Path) -> None:
    """Put a Material site there: a real one that is at hand, else one of this repository's pages and usual settings."""
    real = Path(os.environ.get("GATEPOST_REAL_SITE") or REPOSITORY.parent / "shared" / "real-site")
    if real.is_dir():
        shutil.copytree(real, target, copy_function=shutil.copyfile)
        return
    # Translations have addresses of their own with Gatepost, and none without it.
    shutil.copytree(REPOSITORY / "content", target / "docs", ignore=shutil.ignore_patterns("*.de.md"))
    for page in (target / "docs").rglob("*.md"):
        page.write_text(page.read_text(encoding="utf-8").replace("/// offer", "/// note"), encoding="utf-8")
    config = "site_name: Foreign\nsite_url: https://foreign.example/\ntheme: {name: material, font: false}\n"
    (target / "mkdocs.yml").write_text(f"{config}markdown_extensions: [admonition, attr_list, md_in_html]\n")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, mkdocs: Callable[..., tuple[int, str]]) -> Pair:
    root = tmp_path_factory.mktemp("foreign") / "site"
    _foreign_site(root)
    root.chmod(0o755)
    assert mkdocs("build", root, "--site-dir", "../before")[0] == 0
    config = (root / "mkdocs.yml").read_text(encoding="utf-8")
    assert "plugins:" not in config
    (root / "mkdocs.yml").write_text(f"{config}\nplugins:\n  - search\n  {_LINE}\n", encoding="utf-8")
    folder = root / "magnets" / "checklist"
    folder.mkdir(parents=True)
    (folder / "magnet.md").write_text(MAGNET, encoding="utf-8")
    (folder / "checklist.pdf").write_bytes(PDF)
    code, output = mkdocs("build", root, "--site-dir", "../after")
    assert code == 0, output
    return Pair(root.parent / "before", root.parent / "after")


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_page_is_as_it_was_to_the_byte(pair: Pair) -> None:
    pages = [name for name in files(pair.before) if name.endswith(".html")]
    assert len(pages) > 10
    changed = [name for name in pages if (pair.before / name).read_bytes() != (pair.after / name).read_bytes()]
    assert changed == []


def test_nothing_else_changes_but_what_lists_pages(pair: Pair) -> None:
    lists = {"sitemap.xml", "sitemap.xml.gz", "search/search_index.json"}
    same = files(pair.before) - lists
    changed = [name for name in same if (pair.before / name).read_bytes() != (pair.after / name).read_bytes()]
    assert changed == []


def test_what_gatepost_adds_is_this_and_no_more(pair: Pair) -> None:
    assert files(pair.after) - files(pair.before) == {
        "assets/gatepost.css",
        "get/checklist/index.html",
        "get/checklist/thanks/index.html",
    }
    assert files(pair.before) <= files(pair.after)


def test_the_landing_page_takes_addresses(pair: Pair) -> None:
    html = (pair.after / "get/checklist/index.html").read_text(encoding="utf-8")
    assert "<h1>The Checklist</h1>" in html
    assert 'action="/f/checklist"' in html


def test_the_sitemap_gains_the_landing_page_and_no_more(pair: Pair) -> None:
    def addresses(folder: Path) -> list[str]:
        return re.findall(r"<loc>(.*?)</loc>", (folder / "sitemap.xml").read_text(encoding="utf-8"))

    added = set(addresses(pair.after)) - set(addresses(pair.before))
    assert len(added) == 1
    assert added.pop().endswith("/get/checklist/")
    assert len(addresses(pair.after)) == len(addresses(pair.before)) + 1
