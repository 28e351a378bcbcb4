"""The same book in the format, and with the name, of who fetches it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatepost_site.project import Asset
from tests.webhook.intake.house import PDF

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

BOOK = b"PK\x03\x04 a book"


@pytest.fixture
def with_epub(house: House) -> TestClient:
    """A browser before an app whose guide is to be had as EPUB too."""
    file = house.project.private / "ebooks" / "guide.epub"
    file.parent.mkdir(parents=True)
    file.write_bytes(BOOK)
    book = Asset(".gatepost/ebooks/guide.epub", "guide.epub", "application/epub+zip", "5" * 64, len(BOOK))
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
