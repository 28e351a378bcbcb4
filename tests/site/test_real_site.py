"""A Material site that knows nothing of Gatepost takes it with one line and a folder; what it shows stays as it was."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from html.parser import HTMLParser
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
    # Translations have addresses of their own with Gatepost, and none without it.
    shutil.copytree(REPOSITORY / "content", target / "docs", ignore=shutil.ignore_patterns("*.de.md"))
    for page in (target / "docs").rglob("*.md"):
        text = page.read_text(encoding="utf-8").replace("/// offer", "/// note")
        # Keys that only Gatepost reads, and a picture of its own, with which a page gets no card. Tags are there, as on
        # many sites.
        own = r"^(?:image(?:_alt)?|redirect_from|related): .*\n"
        page.write_text(re.sub(own, "", text, flags=re.MULTILINE), encoding="utf-8")
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


def page_of(folder: Path, name: str) -> str:
    """Return a built page without what content/docs/site-files.md says that Gatepost adds to it, and no less."""
    html = (folder / name).read_text(encoding="utf-8")
    html = re.sub(r'<link rel="alternate " type="text/markdown" href="[^"]*">', "", html)
    if '<aside class="gatepost-related">' in html:
        html = re.sub(r'<aside class="gatepost-related">\n.*?</aside>\n', "", html, count=1, flags=re.DOTALL)
        html = re.sub(r'<link rel="stylesheet" href="(?:\.\./)*assets/gatepost\.css">', "", html, count=1)
    return html.replace(SCRIPT, "")


def pages_of(pair: Pair) -> list[str]:
    """Return the pages that were there before; that for wrong addresses is nobody's page."""
    pages = [name for name in files(pair.before) if name.endswith(".html") and name != "404.html"]
    assert len(pages) > 10
    return pages


def source_of(name: str, pair: Pair) -> str:
    """Return the front matter of the page behind a built file."""
    docs = next(folder for folder in (pair.before.parent / "site").iterdir() if (folder / "index.md").is_file())
    stem = docs / name.removesuffix("/index.html").removesuffix("index.html")
    found = next(path for path in (stem.with_suffix(".md"), stem / "index.md") if path.is_file())
    return found.read_text(encoding="utf-8").partition("\n# ")[0]


class _Head(HTMLParser):
    """Collects the elements of a <head>: (tag, what names it, its attributes, the text inside)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, str, tuple[tuple[str, str | None], ...], str]] = []
        self.feed(html.partition("<head>")[2].partition("</head>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = next((values[key] for key in ("name", "property", "rel", "type") if values.get(key)), "") or ""
        self.elements.append((tag, name, tuple(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.elements and data.strip():
            tag, name, attributes, text = self.elements[-1]
            self.elements[-1] = (tag, name, attributes, text + data)


#: What stands in a <head> instead of what the theme wrote there, and what is added.
REPLACED = {("title", ""), ("meta", "description"), ("link", "canonical")}
ADDED = {
    ("meta", "robots"),
    *(("meta", f"og:{name}") for name in ("type", "site_name", "title", "description", "url", "locale")),
    *(("meta", f"og:{name}") for name in ("image", "image:width", "image:height", "image:alt")),
    *(("meta", f"twitter:{name}") for name in ("card", "image:alt")),
    ("script", "application/ld+json"),
}
#: On pages whose writer names an author or a day: those are articles.
ADDED_TO_ARTICLES = {
    ("meta", "author"),
    *(("meta", f"article:{name}") for name in ("published_time", "modified_time", "author")),
    ("style", ""),
}
SHARE_LINKS = re.compile(rb'<nav class="gatepost-share".*?</nav>\n')


def is_article(folder: Path, name: str) -> bool:
    return b'content="article"' in (folder / name).read_bytes()


def test_a_head_is_as_it_was_but_for_what_search_engines_and_networks_read(pair: Pair) -> None:
    for name in pages_of(pair):
        before, after = (
            # One for each tag, on pages that have tags.
            [it for it in _Head(page_of(folder, name)).elements if it[:2] != ("meta", "article:tag")]
            for folder in (pair.before, pair.after)
        )
        added = ADDED | ADDED_TO_ARTICLES if is_article(pair.after, name) else ADDED
        kept = [it for it in before if it[:2] not in REPLACED | added]
        assert kept == [it for it in after if it[:2] not in REPLACED | added], name
        old = {it[:2] for it in before}
        new = {it[:2] for it in after} - old
        assert new - REPLACED == added - old, name
        named = [it[:2] for it in after if it[:2] in REPLACED | added]
        assert len(named) == len(set(named)), name


def test_every_page_names_its_twin_and_holds_the_search_back_and_those_with_tags_suggest_others(pair: Pair) -> None:
    twin = '<link rel="alternate " type="text/markdown" href="index.md">'
    for name in pages_of(pair):
        html = (pair.after / name).read_text(encoding="utf-8")
        assert (html.count(twin), html.count(SCRIPT)) == (1, 1), name
        assert ('<aside class="gatepost-related">' in html) == ("\ntags:" in source_of(name, pair)), name


#: Faults in the theme's HTML that are mended: nothing that anybody sees.
FAULTS = (
    (
        rb'(data-md-component="search" role="dialog"|<div class="md-search__inner" role="search")',
        rb'\1 aria-label="Search"',
    ),
    (rb'(type="checkbox" id="__(?:drawer|search)") autocomplete="off"', rb"\1"),
    (rb' tabindex=""', rb""),
    (
        rb' aria-labelledby="__nav_[\d_]+_label"( [^<>]*>\s*<label[^<]*<span[^<]*</span>\s*)([^<]+?)(?=\s*<)',
        rb' aria-label="\2"\1\2',
    ),
)
#: What a picture of the site is given.
PICTURE = rb"<picture>(?:<source [^>]*>)+(<img [^>]*>)</picture>"
SIZE_AND_ORDER = rb'(<img [^>]*?)(?: width="\d+")?(?: height="\d+")?(?: loading="lazy")?(?: decoding="async")?( ?/?>)'


def mended(html: bytes) -> bytes:
    """Return a page as it was built without Gatepost, its theme's faults mended."""
    for fault, better in FAULTS:
        html = re.sub(fault, better, html)
    return html if b'id="__toc"' in html else html.replace(b' for="__toc"', b"")


def unpictured(html: bytes) -> bytes:
    """Return a page as it was built with Gatepost, without what its pictures were given."""
    return re.sub(SIZE_AND_ORDER, rb"\1\2", re.sub(PICTURE, rb"\1", html))


def test_every_page_shows_what_it_showed_but_for_its_pictures_and_its_themes_faults(pair: Pair) -> None:
    for name in pages_of(pair):
        before, after = (page_of(folder, name).encode().partition(b"</head>") for folder in (pair.before, pair.after))
        assert before[2], name
        shown = SHARE_LINKS.sub(b"", after[2]) if is_article(pair.after, name) else after[2]
        assert unpictured(mended(before[2])) == unpictured(shown), name


def test_nothing_else_changes_but_what_lists_pages(pair: Pair) -> None:
    lists = {"sitemap.xml", "sitemap.xml.gz", "search/search_index.json"}
    same = {name for name in files(pair.before) - lists if not name.endswith(".html")}
    changed = [name for name in same if (pair.before / name).read_bytes() != (pair.after / name).read_bytes()]
    assert changed == []


def test_the_page_for_wrong_addresses_changes_in_its_text_alone(pair: Pair) -> None:
    start, end = mended(page_of(pair.before, "404.html").encode()).decode().split("<h1>404 - Not found</h1>")
    after = page_of(pair.after, "404.html").replace('<meta name="robots" content="noindex">', "", 1)
    assert after.startswith(start)
    assert after.endswith(end)


def test_what_gatepost_adds_is_this_and_no_more(pair: Pair) -> None:
    variants = re.compile(r".*\.\d+\.[0-9a-f]{8}\.(avif|webp)")
    added = {name for name in files(pair.after) - files(pair.before) if not variants.fullmatch(name)}
    pages = [name for name in files(pair.after) if name.endswith("index.html") and "thanks" not in name]
    cards = {name for name in added if name.startswith("assets/cards/") and name.endswith(".png")}
    twins = {name.removesuffix(".html") + ".md" for name in pages}
    assert len(cards) == len(pages)
    assert added - cards == twins | {
        "assets/gatepost.css",
        "get/checklist/index.html",
        "get/checklist/thanks/index.html",
        "llms.txt",
        "robots.txt",
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
