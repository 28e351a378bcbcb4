"""A reader's name at the foot of each page, in any script, and the file stays what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
import typst

from gatepost_site.ebook import stamp
from tests.site.ebook.conftest import FRONT
from tests.site.pdf_text import shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.site.conftest import Drawn
    from tests.site.ebook.conftest import Shelf

NAMES = ["Anna Weber", "Łukasz Żółć", "Νίκος", "Анна", '#panic(1) $x$ \\ "{}"', "X" * 200]


@pytest.mark.parametrize("name", NAMES)
def test_every_page_but_the_cover_carries_the_words(
    shelve: Callable[..., Shelf], read: Callable[[Path], list[str]], tmp_path: Path, name: str
) -> None:
    book = shelve({"01.md": "# One\n\nText.\n"}).build()
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(stamp.stamped(book, f"For {name}", cover=True))
    # Another font for another script makes another run of text.
    assert [_stamp(copy, number) for number in range(4)] == ["", *[f"For {name}"] * 3]
    # The words of the pages themselves are all there, in the same place.
    assert read(copy) == read(book)


def _stamp(file: Path, number: int) -> str:
    """Return the words of the picture that a page's foot is given."""
    with pikepdf.open(file) as pdf:
        forms: Any = pdf.pages[number].obj.Resources.get("/XObject", {})
        found = [form for key, form in forms.items() if str(key).startswith("/GatepostStamp")]
        return "".join("".join(shown(form)) for form in found).replace("\n", "")


def test_a_stamped_file_is_still_tagged_and_says_what_it_said(shelve: Callable[..., Shelf], tmp_path: Path) -> None:
    book = shelve({"01.md": "# One\n"}).build()
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(stamp.stamped(book, "For Anna", cover=True))
    with pikepdf.open(copy) as file, pikepdf.open(book) as before:
        assert file.open_metadata()["pdfuaid:part"] == "1"
        assert bool(file.Root.MarkInfo.Marked)
        assert str(file.docinfo["/Title"]) == "Ten Loaves"
        assert len(file.Root.StructTreeRoot.K) == len(before.Root.StructTreeRoot.K)
        assert b"/Artifact BMC q" in bytes(file.pages[1].obj.Contents[-1].read_bytes())


def test_the_same_words_make_the_same_file(shelve: Callable[..., Shelf]) -> None:
    book = shelve({"01.md": "# One\n"}).build()
    assert stamp.stamped(book, "For Anna", cover=True) == stamp.stamped(book, "For Anna", cover=True)


def test_a_file_from_elsewhere_is_stamped_from_its_first_page_and_within_it(tmp_path: Path) -> None:
    file = tmp_path / "narrow.pdf"
    file.write_bytes(typst.compile(b"#set page(width: 90pt, height: 60pt, margin: 5pt)\nText"))
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(stamp.stamped(file, "For somebody with quite a long name", cover=False))
    with pikepdf.open(copy) as pdf:
        placed = bytes(pdf.pages[0].obj.Contents[-1].read_bytes()).decode()
    scale, _, _, _, x, _ = (float(number) for number in placed.partition("BMC q ")[2].split(" cm")[0].split())
    assert scale < 1
    assert x == pytest.approx(30)


def test_a_text_without_letters_on_this_machine_gives_way_to_the_next() -> None:
    assert stamp.printable(["", "\U000130b8", "Anna"]) == "Anna"
    assert stamp.printable(["\U000130b8"]) == ""


LOCKED = "magnet.md:1:1: PDF cannot be stamped: it is locked with a password, found 'a.pdf'; write 'stamp: false'"
BROKEN = "magnet.md:1:1: PDF cannot be stamped: it is not a whole PDF, found 'a.pdf'; write 'stamp: false'"


@pytest.mark.parametrize(("kind", "said"), [("locked", LOCKED), ("broken", BROKEN)])
def test_a_file_that_takes_no_stamp_is_a_mistake(
    draw: Callable[..., Drawn], tmp_path: Path, kind: str, said: str
) -> None:
    pdf = tmp_path / "plain.pdf"
    pdf.write_bytes(typst.compile(b"Text"))
    with pikepdf.open(pdf) as file:
        file.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    data = (tmp_path / "locked.pdf").read_bytes() if kind == "locked" else b"%PDF-1.7 nothing"
    front = "---\ntitle: A\ndescription: B\nfile: a.pdf\nstamp: true\n---\n"
    assert draw({"magnets/a/magnet.md": front, "magnets/a/a.pdf": data}).complaints() == f"magnets/a/{said}"


def test_only_a_pdf_can_be_stamped(draw: Callable[..., Drawn]) -> None:
    front = "---\ntitle: A\ndescription: B\nfile: a.csv\nstamp: true\n---\n"
    assert draw({"magnets/a/magnet.md": front, "magnets/a/a.csv": b"a"}).complaints() == (
        "magnets/a/magnet.md:5:1: only a PDF can be stamped, found 'a.csv'; write 'stamp: false'"
    )


def test_a_missing_library_is_named_with_the_line_that_installs_it(
    draw: Callable[..., Drawn], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamp, "find_spec", lambda _name: None)
    front = FRONT.replace("---\n", "---\nstamp: true\n", 1)
    drawn = draw({"magnets/loaves/magnet.md": front, "magnets/loaves/chapters/01.md": "# One\n"})
    assert drawn.complaints() == (
        "magnets/loaves/magnet.md:1:1: 'stamp' needs pikepdf, which is missing; write pip install 'gatepost[stamp]'"
    )
