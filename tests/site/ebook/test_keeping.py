"""A book is made once, and again only when something in it changed."""

from __future__ import annotations

import dataclasses
import shutil
from typing import TYPE_CHECKING

import pytest

from gatepost_site.ebook import build_ebook, build_epub, cover_png, page_count, preview_pages
from gatepost_site.ebook import patience as patience_of
from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.site.ebook.conftest import Shelf

CHAPTERS = {"01-flour.md": "# Flour\n\nIt is white.\n", "02-water.md": "# Water\n\nIt is wet.\n"}
#: The smallest picture there is: one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def test_an_unchanged_book_is_not_made_again(shelve: Callable[..., Shelf], caplog: pytest.LogCaptureFixture) -> None:
    shelf = shelve(CHAPTERS)
    caplog.set_level("INFO", "gatepost_site.ebook")
    first = shelf.build()
    made, inode = first.read_bytes(), first.stat().st_ino
    assert shelf.build().read_bytes() == made
    assert first.stat().st_ino == inode
    assert [record.getMessage().split(",")[0] for record in caplog.records] == ["loaves.pdf: 5 pages"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("magnets/loaves/chapters/02-water.md", "wet", "dry"),
        ("magnets/loaves/magnet.md", "Ten", "Six"),
        ("magnets/loaves/magnet.md", "A. Baker", "B. Baker"),
        ("magnets/loaves/magnet.md", "week of evenings", "weekend"),
        ("magnets/loaves/magnet.md", "people with jobs", "all"),
    ],
)
def test_a_changed_word_makes_a_new_book(shelve: Callable[..., Shelf], file: str, old: str, new: str) -> None:
    shelf = shelve(CHAPTERS)
    before = shelf.build().read_bytes()
    path = shelf.project.root / file
    path.write_text(path.read_text().replace(old, new))
    magnet = load_magnets(shelf.project)["loaves"]
    assert build_ebook(magnet, shelf.project).read_bytes() != before


def test_what_a_book_does_not_hold_does_not_make_a_new_one(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    inode = shelf.build().stat().st_ino
    path = shelf.project.root / "magnets/loaves/magnet.md"
    path.write_text(path.read_text().replace("---\n", "---\nbutton: Give it to me\n", 1) + "\nLanding copy.\n")
    assert build_ebook(load_magnets(shelf.project)["loaves"], shelf.project).stat().st_ino == inode


def test_a_chapter_that_changes_its_name_changes_its_place(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    before = shelf.build().read_bytes()
    folder = shelf.magnet.folder / "chapters"
    (folder / "01-flour.md").rename(folder / "03-flour.md")
    assert shelf.build().read_bytes() != before


def test_a_changed_picture_makes_a_new_book(shelve: Callable[..., Shelf]) -> None:
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="{}"/></svg>'
    shelf = shelve({"01.md": "# One\n\n![A bar](bar.svg)\n", "bar.svg": picture.format(4)})
    before = shelf.build().read_bytes()
    (shelf.magnet.folder / "chapters/bar.svg").write_text(picture.format(8))
    assert shelf.build().read_bytes() != before


def test_an_edited_sentence_makes_that_book_anew_and_no_other(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    shutil.copytree(shelf.magnet.folder, shelf.magnet.folder.with_name("rolls"))
    before = _all_files(shelf.project)
    chapter = shelf.magnet.folder / "chapters/02-water.md"
    chapter.write_text(chapter.read_text().replace("wet", "dry"))
    after = _all_files(shelf.project)
    changed = {name for name, inode in after.items() if before[name] != inode}
    assert changed == {"loaves.pdf", "loaves.epub", "loaves-page-3.webp"}


def _all_files(project: Project) -> dict[str, int]:
    """Make everything of every book, and return each file with its inode: a file that is kept keeps it."""
    for magnet in load_magnets(project).values():
        build_ebook(magnet, project)
        build_epub(magnet, project)
        cover_png(magnet, project)
        preview_pages(magnet, project, 1)
    files = (project.private / "ebooks").iterdir()
    return {file.name: file.stat().st_ino for file in files if file.suffix != ".json"}


@pytest.mark.parametrize("terminal", [True, False])
def test_who_waits_at_a_terminal_is_told_what_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, terminal: bool
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    patience_of._say("Making loaves.pdf ...")
    assert capsys.readouterr().err == ("Making loaves.pdf ...\n" if terminal else "")


def test_what_took_long_is_in_the_log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "gatepost_site.ebook")
    with patience_of.patience("loaves.pdf"):
        pass
    assert caplog.text == ""
    monkeypatch.setattr(patience_of, "_PATIENCE", 0)
    with patience_of.patience("loaves.pdf"):
        pass
    assert "loaves.pdf took" in caplog.text


def test_a_damaged_book_is_made_again(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    path = shelf.build()
    made = path.read_bytes()
    path.write_bytes(made[:1000])
    assert shelf.build().read_bytes() == made
    path.with_name("loaves.pdf.json").write_text("{")
    assert shelf.build().read_bytes() == made


def test_the_same_chapters_make_the_same_bytes_anywhere(shelve: Callable[..., Shelf], tmp_path: Path) -> None:
    shelf = shelve(CHAPTERS)
    here = shelf.build().read_bytes()
    shutil.copytree(shelf.project.magnets, tmp_path / "elsewhere" / "magnets")
    other = Project.at(tmp_path / "elsewhere")
    magnet = load_magnets(other)["loaves"]
    assert build_ebook(magnet, other).read_bytes() == here
    assert cover_png(magnet, other).read_bytes() == cover_png(shelf.magnet, shelf.project).read_bytes()


def test_nothing_half_made_is_left_behind(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    shelf.build()
    cover_png(shelf.magnet, shelf.project)
    made = {path.name for path in (shelf.project.private / "ebooks").iterdir()}
    assert made == {"loaves.pdf", "loaves.pdf.json", "loaves.png", "loaves.png.json"}


def test_a_failed_build_leaves_the_last_book_alone(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    path = shelf.build()
    made = path.read_bytes()
    (shelf.magnet.folder / "chapters/01-flour.md").write_text("No title.\n")
    assert shelf.mistakes()
    assert path.read_bytes() == made


def test_an_unchanged_cover_is_not_drawn_again(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    inode = cover_png(shelf.magnet, shelf.project).stat().st_ino
    (shelf.magnet.folder / "chapters/01-flour.md").write_text("# Another flour\n")
    assert cover_png(shelf.magnet, shelf.project).stat().st_ino == inode
    document = dataclasses.replace(
        shelf.magnet.document, meta=shelf.magnet.meta.model_copy(update={"title": "Six Loaves"})
    )
    assert cover_png(dataclasses.replace(shelf.magnet, document=document), shelf.project).stat().st_ino != inode


def test_a_book_that_was_not_built_has_no_page_count(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        page_count(tmp_path / "loaves.pdf")
