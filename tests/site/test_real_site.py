"""A Material site that knows nothing of Gatepost takes it with one line and a folder; its pages stay as they were."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gatepost_site.site_files.lazy_search import SCRIPT
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
    shutil.copytree(REPOSITORY / "content", target / "docs")
    for page in (target / "docs").rglob("*.md"):
        text = page.read_text(encoding="utf-8").replace("/// offer", "/// note")
        # Keys that only Gatepost reads; tags are there, as on many sites.
        page.write_text(re.sub(r"^(?:redirect_from|related): .*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
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


def without_what_is_added(html: str) -> str:
    """Take out of a page exactly what content/docs/site-files.md says that Gatepost adds to it."""
    html = re.sub(r'<link rel="alternate " type="text/markdown" href="[^"]*">', "", html)
    if '<aside class="gatepost-related">' in html:
        html = re.sub(r'<aside class="gatepost-related">\n.*?</aside>\n', "", html, count=1, flags=re.DOTALL)
        html = re.sub(r'<link rel="stylesheet" href="(?:\.\./)*assets/gatepost\.css">', "", html, count=1)
    return html.replace(SCRIPT, "")


def source_of(name: str, pair: Pair) -> str:
    """Return the front matter of the page behind a built file."""
    docs = next(folder for folder in (pair.before.parent / "site").iterdir() if (folder / "index.md").is_file())
    stem = docs / name.removesuffix("/index.html").removesuffix("index.html")
    found = next(path for path in (stem.with_suffix(".md"), stem / "index.md") if path.is_file())
    return found.read_text(encoding="utf-8").partition("\n# ")[0]


def test_every_page_is_as_it_was_to_the_byte_but_for_what_is_said_to_be_added(pair: Pair) -> None:
    pages = [name for name in files(pair.before) if name.endswith(".html") and name != "404.html"]
    assert len(pages) > 10
    for name in pages:
        before, after = ((folder / name).read_text(encoding="utf-8") for folder in (pair.before, pair.after))
        assert without_what_is_added(before) == before, name
        assert without_what_is_added(after) == before, name
        # Only what has tags has related pages; the others are on every page, once.
        assert ('<aside class="gatepost-related">' in after) == ("tags:" in source_of(name, pair)), name
        assert after.count(SCRIPT) == after.count('<link rel="alternate " type="text/markdown" href="index.md">') == 1


def test_nothing_else_changes_but_what_lists_pages(pair: Pair) -> None:
    lists = {"sitemap.xml", "sitemap.xml.gz", "search/search_index.json", "404.html"}
    same = {name for name in files(pair.before) - lists if not name.endswith(".html")}
    changed = [name for name in same if (pair.before / name).read_bytes() != (pair.after / name).read_bytes()]
    assert changed == []


def test_the_page_for_wrong_addresses_changes_in_its_text_alone(pair: Pair) -> None:
    before, after = ((folder / "404.html").read_text(encoding="utf-8") for folder in (pair.before, pair.after))
    start, end = before.split("<h1>404 - Not found</h1>")
    assert without_what_is_added(after).replace('<meta name="robots" content="noindex">', "", 1).startswith(start)
    assert after.endswith(end)


def test_what_gatepost_adds_is_this_and_no_more(pair: Pair) -> None:
    twins = {name.removesuffix(".html") + ".md" for name in files(pair.before) if name.endswith("index.html")}
    added = {
        "assets/gatepost.css",
        "get/checklist/index.html",
        "get/checklist/index.md",
        "get/checklist/thanks/index.html",
        "llms.txt",
        "robots.txt",
    }
    # A site below a path of its host has no robots.txt, because no robot would look for it there.
    assert files(pair.after) - files(pair.before) | {"robots.txt"} == added | twins
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
