"""The feeds are what RFC 4287 and JSON Feed 1.1 ask for, and hold the posts in full."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from gatepost_site.site_files.feeds import feeds_of, write_feeds
from gatepost_site.site_files.readable import readable
from tests.site.site_files.conftest import page, site_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepost_site.project import Project
    from gatepost_site.site_pages import SitePage
    from tests.site.conftest import Drawn

    Written = Callable[..., str]

ATOM = "{http://www.w3.org/2005/Atom}"


def post(name: str, day: date, **facts: Any) -> SitePage:
    usual = {"kind": "post", "published": day, "title": name, "content": f"<p>{name}</p>"}
    return page(f"blog/posts/{name}.md", **{"url": f"blog/{name}/", **usual, **facts})


def check_atom(feed: ET.Element) -> None:
    """Hold a feed to the rules of RFC 4287, sections 4.1.1 and 4.1.2, and of what its elements hold."""
    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang")
    for element, once in (
        (feed, ("id", "title", "updated")),
        *((e, ("id", "title", "updated", "published", "content")) for e in feed.iter(f"{ATOM}entry")),
    ):
        for name in once:
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        for name in ("updated", "published"):
            for found in element.findall(f"{ATOM}{name}"):
                assert datetime.fromisoformat(found.text or "").tzinfo
        assert re.match(r"https?://[^/]+/", element.findtext(f"{ATOM}id") or "")
        # At most one link of a kind, and each one complete.
        links = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in element.findall(f"{ATOM}link")]
        assert len(links) == len(set(links))
        assert all(urlsplit(link.get("href") or "").netloc for link in element.findall(f"{ATOM}link"))
    entries = list(feed.iter(f"{ATOM}entry"))
    assert all(entry.find(f"{ATOM}author") is not None for entry in entries) or feed.find(f"{ATOM}author") is not None
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    assert all(name.text for name in feed.iter(f"{ATOM}name"))
    assert all(category.get("term") for category in feed.iter(f"{ATOM}category"))
    assert [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]


class Links(HTMLParser):
    """Collects tags and addresses of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name in {"href", "src"}]


def test_the_examples_feeds_are_valid_and_complete(example: Drawn) -> None:
    feed = ET.fromstring((example.public / "feed.xml").read_text(encoding="utf-8"))
    check_atom(feed)
    whole = json.loads((example.public / "feed.json").read_text(encoding="utf-8"))
    assert whole["version"] == "https://jsonfeed.org/version/1.1"
    assert whole["feed_url"] == "https://gatepost.example/feed.json"
    entries = list(feed.iter(f"{ATOM}entry"))
    assert len(entries) == len(whole["items"]) == len(list((example.root / "content/blog/posts").glob("*.md")))
    for entry, item in zip(entries, whole["items"], strict=True):
        assert item["id"] == entry.findtext(f"{ATOM}id")
        assert item["content_html"] == entry.findtext(f"{ATOM}content")
        assert datetime.fromisoformat(item["date_published"]).tzinfo
        assert len(item["content_html"]) > 2_000
        content = Links(item["content_html"])
        assert all(re.match(r"https?://|mailto:", link) for link in content.found)
        assert not content.tags & {"form", "script", "style", "h1", "svg", "button"}
        assert "gatepost-link:" not in item["content_html"]


@pytest.mark.parametrize("path", [".", "blog", "blog/2026/11/03/rehearse-before-you-send", "blog/category/email"])
def test_pages_of_the_blog_and_the_home_page_name_the_feeds(example: Drawn, path: str) -> None:
    up = "../" * (0 if path == "." else path.count("/") + 1)
    html = example.page(path)
    assert f'type="application/atom+xml" title="Gatepost" href="{up}feed.xml">' in html
    assert f'type="application/feed+json" title="Gatepost" href="{up}feed.json">' in html


def test_other_pages_do_not(example: Drawn) -> None:
    assert "feed.xml" not in example.page("seo")
    assert "feed.xml" not in example.page("get/nurturing-playbook")


def test_the_newest_thirty_come_newest_first(written: Written) -> None:
    posts = [post(f"p{n:02}", date(2024, 1, 1 + n % 28)) for n in range(40)]
    feed = ET.fromstring(written(write_feeds, site_with(*posts), "feed.xml"))
    days = [element.text for element in feed.iter(f"{ATOM}published")]
    assert len(days) == 30
    assert days == sorted(days, key=str, reverse=True)


def test_hidden_posts_are_in_no_feed_and_without_posts_there_is_none(project: Project) -> None:
    hidden = post("a", date(2024, 1, 1), meta={"robots": "noindex"})
    write_feeds(site_with(page("index.md"), hidden), project.public, project)
    assert list(project.public.iterdir()) == []


def test_languages_have_feeds_of_their_own() -> None:
    posts = [post("a", date(2024, 1, 1)), post("b", date(2024, 1, 2), language="de")]
    assert [(feed.name, [p.title for p in feed.posts]) for feed in feeds_of(site_with(*posts))] == [
        ("feed.de", ["b"]), ("feed", ["a"]),
    ]  # fmt: skip


def test_a_post_that_moved_keeps_its_first_address_as_its_name(written: Written) -> None:
    moved = post("new", date(2024, 1, 1), meta={"redirect_from": ["first/", "second/"]})
    feed = ET.fromstring(written(write_feeds, site_with(moved), "feed.xml"))
    entry = next(feed.iter(f"{ATOM}entry"))
    assert entry.findtext(f"{ATOM}id") == "https://example.com/first/"
    assert [link.get("href") for link in entry.findall(f"{ATOM}link")] == ["https://example.com/blog/new/"]


def test_whatever_a_title_holds_the_feed_stays_well_formed(written: Written, project: Project) -> None:
    odd = post("a", date(2024, 1, 1), title='<b>&amp; \x0b "quoted" ]]>', content="<p>\x08&nbsp;&lt;ok&gt; &#233;</p>")
    feed = ET.fromstring(written(write_feeds, site_with(odd), "feed.xml"))
    entry = next(feed.iter(f"{ATOM}entry"))
    assert entry.findtext(f"{ATOM}title") == '<b>&amp;  "quoted" ]]>'
    assert entry.findtext(f"{ATOM}content") == "<p>\xa0&lt;ok&gt; é</p>"
    assert json.loads((project.public / "feed.json").read_text())["items"][0]["title"] == '<b>&amp;  "quoted" ]]>'


def test_a_writers_own_feed_stays(project: Project) -> None:
    (project.content / "feed.xml").write_text("<feed/>")
    write_feeds(site_with(post("a", date(2024, 1, 1))), project.public, project)
    assert [file.name for file in project.public.iterdir()] == ["feed.json"]


READABLE = {
    "the title is left out, a second is not": ("<h1 id='a'>T</h1><p>x</p><h1>U</h1>", "<p>x</p><h1>U</h1>"),
    "links become complete": ('<a href="../b/#c">b</a>', '<a href="https://e.org/b/#c">b</a>'),
    "so do the sources of pictures": (
        '<img class="k" srcset="a.png 1x, b.png 2x" alt="A &amp; B">',
        '<img srcset="https://e.org/p/a.png 1x, https://e.org/p/b.png 2x" alt="A &amp; B">',
    ),
    "marks to link to a heading are left out": (
        '<h2 id="x">X<a class="headerlink" href="#x">¶</a></h2>',
        '<h2 id="x">X</h2>',
    ),
    "a form becomes a link": (
        '<aside><form action="/f/x"><p><input name="email"></p></form>z</aside>',
        '<aside>[/f/x]z</aside>',
    ),
    "scripts, styles and comments are left out": (
        'a<script>if (a<b) c()</script><style>p{}</style><!-- more -->b',
        'ab',
    ),
    "pictures inside words are left out": ('<span class="twemoji"><svg><path d="M0"/></svg></span>x', "<span></span>x"),
    "nested elements of a kind end together": ("<template><template>a</template>b</template>c", "c"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), READABLE.values(), ids=READABLE)
def test_what_readers_elsewhere_get(content: str, expected: str) -> None:
    assert readable(content, here="https://e.org/p/", offer=lambda action: f"[{action}]") == expected
