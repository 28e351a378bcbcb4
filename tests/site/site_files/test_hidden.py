"""A page that is not to be found is in no list, whatever the list."""

from __future__ import annotations

import json

import pytest

from tests.site.conftest import MAGNET, PDF, Drawn
from tests.site.site_files.conftest import BLOG

#: Stands in each page that is not to be found, and in no other.
SECRET = "Xylophagous"
HIDDEN = f"---\ntitle: {SECRET}\ntags: [x]\nrobots: noindex\n---\n# {SECRET}\n\nText on {SECRET}.\n"
POST = "---\ndate: 2024-01-0{}\ntags: [x]\n{}---\n# Post\n\nText.\n"
SITE: dict[str, str | bytes] = {
    "mkdocs.yml": BLOG,
    "content/hidden.md": HIDDEN,
    "content/open.md": "---\ntags: [x]\n---\n# Open\n\nText.\n",
    "content/blog/index.md": "# Blog\n",
    "content/blog/posts/a.md": POST.format(1, ""),
    "content/blog/posts/b.md": POST.format(2, f"title: {SECRET}\nslug: hidden-post\nrobots: noindex\n"),
    "magnets/checklist/magnet.md": MAGNET.replace("---\n\n", f"thanks: Thank you for {SECRET}.\n---\n\n"),
    "magnets/checklist/checklist.pdf": PDF,
}
LISTS = ["sitemap.xml", "feed.xml", "feed.json", "llms.txt", "search/search_index.json"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    drawn = Drawn(tmp_path_factory.mktemp("hidden"))
    for path, content in (SITE | {"content/index.md": "# Home\n"}).items():
        target = drawn.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    drawn.build()
    return drawn


@pytest.mark.parametrize("name", LISTS)
def test_no_list_knows_what_is_hidden(built: Drawn, name: str) -> None:
    text = (built.public / name).read_text(encoding="utf-8")
    assert SECRET not in text
    for path in ("hidden/", "hidden-post", "get/checklist/thanks"):
        assert path not in text


def test_there_is_no_twin_of_it_and_no_other_page_suggests_it(built: Drawn) -> None:
    twins = {file.relative_to(built.public).parent.as_posix() for file in built.public.rglob("*.md")}
    assert twins == {".", "open", "blog/2024/01/01/post", "get/checklist"}
    related = built.page("open").partition('<aside class="gatepost-related">')[2].partition("</aside>")[0]
    assert "blog/2024/01/01/post/" in related
    assert "hidden" not in related


def test_the_page_for_wrong_addresses_does_not_lead_there(built: Drawn) -> None:
    # Beside its text stands the theme's navigation, which shows what the site's owner wants shown.
    text = (built.public / "404.html").read_text(encoding="utf-8").partition("<h1>")[2].partition("</article>")[0]
    assert '<li><a href="/open/">Open</a></li>' in text
    assert SECRET not in text


def test_the_pages_themselves_are_there(built: Drawn) -> None:
    assert SECRET in built.page("hidden")
    assert SECRET in built.page("blog/2024/01/02/hidden-post")
    assert SECRET in built.page("get/checklist/thanks")
    assert "text/markdown" not in built.page("hidden")


def test_what_is_not_hidden_is_in_every_list(built: Drawn) -> None:
    assert "https://example.com/open/" in (built.public / "sitemap.xml").read_text()
    assert "https://example.com/open/index.md" in (built.public / "llms.txt").read_text()
    index = json.loads((built.public / "search/search_index.json").read_text())
    assert {"open/", "blog/2024/01/01/post/", "get/checklist/"} <= {entry["location"] for entry in index["docs"]}
