"""What the audit finds in the built site, which has to be there and to be newer than its sources."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gatepost_site.documents import shown
from tests.site.audit.conftest import look
from tests.site.conftest import PDF

if TYPE_CHECKING:
    from tests.site.audit.conftest import Draw
    from tests.site.conftest import Drawn

HEAD = '<head>\n<link rel="canonical" href="{}">\n{}</head>'
HERE = '<link rel="alternate" hreflang="{}" href="{}">\n'
SITE = "https://example.com/"


def built(draw: Draw, pages: dict[str, str]) -> Drawn:
    """Build a site, and put other pages into it."""
    drawn = draw({})
    drawn.build()
    (drawn.public / "index.html").unlink()
    for name, html in pages.items():
        target = drawn.public / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8")
    return drawn


def lines(drawn: Drawn, rule: str) -> list[str]:
    return [str(finding) for finding in look(drawn, rule).findings]


def test_canonical_addresses_name_pages(draw: Draw) -> None:
    drawn = built(
        draw,
        {
            "a/index.html": "<head></head>",
            "b/index.html": HEAD.format(f"{SITE}gone/", HEAD.format(f"{SITE}b/", "")),
            "c/index.html": HEAD.format("/c/", ""),
            "good/index.html": HEAD.format(f"{SITE}good/", ""),
            "copy/index.html": HEAD.format("https://elsewhere.example/", ""),
            "hidden/index.html": '<head><meta name="robots" content="noindex"></head>',
            "moved/index.html": '<head><meta http-equiv="refresh" content="0; url=../good/"></head>',
            "404.html": "<head></head>",
        },
    )
    assert lines(drawn, "canonical") == [
        "public/a/index.html:1:1: page without a canonical address; write 'https://example.com/a/'",
        (
            "public/b/index.html:2:1: canonical address is no page, found 'https://example.com/gone/'; "
            "write 'https://example.com/b/'"
        ),
        "public/b/index.html:4:1: second canonical address, found 'https://example.com/b/'; write one",
        "public/c/index.html:2:1: canonical address is not a full one, found '/c/'; write 'https://example.com/c/'",
    ]


def test_translations_name_each_other_and_themselves(draw: Draw) -> None:
    def head(*alternates: tuple[str, str]) -> str:
        return HEAD.format(SITE, "".join(HERE.format(language, SITE + path) for language, path in alternates))

    both = (("en", "good/"), ("de", "de/good/"), ("x-default", "good/"))
    drawn = built(
        draw,
        {
            "good/index.html": head(*both),
            "de/good/index.html": head(*both),
            "one/index.html": head(("en", "one/"), ("de", "good/")),
            "two/index.html": head(("english", "two/"), ("de", "gone/")),
            "three/index.html": head(("de", "three/de/")),
            "three/de/index.html": head(("en", "three/"), ("de", "three/de/")),
        },
    )
    assert lines(drawn, "hreflang") == [
        (
            "public/one/index.html:4:1: translation does not lead back, found 'https://example.com/good/'; "
            "write a link to 'https://example.com/one/' there"
        ),
        (
            "public/three/index.html:3:1: page is missing among its own translations; "
            "write a link to 'https://example.com/three/'"
        ),
        "public/two/index.html:3:1: hreflang is no language, found 'english'; write 'de', 'pt-BR' or 'x-default'",
        (
            "public/two/index.html:4:1: translation is no page, found 'https://example.com/gone/'; "
            "write the address of a page"
        ),
    ]


def test_a_leak_is_found_in_a_site_that_another_program_built(checklist: Draw) -> None:
    drawn = checklist({})
    drawn.build()
    (drawn.public / "copy.pdf").write_bytes(PDF)
    assert lines(drawn, "leak") == [
        (
            "public/copy.pdf:1:1: public file gives away magnet 'checklist', found a copy with the same bytes; "
            "write the file into magnets/ only, and a link to its landing page"
        )
    ]


def test_a_page_that_is_a_link_to_a_gated_file_is_found(checklist: Draw) -> None:
    drawn = checklist({})
    (drawn.root / "content/a.md").symlink_to("../magnets/checklist/magnet.md")
    assert lines(drawn, "gated-page") == [
        (
            "content/a.md:1:1: page is a link to a gated file, found 'magnet.md'; "
            "write a page of its own, because all pages are public"
        )
    ]


def test_what_is_older_than_its_sources_is_not_looked_at(draw: Draw) -> None:
    drawn = built(draw, {"a/index.html": "<head></head>"})
    assert look(drawn).note == ""
    page = drawn.root / "content/index.md"
    later = page.stat().st_mtime + 60
    os.utime(page, (later, later))
    found = look(drawn)
    assert [finding for finding in found.findings if finding.rule == "canonical"] == []
    assert found.note.startswith("The built site is older than its sources")


def test_links_to_what_a_build_made_are_fine(draw: Draw) -> None:
    drawn = draw({"content/index.md": "[feed](made/feed.xml) [archive](/made/) [again](made/)\n"})
    # Which addresses there will be is known after a build.
    assert len(lines(drawn, "dead-link")) == 1
    drawn.build()
    assert len(lines(drawn, "dead-link")) == 3
    (drawn.public / "made").mkdir()
    for name in ("feed.xml", "index.html"):
        (drawn.public / "made" / name).touch()
    assert lines(drawn, "dead-link") == []


@pytest.mark.parametrize("broken", ["site_name: [", "site_name: Example\n"])
def test_a_site_that_cannot_be_read_is_one_finding_and_a_note(draw: Draw, broken: str) -> None:
    drawn = draw({"mkdocs.yml": broken})
    found = look(drawn)
    assert {(finding.file, finding.rule, finding.severity) for finding in found.findings} == {
        (shown(drawn.root / "mkdocs.yml", drawn.root), "config", "error")
    }
    assert found.note.startswith("mkdocs.yml could not be read")
