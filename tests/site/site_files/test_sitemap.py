"""sitemap.xml lists exactly the pages that search engines may list, and says only what is true of them."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from gatepost_site.site_files import sitemap
from gatepost_site.site_files.sitemap import write_sitemap
from tests.site.conftest import CONFIG
from tests.site.site_files.conftest import BLOG, page, site_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest

    from gatepost_site.project import Project
    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]
    Written = Callable[..., str]

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def addresses(text: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(text).iter(f"{SITEMAP}loc")]


def test_pages_stand_in_it_by_address_with_the_day_of_their_last_change(written: Written) -> None:
    site = site_with(page("b.md", updated=1_700_000_000), page("index.md"), page("a & b.md"))
    text = written(write_sitemap, site, "sitemap.xml")
    assert addresses(text) == ["https://example.com/", "https://example.com/a%20&%20b/", "https://example.com/b/"]
    assert re.findall(r"<lastmod>(.*?)</lastmod>", text) == ["2023-11-14"]


def test_hidden_pages_and_those_that_stand_for_others_are_left_out(written: Written) -> None:
    site = site_with(
        page("index.md"),
        page("a.md", meta={"robots": "noindex, follow"}),
        page("b.md", meta={"robots": "none"}),
        page("c.md", meta={"canonical": "https://elsewhere.example/c/"}),
        page("d.md", meta={"canonical": "d/", "robots": "max-image-preview:none"}),
        page("get/x/thanks/index.md", kind="thanks"),
    )
    assert addresses(written(write_sitemap, site, "sitemap.xml")) == ["https://example.com/", "https://example.com/d/"]


def test_own_pictures_are_named_and_those_of_others_are_not(written: Written) -> None:
    content = (
        '<img alt="a > b" src="../img/a.png"><img src="../img/a.png#only-light"><img src="https://other.example/b.png">'
        '<img src="data:image/png;base64,AAAA"><img loading="lazy" src="/img/b&amp;c.png">'
    )
    text = written(write_sitemap, site_with(page("text.md", content=content)), "sitemap.xml")
    assert re.findall(r"<image:loc>(.*?)</image:loc>", text) == [
        "https://example.com/img/a.png", "https://example.com/img/b&amp;c.png",
    ]  # fmt: skip


def test_translations_name_each_other_and_hidden_ones_are_named_by_nobody(written: Written) -> None:
    pages = [
        page("seo.md"),
        page("seo.de.md", language="de"),
        page("seo.fr.md", language="fr", meta={"robots": "noindex"}),
    ]
    text = written(write_sitemap, site_with(*pages, page("alone.md")), "sitemap.xml")
    for entry in ET.fromstring(text):
        found = {link.get("hreflang"): link.get("href") for link in entry.iter(f"{XHTML}link")}
        alone = "alone" in (entry.findtext(f"{SITEMAP}loc") or "")
        both = {"de": "https://example.com/seo.de/", "en": "https://example.com/seo/"}
        assert found == ({} if alone else both)


def test_over_fifty_thousand_addresses_become_an_index_and_numbered_files(written: Written, project: Project) -> None:
    site = site_with(*(page(f"{number}.md") for number in range(50_001)))
    names = addresses(written(write_sitemap, site, "sitemap.xml"))
    assert names == ["https://example.com/sitemap-1.xml", "https://example.com/sitemap-2.xml"]
    parts = [addresses((project.public / f"sitemap-{number}.xml").read_text()) for number in (1, 2)]
    assert [len(part) for part in parts] == [50_000, 1]
    assert len(set(parts[0] + parts[1])) == 50_001


def test_a_file_never_grows_beyond_what_search_engines_read(
    written: Written, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "MAX_BYTES", 3_000)
    names = addresses(written(write_sitemap, site_with(*(page(f"{n}.md") for n in range(100))), "sitemap.xml"))
    assert len(names) > 1
    assert all((project.public / name.rpartition("/")[2]).stat().st_size <= 3_000 for name in names)


def test_the_compressed_copy_has_the_same_content_and_no_date_inside(draw: Draw) -> None:
    drawn = draw({})
    drawn.build()
    packed = (drawn.public / "sitemap.xml.gz").read_bytes()
    assert gzip.decompress(packed) == (drawn.public / "sitemap.xml").read_bytes()
    assert packed[4:8] == bytes(4)


def test_what_the_front_matter_says_of_the_last_change_is_true(draw: Draw) -> None:
    drawn = draw(
        {
            "mkdocs.yml": BLOG,
            "content/a.md": "---\nupdated: 2024-05-06\ndate: 2020-01-01\n---\n# A\n",
            "content/b.md": "---\ndate: 2020-01-01\n---\n# B\n",
            "content/blog/index.md": "# Blog\n",
            "content/blog/posts/c.md": "---\ndate:\n  created: 2021-01-01\n  updated: 2022-02-02\n---\n# C\n",
        }
    )
    drawn.build()
    text = (drawn.public / "sitemap.xml").read_text()
    found = dict(re.findall(r"<loc>https://example.com/(.*?)</loc><lastmod>(.*?)</lastmod>", text))
    assert found["a/"] == "2024-05-06"
    assert found["b/"] == "2020-01-01"
    assert found["blog/2021/01/01/c/"] == "2022-02-02"
    # Nobody wrote the blog's archive: its file is as old as the build.
    assert "<loc>https://example.com/blog/archive/2021/</loc></url>" in text


def test_the_one_of_mkdocs_stays_when_it_is_wanted_or_nobody_knows_the_sites_address(draw: Draw) -> None:
    off = draw({"mkdocs.yml": CONFIG.replace("- gatepost", "- gatepost: {sitemap: false}")})
    off.build()
    assert "xmlns:image" not in (off.public / "sitemap.xml").read_text()
    own = draw({"mkdocs.yml": CONFIG, "content/sitemap.xml": "<urlset/>"})
    own.build()
    assert "xmlns:image" not in (own.public / "sitemap.xml").read_text()
