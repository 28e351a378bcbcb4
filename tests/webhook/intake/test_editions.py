"""The same book in the format, and with the name, of who fetches it."""

from __future__ import annotations

import hashlib
import io
import os
import time
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf
import pytest
import typst

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Asset
from gatepost_webhook.intake import stamping as stamping_of
from gatepost_webhook.intake.stamping import copies
from gatepost_webhook.store import submissions
from tests.site.pdf_text import shown
from tests.webhook.intake.house import PDF

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from gatepost_webhook.store.submissions import Submission
    from tests.webhook.intake.house import House

EPUB = "application/epub+zip"
BOOK = b"PK\x03\x04 a book"


@pytest.fixture
def with_epub(house: House) -> TestClient:
    """A browser before an app whose guide is to be had as EPUB too."""
    file = house.project.private / "ebooks" / "guide.epub"
    file.parent.mkdir(parents=True)
    file.write_bytes(BOOK)
    book = Asset(".gatepost/ebooks/guide.epub", "guide.epub", EPUB, "5" * 64, len(BOOK))
    return house.client(manifest=replace(house.manifest, epubs={"guide": book}))


def test_a_download_link_gives_the_epub_to_who_asks_for_it(house: House, with_epub: TestClient) -> None:
    house.ask(with_epub)
    path = house.download_path()

    answer = with_epub.get(f"{path}?format=epub")

    assert (answer.status_code, answer.content) == (200, BOOK)
    assert answer.headers["content-type"] == "application/epub+zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="guide.epub"')
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["etag"] == f'"{"5" * 64}"'
    part = with_epub.get(f"{path}?format=epub", headers={"range": "bytes=0-1"})
    assert (part.status_code, part.content) == (206, b"PK")


@pytest.mark.parametrize("query", ["", "?format=pdf", "?format=", "?format=../x", "?format=epub&format=pdf"])
def test_anything_else_gives_the_pdf(house: House, with_epub: TestClient, query: str) -> None:
    house.ask(with_epub)
    assert with_epub.get(house.download_path() + query).content == PDF


def test_a_link_to_an_epub_that_is_no_more_gives_the_pdf(house: House, client: TestClient) -> None:
    house.ask(client)
    assert client.get(f"{house.download_path()}?format=epub").content == PDF


def test_the_button_stays_the_download_of_the_pdf_and_the_page_says_what_else_there_is(
    house: House, with_epub: TestClient, client: TestClient
) -> None:
    house.ask(with_epub)
    assert "has it as EPUB too" in with_epub.get(house.confirm_path()).text
    assert "EPUB" not in client.get(house.confirm_path()).text
    assert with_epub.post(house.confirm_path()).content == PDF


@pytest.fixture
def stamping(house: House) -> TestClient:
    """A browser before an app whose guide carries its reader's name."""
    pdf = typst.compile(b"#set page(width: 200pt, height: 100pt)\nText")
    folder = house.project.magnets / "guide"
    (folder / "guide.pdf").write_bytes(pdf)
    page = folder / "magnet.md"
    page.write_text(page.read_text().replace("file: guide.pdf", "file: guide.pdf\nstamp: true"))
    house.magnets = load_magnets(house.project)
    asset = replace(house.manifest.assets["guide"], sha256=hashlib.sha256(pdf).hexdigest(), size=len(pdf))
    house.manifest = replace(house.manifest, assets={**house.manifest.assets, "guide": asset})
    return house.client()


def kept(house: House) -> list[Path]:
    return sorted(copies(house.settings).folder.glob("*"))


def test_a_copy_carries_its_readers_name_and_day_and_is_kept(house: House, stamping: TestClient) -> None:
    house.ask(stamping, first_name="Anna")
    path = house.download_path()

    answer = stamping.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"].startswith('attachment; filename="guide.pdf"')
    (copy,) = kept(house)
    assert copy.read_bytes() == answer.content
    assert copy.stat().st_mode & 0o777 == 0o600
    assert copy.parent.stat().st_mode & 0o777 == 0o700
    assert words_on(copy) == "For Anna, 2027-01-15"
    assert house.confirm_path()
    assert stamping.post(house.confirm_path()).content == answer.content
    assert kept(house) == [copy]


def words_on(copy: Path) -> str:
    """Return what a copy's stamp says."""
    with pikepdf.open(copy) as pdf:
        forms = pdf.pages[0].obj.Resources.XObject
        return "".join("".join(shown(form)) for form in forms.values()).strip()


def test_an_epub_carries_its_readers_name_and_is_kept_and_dropped_as_well(house: House, stamping: TestClient) -> None:
    file = house.project.private / "ebooks" / "guide.epub"
    file.parent.mkdir(parents=True)
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("book/title.xhtml", "<html><body><h1>Guide</h1></body></html>")
    asset = Asset(".gatepost/ebooks/guide.epub", "guide.epub", EPUB, "5" * 64, file.stat().st_size)
    client = house.client(manifest=replace(house.manifest, epubs={"guide": asset}))
    house.ask(client, first_name="Anna")
    path = f"{house.download_path()}?format=epub"

    answer = client.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (200, EPUB)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert "For <bdi>Anna</bdi>, 2027-01-15</p></body>" in book.read("book/title.xhtml").decode()
    assert client.get(path).headers["etag"] == answer.headers["etag"] != f'"{"5" * 64}"'
    (copy,) = kept(house)
    assert (copy.suffix, copy.read_bytes()) == (".epub", answer.content)
    assert copies(house.settings).drop(house.lead("ada@example.com")) == 1


def test_parts_and_tags_are_those_of_the_copy(house: House, stamping: TestClient) -> None:
    house.ask(stamping, first_name="Anna")
    anna = house.download_path()
    whole = stamping.get(anna)
    etag = whole.headers["etag"]

    part = stamping.get(anna, headers={"range": "bytes=10-19", "if-range": etag})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    assert stamping.get(anna, headers={"if-none-match": etag}).status_code == 304

    house.ask(stamping, "ben@example.com", first_name="Ben")
    assert stamping.get(house.download_path("ben@example.com")).headers["etag"] != etag


NAMES = {
    "A\u202enna": "Anna",
    "Anna\nWeber": "Anna Weber",
    "https://evil.example/": "Ada@example.com",
    "x" * 41: "Ada@example.com",
    "": "Ada@example.com",
    "\U000130b8": "Ada@example.com",
    "#panic(1)": "#panic(1)",
}


@pytest.mark.parametrize(("name", "shown"), NAMES.items())
def test_what_is_no_name_or_has_no_letters_here_gives_way_to_the_address(
    house: House, stamping: TestClient, name: str, shown: str
) -> None:
    house.ask(stamping, first_name=name[:40])
    submission = replace(found(house), fields={"first_name": name})
    path = copies(house.settings).file_for(
        house.magnets["guide"], submission, house.project.magnets / "guide" / "guide.pdf", "0"
    )
    assert words_on(path) == f"For {shown}, 2027-01-15"


def found(house: House) -> Submission:
    """Return the last submission."""
    row = house.submission()
    submission = house.writer.run(lambda c: submissions.find_submission(c, row))
    assert submission is not None
    return submission


def test_a_changed_file_or_answer_makes_a_new_copy(house: House, stamping: TestClient) -> None:
    house.ask(stamping, first_name="Anna")
    path = house.download_path()
    first = stamping.get(path).headers["etag"]
    (house.project.magnets / "guide" / "guide.pdf").write_bytes(typst.compile(b"Other"))
    assert stamping.get(path).headers["etag"] != first
    assert len(kept(house)) == 2


def test_a_file_that_takes_no_stamp_goes_out_as_it_is(
    house: House, stamping: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    house.ask(stamping)
    (house.project.magnets / "guide" / "guide.pdf").write_bytes(b"%PDF-1.7 nothing")
    assert stamping.get(house.download_path()).content == b"%PDF-1.7 nothing"
    assert "went out without a name" in caplog.text


def test_copies_that_nobody_fetches_go_and_too_many_do_too(
    house: House, stamping: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    emails = [f"{name}@example.com" for name in ("a", "b", "c", "d")]
    for at, email in enumerate(emails[:3]):
        house.ask(stamping, email)
        stamping.get(house.download_path(email))
        # The first is long ago.
        os.utime(kept_of(house, email), (time.time() - (at == 0) * (stamping_of.MAX_AGE + 1) - 60 + at,) * 2)
    monkeypatch.setattr(stamping_of, "MAX_BYTES", int(2.5 * kept(house)[0].stat().st_size))
    house.ask(stamping, emails[3])
    stamping.get(house.download_path(emails[3]))
    assert {int(path.name.partition("-")[0]) for path in kept(house)} == {house.lead(email) for email in emails[2:]}


def kept_of(house: House, email: str) -> Path:
    (path,) = copies(house.settings).folder.glob(f"{house.lead(email)}-*")
    return path


def test_a_leads_copies_can_be_dropped(house: House, stamping: TestClient) -> None:
    for email in ("a@example.com", "b@example.com"):
        house.ask(stamping, email)
        stamping.get(house.download_path(email))
    assert copies(house.settings).drop(house.lead("a@example.com")) == 1
    assert kept(house) == [kept_of(house, "b@example.com")]
