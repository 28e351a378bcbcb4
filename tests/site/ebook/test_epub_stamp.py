"""A reader's name in their copy of an EPUB: whatever the name is, a validator finds nothing in the copy."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from gatepost_site.ebook import build_epub
from gatepost_site.ebook.epub_stamp import stamped_epub
from gatepost_site.ebook.stamp import StampError
from tests.site.ebook.test_epub import complaints

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.site.ebook.conftest import Shelf

LINE = "For {}, 2026-11-22"
CHAPTERS = {"01.md": "# One\n\nText.[^1]\n\n[^1]: A note with `</body>` in it.\n", "02.md": "# Two\n"}


@pytest.fixture
def book(shelve: Callable[..., Shelf]) -> Path:
    shelf = shelve(CHAPTERS)
    path = build_epub(shelf.magnet, shelf.project)
    assert path is not None
    return path


def test_a_copy_with_the_hardest_name_is_without_errors_and_warnings(book: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.epub"
    copy.write_bytes(stamped_epub(book, LINE, 'عَنَّا <b>&amp; "\x00\ufffe\ud800</body>'))
    assert complaints(copy) == []


def test_title_page_and_chapters_carry_the_words_and_nothing_else_changes(book: Path) -> None:
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(io.BytesIO(stamped_epub(book, LINE, "Anna & Ben"))) as after:
        assert after.infolist()[0].compress_type == zipfile.ZIP_STORED, "the first entry says what the file is"
        assert after.namelist() == before.namelist()
        changed = {name for name in after.namelist() if after.read(name) != before.read(name)}
        assert changed == {"book/title.xhtml", "book/chapter-01.xhtml", "book/chapter-02.xhtml"}
        words = '<p class="stamp">For <bdi>Anna &amp; Ben</bdi>, 2026-11-22</p>'
        for name in changed:
            page = after.read(name).decode()
            assert page.replace(words, "") == before.read(name).decode()
            assert page.endswith(f"{words}</body></html>\n")


def test_the_same_words_make_the_same_file(book: Path) -> None:
    assert stamped_epub(book, LINE, "Anna") == stamped_epub(book, LINE, "Anna")


def test_a_broken_file_is_not_stamped(tmp_path: Path) -> None:
    file = tmp_path / "broken.epub"
    file.write_bytes(b"PK nothing")
    with pytest.raises(StampError, match="not a whole EPUB"):
        stamped_epub(file, LINE, "Anna")
