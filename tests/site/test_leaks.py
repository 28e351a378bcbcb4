"""A gated file never lies in public/, in whatever dress."""

from __future__ import annotations

import base64
import gzip
import io
import json
import shutil
import textwrap
import zipfile
from typing import TYPE_CHECKING

import pytest

from gatepost_site.ebook import preview_pages
from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from tests.site.conftest import CONFIG, PDF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]

COPY = "a copy with the same bytes"
BASE64 = "its bytes in base64 inside the file"
ENCODED = base64.b64encode(PDF).decode()
SHIFTED = base64.b64encode(b"ab" + PDF).decode()
CHAPTER = "# One\n\n" + "\n\n".join(
    f"Paragraph {number} is *worth* “an address”: it [tells](https://example.com/{number}) of {number * 7} reasons\n"
    f"why `one & all` should write to people who asked for it, and to nobody else.[^{number}]"
    for number in range(8)
) + "\n\n" + "\n".join(f"[^{number}]: A note." for number in range(8)) + "\n"  # fmt: skip

LEAKS: dict[str, tuple[str, str | bytes, str]] = {
    "a copy": ("checklist.pdf", PDF, COPY),
    "a copy under another name": ("images/photo.jpg", PDF, COPY),
    "its bytes inside a larger file": ("pack.tar", b"header" + PDF + b"trailer", "its bytes inside the file"),
    "base64 in HTML": ("a.html", f'<a href="data:application/pdf;base64,{ENCODED}">x</a>', BASE64),
    "base64 in JSON": ("a.json", json.dumps({"file": ENCODED}), BASE64),
    "base64 in JSON, with line breaks": ("a.json", json.dumps("\n".join(textwrap.wrap(ENCODED, 76))), BASE64),
    "base64 in a script": ("a.js", f"const f = '{SHIFTED}'", BASE64),
    "base64 for URLs in a style": ("a.css", "/*" + ENCODED.replace("+", "-").replace("/", "_") + "*/", BASE64),
    "base64 in lines": ("a.txt", "\n".join(textwrap.wrap(ENCODED, 60)), BASE64),
}


@pytest.mark.parametrize(("name", "content", "how"), LEAKS.values(), ids=LEAKS)
def test_a_leak_stops_the_build(checklist: Draw, name: str, content: str | bytes, how: str) -> None:
    drawn = checklist({f"content/{name}": content})
    assert drawn.complaints() == (
        f"public/{name}:1:1: public file gives away magnet 'checklist', found {how}; "
        "write the file into magnets/ only, and a link to its landing page"
    )
    assert not drawn.public.exists()


def test_a_compressed_copy_in_an_archive_stops_the_build(checklist: Draw) -> None:
    text, archive = b"Compresses well. " * 400, io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("a/b.pdf", text)
    drawn = checklist({"magnets/checklist/checklist.pdf": text, "content/kit.zip": archive.getvalue()})
    assert drawn.complaints().startswith(
        "public/kit.zip:1:1: public file gives away magnet 'checklist', found a copy inside the archive; "
    )


def test_base64_in_a_page_stops_the_build(checklist: Draw) -> None:
    drawn = checklist({"content/page.md": f"# P\n\n![x](data:application/pdf;base64,{ENCODED})\n"})
    assert drawn.complaints().startswith("public/page/index.html:1:1: public file gives away magnet 'checklist'")


def test_the_search_index_is_looked_through(checklist: Draw) -> None:
    config = CONFIG.replace("  - gatepost", "  - search\n  - gatepost")
    drawn = checklist({"mkdocs.yml": config, "content/page.md": f"# P\n\n`{ENCODED}`\n"})
    assert "public/search/search_index.json:1:1: public file gives away magnet" in drawn.complaints()


def test_a_chapters_source_is_gated_too(draw: Draw) -> None:
    chapter = "# One\n\nThe first chapter.\n"
    drawn = draw(
        {
            "magnets/book/magnet.md": "---\ntitle: The Book\ndescription: D\nchapters: chapters/\n---\n",
            "magnets/book/chapters/01.md": chapter,
            "content/one.txt": chapter,
        }
    )
    assert drawn.complaints().startswith("public/one.txt:1:1: public file gives away magnet 'book', found a copy")


def test_a_leak_found_by_mkdocs_build_does_not_stay(checklist: Draw, mkdocs: Callable[..., tuple[int, str]]) -> None:
    drawn = checklist({"content/a/copy.pdf": PDF})
    code, output = mkdocs("build", drawn.root)
    assert code == 1
    assert "public/a/copy.pdf:1:1: public file gives away magnet 'checklist'" in output
    assert "1 finding" in output
    assert not (drawn.public / "a/copy.pdf").exists()


def test_a_paragraph_of_a_book_may_stand_in_an_article(draw: Draw) -> None:
    words = "A paragraph that somebody likes enough to print it twice, in the book and on the site. " * 9
    drawn = draw(
        {
            "magnets/book/magnet.md": "---\ntitle: The Book\ndescription: D\nchapters: chapters/\n---\n",
            "magnets/book/chapters/01.md": f"# One\n\n{words}\n",
            "content/page.md": f"# Page\n\n{words}\n",
        }
    )
    drawn.build()
    assert words.strip() in drawn.page("page")


@pytest.fixture
def book(draw: Draw) -> Draw:
    """Return a function like `draw` whose project has one magnet, `book`, with a chapter of some length."""

    def write(files: Mapping[str, str | bytes]) -> Drawn:
        magnet = "---\ntitle: The Book\ndescription: D\nchapters: chapters/\n---\n"
        return draw({"magnets/book/magnet.md": magnet, "magnets/book/chapters/01.md": CHAPTER, **files})

    return write


def test_a_page_that_links_to_a_chapter_stops_the_build(book: Draw) -> None:
    drawn = book({})
    (drawn.root / "content/one.md").symlink_to("../magnets/book/chapters/01.md")
    assert drawn.complaints() == (
        "content/one.md:1:1: page is a link to a gated file, found '01.md'; "
        "write a page of its own, because all pages are public"
    )


def test_a_folder_that_links_to_chapters_stops_the_build(book: Draw) -> None:
    drawn = book({})
    (drawn.root / "content/parts").symlink_to("../magnets/book/chapters")
    assert drawn.complaints().startswith("content/parts/01.md:1:1: page is a link to a gated file")


def test_pages_out_of_a_magnets_folder_are_refused(book: Draw) -> None:
    config = CONFIG.replace("docs_dir: content", "docs_dir: magnets/book/chapters")
    assert book({"mkdocs.yml": config}).complaints() == (
        "mkdocs.yml:3:1: the folder of pages is inside magnets/, found 'magnets/book/chapters'; "
        "write a folder beside magnets/, because all that is in it is public"
    )


def test_a_chapter_copied_into_a_page_stops_the_build(book: Draw) -> None:
    config = CONFIG.replace("  - gatepost", "  - search\n  - gatepost")
    drawn = book({"mkdocs.yml": config, "content/page.md": f"---\ntitle: P\n---\n\n# Page\n\n{CHAPTER}\nThe end.\n"})
    assert [line.partition("; ")[0] for line in drawn.complaints().splitlines()] == [
        "public/page/index.html:1:1: public file gives away magnet 'book', found the text of '01.md'",
        "public/page/index.md:1:1: public file gives away magnet 'book', found the text of '01.md'",
        "public/search/search_index.json:1:1: public file gives away magnet 'book', found the text of '01.md'",
    ]


def test_a_gated_text_shown_as_a_page_stops_the_build(draw: Draw) -> None:
    magnet = "---\ntitle: The Text\ndescription: D\nfile: text.md\n---\n"
    drawn = draw(
        {"magnets/text/magnet.md": magnet, "magnets/text/text.md": CHAPTER, "content/page.md": CHAPTER.upper()}
    )
    assert "public/page/index.html:1:1: public file gives away magnet 'text'" in drawn.complaints()


TEXT_LEAKS: dict[str, tuple[str, str | bytes, str]] = {
    "a feed": ("feed.atom", f"<feed><content>{CHAPTER}</content></feed>", "the text of '01.md'"),
    "a source map": ("a.js.map", json.dumps({"sourcesContent": [CHAPTER]}), "the text of '01.md'"),
    "a script": ("a.js", f"export default `{CHAPTER}`", "the text of '01.md'"),
    "base64 in a script": (
        "a.js", f"load('{base64.b64encode(b'id: 1 ' + CHAPTER.encode()).decode()}')", "the text of '01.md' in base64",
    ),
    "base64 in lines": (
        "a.json", json.dumps(base64.encodebytes(CHAPTER.encode()).decode()), "the text of '01.md' in base64",
    ),
    "a page compressed for servers": (
        "a.html.gz", gzip.compress(f"<p>{CHAPTER}</p>".encode()), "the text of '01.md'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "how"), TEXT_LEAKS.values(), ids=TEXT_LEAKS)
def test_a_chapters_text_in_another_file_stops_the_build(book: Draw, name: str, content: str | bytes, how: str) -> None:
    found = book({f"content/{name}": content}).complaints()
    assert found.startswith(f"public/{name}:1:1: public file gives away magnet 'book', found {how};")


def test_a_compressed_copy_stops_the_build(checklist: Draw) -> None:
    found = checklist({"content/copy.gz": gzip.compress(PDF)}).complaints()
    assert found.startswith(f"public/copy.gz:1:1: public file gives away magnet 'checklist', found {COPY};")


def test_half_a_chapter_is_a_sample(book: Draw) -> None:
    half = CHAPTER[: len(CHAPTER) // 2]
    drawn = book({"content/page.md": half})
    drawn.build()
    assert "Paragraph 1" in drawn.page("page")


def test_another_pdf_is_no_leak(checklist: Draw) -> None:
    other = PDF[:1000] + b"something else" * 400
    drawn = checklist({"content/other.pdf": other})
    drawn.build()
    assert (drawn.public / "other.pdf").read_bytes() == other


def test_snippets_may_not_read_everything(checklist: Draw) -> None:
    config = CONFIG + "markdown_extensions:\n  - pymdownx.snippets:\n      restrict_base_path: false\n"
    assert checklist({"mkdocs.yml": config}).complaints() == (
        "mkdocs.yml:1:1: pymdownx.snippets may read every file, found 'restrict_base_path: false'; "
        "write 'restrict_base_path: true', so that no page takes in a file from outside"
    )


@pytest.mark.parametrize(
    "marker",
    [
        '\n--8<-- "magnets/checklist/checklist.pdf"',
        "--8<--\nmagnets/checklist/checklist.pdf\n--8<--",
        '```\n--8<-- "magnets/checklist/magnet.md:3:9"\n```',
    ],
)
def test_a_snippet_of_a_gated_folder_stops_the_build(
    checklist: Draw, marker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = CONFIG + "markdown_extensions: [pymdownx.snippets]\n"
    drawn = checklist({"mkdocs.yml": config, "content/page.md": f"# P\n\n{marker}\n"})
    monkeypatch.chdir(drawn.root)
    found = drawn.complaints()
    assert found.startswith("content/page.md:4:1: snippet of a gated folder, found 'magnets/checklist/")
    assert found.endswith("; write what visitors may read")


def test_a_snippet_of_the_sites_own_is_fine(checklist: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    config = CONFIG + "markdown_extensions: [pymdownx.snippets]\n"
    drawn = checklist(
        {"mkdocs.yml": config, "content/page.md": '# P\n\n--8<-- "parts/a.md"\n', "parts/a.md": "Shared.\n"}
    )
    monkeypatch.chdir(drawn.root)
    drawn.build()
    assert "Shared." in drawn.page("page")


def test_an_ebook_leaks_in_either_format_and_its_preview_does_not(draw: Draw) -> None:
    front = "---\ntitle: Loaves\ndescription: How to bake.\nchapters: chapters/\npreview: 2\n---\n"
    drawn = draw({"magnets/loaves/magnet.md": front, "magnets/loaves/chapters/01.md": CHAPTER})
    project = Project.at(drawn.root)
    magnet = load_magnets(project)["loaves"]
    for number, picture in enumerate(preview_pages(magnet, project, 2)):
        shutil.copy(picture.file, drawn.root / "content" / f"{number}.webp")
    drawn.build()
    for name in ("loaves.pdf", "loaves.epub"):
        shutil.copy(project.private / "ebooks" / name, drawn.root / "content" / name)
    with zipfile.ZipFile(project.private / "ebooks/loaves.epub") as book:
        (drawn.root / "content" / "page.xhtml").write_bytes(book.read("book/chapter-01.xhtml"))
    assert [line.split(":")[0] for line in drawn.complaints().splitlines()] == [
        "public/loaves.epub", "public/loaves.pdf", "public/page.xhtml",
    ]  # fmt: skip
