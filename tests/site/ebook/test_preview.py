"""What a landing page may show of a book: its chapters by title, and its first pages as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from gatepost_site.ebook import ChapterTitle, contents_of, preview_pages
from gatepost_site.ebook.manuscripts import book_manuscript, preview_manuscript
from gatepost_site.ebook.typesetting import opening_pages, pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.ebook.conftest import Shelf

CHAPTERS = {
    "01-flour.md": "# Flour *first*\n\n[Water](02-water.md#hot) is next.\n\n## White\n\nText[^1].\n\n[^1]: A note.\n",
    "02-water.md": f"# Water\n\n{'It is wet. ' * 600}\n\n## Hot\n\n[Flour](01-flour.md), [site](https://example.com).\n",
    "03-salt.md": "# Salt\n\n## Hot\n\n## Sea\n\nIt is salty.\n",
}
FRONT = "---\ntitle: Ten Loaves\ndescription: How to bake.\nchapters: chapters/\npreview: {}\n---\n"


def test_the_contents_are_the_titles_of_chapters_and_sections(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    expected = (
        ChapterTitle(1, "Flour first", ("White",)),
        ChapterTitle(2, "Water", ("Hot",)),
        ChapterTitle(3, "Salt", ("Hot", "Sea")),
    )
    assert contents_of(shelf.magnet, shelf.project) == expected
    assert contents_of(shelf.magnet, shelf.project) == expected, "from what was kept, too"


@pytest.mark.parametrize(("allowed", "asked", "shown"), [(3, 9, [3, 4, 5]), (9, 2, [3, 4]), (0, 9, []), (3, 0, [])])
def test_a_preview_has_no_more_pages_than_its_writer_and_its_page_want(
    shelve: Callable[..., Shelf], allowed: int, asked: int, shown: list[int]
) -> None:
    shelf = shelve(CHAPTERS, front=FRONT.format(allowed))
    assert [picture.page for picture in preview_pages(shelf.magnet, shelf.project, asked)] == shown


def test_a_preview_ends_where_a_short_book_does(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve({"01.md": "# One\n\nText.\n"}, front=FRONT.format(12))
    assert [picture.page for picture in preview_pages(shelf.magnet, shelf.project, 12)] == [3, 4]


def test_a_picture_knows_its_size_and_is_small(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    for picture in preview_pages(shelf.magnet, shelf.project, 3):
        with Image.open(picture.file) as image:
            assert (image.format, image.size) == ("WEBP", (picture.width, picture.height))
        assert picture.width == 800
        assert picture.file.stat().st_size < 120_000


def test_a_preview_looks_as_the_book_does(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    book = book_manuscript(shelf.magnet, shelf.project)
    opens = opening_pages(book)
    assert opens[:2] == [4, 5]
    last = 5
    faithful = pictures(preview_manuscript(shelf.magnet, shelf.project, opens, last=last))
    assert faithful[:last] == pictures(book)[:last]


def test_a_preview_is_made_again_when_the_book_changes(shelve: Callable[..., Shelf]) -> None:
    shelf = shelve(CHAPTERS)
    before = [picture.file.stat().st_ino for picture in preview_pages(shelf.magnet, shelf.project, 2)]
    assert [picture.file.stat().st_ino for picture in preview_pages(shelf.magnet, shelf.project, 2)] == before
    (shelf.magnet.folder / "chapters/01-flour.md").write_text("# Rye\n")
    first, _ = preview_pages(shelf.magnet, shelf.project, 2)
    assert first.file.stat().st_ino not in before
