"""The book that comes with Gatepost, built and read back."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from gatepost_site.ebook import build_ebook, build_epub, cover_png, page_count
from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from tests.site.ebook.test_epub import complaints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatepost_site.magnets import Magnet

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Built:
    magnet: Magnet
    pdf: Path
    cover: Path
    epub: Path | None
    #: Title -> page, from the file's bookmarks, chapters only.
    chapters: dict[str, int]
    pages: list[str]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, read: Callable[[Path], list[str]]) -> Built:
    project = Project.at(ROOT)
    magnet = load_magnets(project)["nurturing-playbook"]
    # The chapters are the repository's own, what is made of them goes elsewhere.
    elsewhere = replace(project, root=tmp_path_factory.mktemp("book"))
    pdf = build_ebook(magnet, elsewhere)
    with pikepdf.open(pdf) as file, file.open_outline() as outline:
        numbers = {page.objgen: number for number, page in enumerate(file.pages, start=1)}
        chapters = {str(item.title): numbers[item.destination[0].objgen] for item in outline.root}  # type: ignore[index]
    return Built(magnet, pdf, cover_png(magnet, elsewhere), build_epub(magnet, elsewhere), chapters, read(pdf))


def letters(text: str) -> str:
    """Return only letters and digits: lines, hyphens and quotation marks are the page's business."""
    return "".join(re.findall(r"[^\W_]", text))


def test_every_chapter_is_bookmarked_under_its_title(book: Built) -> None:
    titles = [re.sub(r"^# ", "", path.read_text().split("\n")[0]) for path in book.magnet.chapter_paths()]
    numbered = [f"{number} {title}" for number, title in enumerate(titles, start=1)]
    assert list(book.chapters) == ["Contents", *numbered, "Links in this book"]


def test_the_contents_name_the_page_that_each_chapter_opens_on(book: Built) -> None:
    contents = book.pages[book.chapters["Contents"] - 1]
    printed = re.findall(r"^(?:(\d+)\n)?([^\n.]+)\n(?:\.\n)+(\d+)$", contents, re.MULTILINE)
    assert {f"{number} {title}".strip(): int(page) for number, title, page in printed} == {
        title: page for title, page in book.chapters.items() if title != "Contents"
    }


def test_a_page_carries_the_number_that_a_reader_program_shows(book: Built) -> None:
    for number, text in enumerate(book.pages, start=1):
        assert (number <= 2) or text.rstrip("\n").rsplit("\n", 1)[-1] == str(number)


def test_every_word_of_every_chapter_is_printed(book: Built) -> None:
    opens = [*book.chapters.values(), len(book.pages) + 1][1:]
    for path, first, end in zip(book.magnet.chapter_paths(), opens, opens[1:], strict=False):
        printed = letters("".join(book.pages[first - 1 : end - 1]))
        captions = re.sub(r'!\[[^\]]*\]\(\S+ "([^"]+)"\)\{[^}]*\}', r"\1", path.read_text())
        prose = re.sub(r"^```\w*$|^!!! \w+|\[\^\d+\]|^\|[ |:-]+\|$", "", captions, flags=re.MULTILINE)
        missing = [word for word in re.findall(r"[^\W_]+", prose) if word not in printed]
        assert missing == [], path.name


def test_a_footnote_stands_on_the_page_of_its_mark(book: Built) -> None:
    page = next(text for text in book.pages if "keeping them saves work later" in " ".join(text.split()))
    assert "support.google.com/a/answer/81126" in letters_and_marks(page)


def letters_and_marks(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_running_heads_name_the_book_and_the_chapter(book: Built) -> None:
    first = book.chapters["1 What nurturing is for"]
    assert book.pages[first].startswith("The Nurturing Playbook\nWhat nurturing is for\n")
    assert not book.pages[first - 1].startswith("The Nurturing Playbook")


def test_no_page_is_empty(book: Built) -> None:
    assert [number for number, text in enumerate(book.pages, start=1) if len(text.split()) < 10 and number > 1] == []


def test_the_file_says_what_it_is(book: Built) -> None:
    with pikepdf.open(book.pdf) as file:
        facts = {str(key): str(value) for key, value in file.docinfo.items()}
        assert facts["/Title"] == "The Nurturing Playbook"
        assert facts["/Author"] == "Gatepost contributors"
        assert facts["/Subject"] == book.magnet.meta.description
        assert facts["/Keywords"] == "lead nurturing, lead magnets, email sequences, consent"
        # The day in the front matter, and not that of the build.
        assert facts["/CreationDate"].startswith("D:20261122")
        assert str(file.Root.Lang) == "en-GB"
        assert bool(file.Root.MarkInfo.Marked)
        assert file.open_metadata()["pdfuaid:part"] == "1"


def test_what_a_screen_reader_needs_is_tagged(book: Built) -> None:
    with pikepdf.open(book.pdf) as file:
        kinds = Counter(str(element.S) for element in elements(file.Root.StructTreeRoot))
        pictures = [element for element in elements(file.Root.StructTreeRoot) if str(element.S) == "/Figure"]
    wanted = "H1 H2 P L LI Table TH TD Link Note Figure Caption Code BlockQuote"
    assert {f"/{kind}" for kind in wanted.split()} <= set(kinds)
    assert [str(picture.Alt)[:24] for picture in pictures] == ["Bars of falling length: "]


def elements(node: Any) -> Iterator[Any]:
    """Yield the elements of a tree of tags."""
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from elements(child)


def test_a_validator_finds_nothing_in_its_epub(book: Built) -> None:
    assert book.epub is not None
    assert complaints(book.epub) == []


def test_the_page_count_is_the_files_own(book: Built) -> None:
    assert page_count(book.pdf) == len(book.pages)


def test_the_cover_is_a_small_picture_about_800_pixels_wide(book: Built) -> None:
    data = book.cover.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert 790 <= int.from_bytes(data[16:20], "big") <= 810
    assert len(data) < 150_000
