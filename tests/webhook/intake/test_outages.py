"""What was not committed is never called a success, and works again by itself."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.store.database import open_database
from gatepost_webhook.store.writer import MAX_WAITING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House


@contextmanager
def _locked(house: House) -> Iterator[None]:
    """Keep the database locked, as a long write of another process would; the writer gives up soon."""
    house.writer.run(lambda connection: connection.execute("PRAGMA busy_timeout=10"))
    other = open_database(house.settings.database)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def _full(house: House) -> Iterator[None]:
    """Let as many writes wait as may."""
    entered, go = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        entered.set()
        go.wait(30)

    house.writer.submit(hold)
    assert entered.wait(5)
    futures = [house.writer.submit(lambda _: None) for _ in range(MAX_WAITING)]
    try:
        yield
    finally:
        go.set()
        futures[-1].result(20)


@contextmanager
def _closed(house: House) -> Iterator[None]:
    """Be about to end."""
    house.writer.close()
    yield


@pytest.mark.parametrize("outage", [_locked, _full, _closed])
def test_every_write_says_not_now(house: House, client: TestClient, outage: object) -> None:
    house.ask(client, marketing="yes")
    client.post(house.confirm_path())
    house.ask(client, "bob@example.com")
    paths = [house.confirm_path("bob@example.com"), house.leave_path(), house.unsubscribe_path()]
    before = house.content()

    with outage(house):  # type: ignore[operator]
        answers = [house.ask(client, "carol@example.com"), client.get("/healthz")]
        answers += [client.post(path, content="List-Unsubscribe=One-Click") for path in paths]
        pages = [client.get(path).status_code for path in paths]

    assert [answer.status_code for answer in answers] == [503] * 5
    for answer in (answers[0], *answers[2:]):
        assert answer.headers["retry-after"] == "300"
        assert "Please try again in a few minutes." in answer.text
        assert b"%PDF" not in answer.content
    assert answers[1].text == "not now\n"
    assert pages == [200] * 3
    assert house.content() == before


@pytest.mark.parametrize("outage", [_locked, _full])
def test_it_works_again_by_itself(house: House, client: TestClient, outage: object) -> None:
    with outage(house):  # type: ignore[operator]
        assert house.ask(client).status_code == 503

    assert house.ask(client).status_code == 303
    assert client.get("/healthz").status_code == 200
    assert house.one("SELECT count(*) FROM submission") == 1
