"""A page that has moved is still found at its old address, and nothing that is there is overwritten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gatepost_site.project import Project, read_manifest
from gatepost_site.site_files.moved_files import moved_page, nginx_text, redirects_text
from gatepost_site.site_files.moves import moved
from tests.site.site_files.conftest import page, site_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]


def moved_from(*old: str) -> str:
    entries = "\n".join(f'  - "{entry}"' for entry in old)
    return f"---\nredirect_from:\n{entries}\n---\n# Moved\n"


WRITTEN = {
    "old/page/": "old/page/", "/old/page": "old/page/", "old.html": "old.html", "old/page.md": "old/page/",
    "old/index.md": "old/", "old/index.html": "old/", "old.php": "old.php/", "über/uns/": "über/uns/",
}  # fmt: skip


@pytest.mark.parametrize(("written", "path"), WRITTEN.items())
def test_an_old_address_may_be_written_as_one_knows_it(written: str, path: str) -> None:
    assert moved(site_with(page("new.md", meta={"redirect_from": written}))) == {path: "new/"}


def test_a_page_at_the_old_address_leads_on(draw: Draw) -> None:
    drawn = draw({"content/docs/new.md": moved_from("old/a/", "b.html")})
    drawn.build()
    for file, target in (("old/a/index.html", "../../docs/new/"), ("b.html", "docs/new/")):
        html = (drawn.public / file).read_text(encoding="utf-8")
        assert f'<meta http-equiv="refresh" content="0; url={target}">' in html
        assert f'<a href="{target}">' in html
        assert '<link rel="canonical" href="https://example.com/docs/new/">' in html
        assert '<meta name="robots" content="noindex">' in html
        assert f'location.replace("{target}"+location.search+location.hash)' in html
    assert "old" not in (drawn.public / "sitemap.xml").read_text()
    assert read_manifest_of(drawn) == {"b.html": "docs/new/", "old/a/": "docs/new/"}


def read_manifest_of(drawn: Drawn) -> dict[str, str]:
    return read_manifest(Project.at(drawn.root)).moved


def test_the_home_page_can_be_led_to_and_a_title_is_escaped() -> None:
    home = page("index.md", title="<Home> & more", meta={"redirect_from": ["a/b/"]})
    html = moved_page("a/b/index.html", home, site_with(home))
    assert 'url=../../">' in html
    assert "<title>&lt;Home&gt; &amp; more</title>" in html


def test_a_page_in_another_language_says_so_in_it() -> None:
    german = page("neu.de.md", language="de", meta={"redirect_from": ["alt/"]})
    html = moved_page("alt/index.html", german, site_with(german))
    assert '<html lang="de">' in html
    assert "Diese Seite ist umgezogen" in html


def test_hosts_and_nginx_are_told(draw: Draw) -> None:
    drawn = draw({"content/new.md": moved_from("old/", "b.html"), "content/_redirects": "/mine /new/ 302"})
    drawn.build()
    lines = [line for line in (drawn.public / "_redirects").read_text().splitlines() if not line.startswith("#")]
    assert lines == [
        "/mine /new/ 302",
        "/b.html /new/ 301!", "/b.html /new/ 301",
        "/old/ /new/ 301!", "/old/ /new/ 301", "/old /new/ 301",
    ]  # fmt: skip
    assert '"/old" "/new/";' in (drawn.public / "redirects.map").read_text()


def test_a_site_below_a_path_says_so_in_its_rules_and_encodes_what_must_be() -> None:
    site = site_with(page("neu.md", url="%C3%BCber/", meta={"redirect_from": ["früher/"]}), url="https://e.org/sub/")
    assert "/sub/fr%C3%BCher/ /sub/%C3%BCber/ 301\n" in redirects_text(site)
    assert '"/sub/früher/" "/sub/%C3%BCber/";\n' in nginx_text(site)


def test_every_old_address_of_the_example_leads_to_a_page_that_is_there(example: Drawn) -> None:
    lines = (example.public / "redirects.map").read_text(encoding="utf-8").splitlines()
    entries = [re.fullmatch(r'"(/[^"\\]*)" "(/[^"\\$\s]*)";', line) for line in lines if not line.startswith("#")]
    moved = {entry[1]: entry[2] for entry in entries if entry}
    assert len(moved) == len(entries)
    assert {"/landing-page-tests/", "/landing-page-tests", "/ab-tests.html"} <= moved.keys()
    assert all((example.public / new.lstrip("/") / "index.html").is_file() for new in moved.values())
    rules = (example.public / "_redirects").read_text(encoding="utf-8").splitlines()
    assert {tuple(rule.split()) for rule in rules if rule.endswith(" 301")} == {
        (old, new, "301") for old, new in moved.items()
    }


def test_what_means_something_to_a_server_is_written_so_that_it_does_not() -> None:
    site = site_with(page("p.md", url="pri$e/", meta={"redirect_from": ["a/:splat/", "b$c/"]}))
    assert "/a/%3Asplat/ /pri$e/ 301\n" in redirects_text(site)
    # nginx takes no variable from the left side of a map.
    assert '"/b$c/" "/pri%24e/";\n' in nginx_text(site)


def test_a_name_that_no_file_may_have_is_refused(draw: Draw) -> None:
    complaints = draw({"content/a.md": moved_from("fine/", f"{'ü' * 128}/")}).complaints()
    assert complaints.startswith("content/a.md:4:5: 'redirect_from': name is too long, found 'üü")
    assert complaints.endswith("; write at most 255 letters between two slashes: a file with its name is made")


def test_a_site_without_moves_has_none_of_these_files(draw: Draw) -> None:
    drawn = draw({})
    drawn.build()
    assert not {"_redirects", "redirects.map"} & {file.name for file in drawn.public.iterdir()}


IN_THE_WAY = (
    "'redirect_from': would stand in the way of what is there, found '{}', which is {}; "
    "write another address, or remove what is there"
)
MISTAKES = {
    "a page stands there": (
        {"content/b.md": "# B\n"}, "b/",
        IN_THE_WAY.format("b/", "b.md"),
    ),
    "a page stands there that is written in other letters": (
        {"content/b.md": "# B\n"}, "B/",
        IN_THE_WAY.format("B/", "b.md"),
    ),
    "a file stands there": (
        {"content/b.html": "<p>"}, "b.html",
        IN_THE_WAY.format("b.html", "b.html"),
    ),
    "it is the page's own": (
        {}, "/a", "'redirect_from': leads to itself, found '/a'; write only addresses that the page no longer has",
    ),
    "another page claims it": (
        {"content/Z.md": "---\nredirect_from: old\n---\n# Z\n"}, "old/",
        "'redirect_from': claimed by two pages, found 'old/', also in Z.md; write it in one of them",
    ),
}  # fmt: skip
BAD = ["../up/", "a//b", "https://example.com/a/", "a b/", "a?b=c", "a/#b", "", "/", "a\\\\b", "*/x"]


@pytest.mark.parametrize(("files", "old", "complaint"), MISTAKES.values(), ids=MISTAKES)
def test_what_cannot_be_an_old_address_is_said_with_its_line(
    draw: Draw, files: dict[str, str | bytes], old: str, complaint: str
) -> None:
    drawn = draw({**files, "content/a.md": moved_from("fine/", old)})
    assert drawn.complaints() == f"content/a.md:4:5: {complaint}"
    assert not drawn.public.exists()


@pytest.mark.parametrize("old", BAD)
def test_what_is_no_path_of_the_site_is_refused(draw: Draw, old: str) -> None:
    complaints = draw({"content/a.md": moved_from(old)}).complaints()
    found = old.replace("\\\\", "\\")
    assert complaints == (
        f"content/a.md:3:5: 'redirect_from': not a path of this site, found '{found}'; "
        "write a path below the site, as in 'old/page/'"
    )


def test_two_pages_that_claim_each_others_address_are_both_told(draw: Draw) -> None:
    complaints = draw({"content/a.md": moved_from("b/"), "content/b.md": moved_from("a/")}).complaints()
    assert re.findall(r"^content/(\w)\.md:3:5: .* which is (\w)\.md", complaints, re.MULTILINE) == [
        ("a", "b"),
        ("b", "a"),
    ]


def test_one_page_that_says_it_twice_is_told(draw: Draw) -> None:
    assert (
        "content/a.md:4:5: 'redirect_from': stands twice" in draw({"content/a.md": moved_from("x/", "x")}).complaints()
    )
