"""`gatepost ebook` makes one book, and says how it came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner, Result

from gatepost_webhook.cli import gatepost

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "magnets/loaves/magnet.md": "---\ntitle: Ten Loaves\ndescription: How to bake.\nchapters: chapters/\n---\n",
    "magnets/loaves/chapters/01.md": "# Flour\n\nIt is white.\n",
    "magnets/list/magnet.md": "---\ntitle: List\ndescription: A list.\nfile: list.csv\n---\n",
    "magnets/list/list.csv": "a\n",
    "magnets/broken/magnet.md": "---\ntitel: Broken\n---\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def ebook(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(gatepost, ["ebook", *arguments, "--project", str(root)])


def test_a_book_is_made_whatever_is_wrong_with_others(root: Path) -> None:
    result = ebook(root, "loaves")
    assert result.exit_code == 0, result.output
    pdf, epub, time = result.output.splitlines()
    assert pdf.startswith(".gatepost/ebooks/loaves.pdf: 4 pages, ")
    assert epub.startswith(".gatepost/ebooks/loaves.epub: ")
    assert time.startswith("Made in ")
    assert (root / ".gatepost/ebooks/loaves.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("form", "made"), [("pdf", ["loaves.pdf"]), ("epub", ["loaves.epub"]), ("both", ["loaves.epub", "loaves.pdf"])]
)
def test_a_copy_goes_where_it_is_wanted(root: Path, tmp_path: Path, form: str, made: list[str]) -> None:
    out = tmp_path / "out"
    assert ebook(root, "loaves", "--format", form, "--output", str(out)).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == made


def test_a_copy_may_have_a_name(root: Path, tmp_path: Path) -> None:
    result = ebook(root, "loaves", "--format", "pdf", "--output", str(tmp_path / "draft.pdf"))
    assert result.output.startswith("draft.pdf: 4 pages, ")
    assert (tmp_path / "draft.pdf").is_file()


def test_the_first_book_is_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", opened.append)
    ebook(root, "loaves", "--open")
    assert opened == [str(root / ".gatepost/ebooks/loaves.pdf")]


REFUSALS = {
    "unknown": (["loafs"], "gatepost: magnet 'loafs' is not in magnets/; write 'loaves'\n"),
    "no book": (
        ["list"],
        "gatepost: magnets/list/magnet.md: 'list' is no ebook, for it has no 'chapters'; write 'chapters: chapters/'\n",
    ),
    "broken": (["broken"], "magnets/broken/magnet.md:2:1: unknown key, found 'titel'; write 'title'\n"),
    "other format": (
        ["loaves", "--output", "a.pdf"],
        "gatepost: a.pdf: is a file's name for another format; name a folder, or one --format\n",
    ),
}


@pytest.mark.parametrize(("arguments", "said"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_made_is_refused_in_one_line(root: Path, arguments: list[str], said: str) -> None:
    result = ebook(root, *arguments)
    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.parametrize("folder", ["public", "content", "content/files"])
def test_no_copy_goes_where_anybody_could_fetch_it(root: Path, folder: str) -> None:
    result = ebook(root, "loaves", "--output", str(root / folder))
    assert result.exit_code == 1
    assert "anybody could fetch it there" in result.output
    assert not (root / folder).exists()


def test_a_book_without_epub_says_so(root: Path) -> None:
    page = root / "magnets/loaves/magnet.md"
    page.write_text(page.read_text().replace("---\n", "---\nepub: false\n", 1))
    assert [line.partition(":")[0] for line in ebook(root, "loaves").output.splitlines()[:-1]] == [
        ".gatepost/ebooks/loaves.pdf"
    ]
    result = ebook(root, "loaves", "--format", "epub")
    assert result.exit_code == 1
    assert "found 'epub: false'; write 'epub: true', or ask for --format pdf" in result.output


def test_a_mistake_in_a_chapter_is_said_with_its_place(root: Path) -> None:
    (root / "magnets/loaves/chapters/01.md").write_text("No title.\n")
    result = ebook(root, "loaves")
    assert result.exit_code == 1
    assert "magnets/loaves/chapters/01.md:1:1: chapter has no title; write '# Title' as its first line" in result.output
