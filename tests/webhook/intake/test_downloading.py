"""The file behind the delivery mail's link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.links import Purpose
from tests.webhook.intake.house import DAY, NOW, PDF

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House


@pytest.fixture
def path(house: House, client: TestClient) -> str:
    """The link of a confirmed lead's delivery mail."""
    house.ask(client)
    client.post(house.confirm_path())
    return house.download_path()


def test_the_file_comes_with_its_name_and_is_kept_by_nobody(house: House, client: TestClient, path: str) -> None:
    before = house.content()

    answer = client.get(path)

    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(PDF))
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["etag"] == f'"{house.manifest.assets["guide"].sha256}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert house.content() == before


def test_a_name_that_is_not_ascii_is_given_in_both_ways(house: House, client: TestClient) -> None:
    client.post("/f/list", data={"email": "ada@example.com", "company": "Gates"})
    client.post(house.confirm_path())

    disposition = client.get(house.download_path()).headers["content-disposition"]

    expected = "attachment; filename=\"liste-f_r-h_fe.pdf\"; filename*=UTF-8''liste-f%C3%BCr-h%C3%B6fe.pdf"
    assert disposition == expected


def test_head_answers_the_same_without_the_file(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers


SIZE = len(PDF)


@pytest.mark.parametrize(
    ("asked", "status", "part_and_said"),
    [
        ("bytes=0-9", 206, (slice(0, 10), f"bytes 0-9/{SIZE}")),
        ("bytes=100-", 206, (slice(100, None), f"bytes 100-{SIZE - 1}/{SIZE}")),
        ("bytes=-5", 206, (slice(-5, None), f"bytes {SIZE - 5}-{SIZE - 1}/{SIZE}")),
        (f"bytes=10-{SIZE * 9}", 206, (slice(10, None), f"bytes 10-{SIZE - 1}/{SIZE}")),
        (f"bytes=-{SIZE * 9}", 206, (slice(0, None), f"bytes 0-{SIZE - 1}/{SIZE}")),
        ("bytes=0-1,5-6", 200, (slice(0, None), None)),
        ("bytes=9-3", 200, (slice(0, None), None)),
        ("bytes=x-y", 200, (slice(0, None), None)),
        ("lines=0-9", 200, (slice(0, None), None)),
        ("bytes=", 200, (slice(0, None), None)),
        ("bytes=-", 200, (slice(0, None), None)),
        ("0-9", 200, (slice(0, None), None)),
        (f"bytes={SIZE}-", 416, (slice(0, 0), f"bytes */{SIZE}")),
        ("bytes=-0", 416, (slice(0, 0), f"bytes */{SIZE}")),
    ],
)
def test_one_range_is_a_part_and_anything_else_the_whole_file(
    client: TestClient, path: str, asked: str, status: int, part_and_said: tuple[slice, str | None]
) -> None:
    part, said = part_and_said
    answer = client.get(path, headers={"range": asked})

    assert answer.status_code == status
    assert answer.content == PDF[part]
    assert answer.headers.get("content-range") == said


@pytest.mark.parametrize(("known", "status"), [("current", 206), ('"old"', 200), ("weak", 200), ("date", 206)])
def test_a_range_counts_only_for_the_file_that_the_client_has(
    client: TestClient, path: str, known: str, status: int
) -> None:
    whole = client.get(path).headers
    words = {"current": whole["etag"], "weak": f"W/{whole['etag']}", "date": whole["last-modified"]}

    answer = client.get(path, headers={"range": "bytes=0-9", "if-range": words.get(known, known)})

    assert answer.status_code == status


def test_what_the_client_has_already_is_not_sent_again(client: TestClient, path: str) -> None:
    etag = client.get(path).headers["etag"]

    for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        answer = client.get(path, headers={"if-none-match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_file_that_changed_since_the_build_has_another_etag(house: House, client: TestClient, path: str) -> None:
    (house.project.magnets / "guide" / "guide.pdf").write_bytes(b"%PDF-1.7 new")

    answer = client.get(path)

    assert answer.content == b"%PDF-1.7 new"
    assert house.manifest.assets["guide"].sha256 not in answer.headers["etag"]


def test_the_link_works_exactly_until_its_date(house: House, client: TestClient, path: str) -> None:
    house.clock.advance(30 * DAY - 1)
    assert client.get(path).status_code == 200
    house.clock.advance(1)
    assert client.get(path).status_code == 410


def test_an_expired_link_sends_a_new_one_within_the_mailboxs_budget(
    house: House, client: TestClient, path: str
) -> None:
    house.clock.advance(31 * DAY)
    assert "Send me a new link" in client.get(path).text

    answers = [client.post(path, data={"again": "1"}) for _ in range(9)]

    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert house.mails().count(("delivery", "due")) == 1 + 5


def test_a_new_link_goes_to_nobody_who_gets_no_mail(house: House, client: TestClient, path: str) -> None:
    address = house.address("ada@example.com")
    house.writer.run(
        lambda c: c.execute(
            "INSERT INTO suppression (address, scope, reason, at) VALUES (?, 'all', 'bounced', 1)", (address,)
        )
    )
    before = house.content()

    assert client.post(path).status_code == 200
    assert house.content() == before


def test_other_purposes_do_not_open_it(house: House, client: TestClient, path: str) -> None:
    for purpose in set(Purpose) - {Purpose.DOWNLOAD}:
        token = house.links.token(purpose, 1, expires=NOW + DAY)
        assert client.get(f"/d/{token}").status_code == 404
