"""What is kept for how long: 800 days with a clock that is moved by hand."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.leads.retention import Daily, foreseen, purge, said
from gatepost_webhook.store.database import open_reader
from tests.webhook.intake.house import DAY, open_house
from tests.webhook.leads.test_erasure import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house that erases who did nothing for two years."""
    with open_house(tmp_path, keep_inactive_days=730) as opened:
        yield opened


def ask(house: House, client: TestClient, name: str, *, confirm: bool) -> int:
    house.ask(client, f"{name}@example.com", marketing="yes")
    lead = house.lead(f"{name}@example.com")
    if confirm:
        client.post(house.confirm_path(f"{name}@example.com"))
    # As the worker leaves it, who sent everything at once.
    for statement in (
        "UPDATE mail SET state = 'sent', mime = x'00', changed_at = ? WHERE lead_id = ? AND kind <> 'drip'",
        "UPDATE mail SET state = 'cancelled', changed_at = ? WHERE lead_id = ? AND kind = 'drip'",
    ):
        run(house, statement, house.clock.now(), lead)
    return lead


def names(house: House) -> set[str]:
    return {row["email"].partition("@")[0] for row in house.rows("SELECT email FROM lead")}


def would(house: House) -> str:
    with closing(open_reader(house.settings.database)) as connection:
        return said(foreseen(connection, house.settings, now=house.clock.now()))


def test_eight_hundred_days(house: House, client: TestClient) -> None:
    ask(house, client, "silent", confirm=False)
    ask(house, client, "reader", confirm=True)
    ask(house, client, "active", confirm=True)
    daily = Daily(house.writer, house.settings)
    seen: dict[int, tuple[set[str], int, int, int]] = {}
    for day in range(801):
        if day == 400:
            client.post(house.download_path("active@example.com"))
            house.writer.run(
                lambda c: c.execute(
                    "INSERT INTO event (at, lead_id, kind) SELECT ?, id, 'downloaded' FROM lead"
                    " WHERE email = 'active@example.com'",
                    (house.clock.now(),),
                )
            )
        for _ in range(4):
            daily.look(house.clock.now())
        kept = house.one("SELECT count(*) FROM mail WHERE mime IS NOT NULL")
        hits = house.one("SELECT count(*) FROM hit WHERE key <> 'purge'")
        seen[day] = names(house), kept, hits, house.one("SELECT count(*) FROM erasure")
        house.clock.advance(DAY)

    everybody = {"silent", "reader", "active"}
    table = [seen[day] for day in (0, 6, 8, 13, 15, 31, 729, 731, 800)]
    assert [row[0] for row in table] == [everybody] * 4 + [{"reader", "active"}] * 3 + [{"active"}] * 2
    assert [row[1] > 0 for row in table] == [True, True] + [False] * 7
    assert [row[2] > 0 for row in table] == [True] * 5 + [False] * 4
    # Of who never confirmed nothing stays; of who was a reader, that they were erased.
    assert [row[3] for row in table] == [0] * 7 + [1] * 2
    assert house.one("SELECT method FROM erasure") == "inactive"
    assert house.one("SELECT count(*) FROM proof") == 2
    house.clock.advance(1095 * DAY)
    assert purge(house.writer, house.settings, now=house.clock.now())["proofs"] == 2


def test_who_waits_for_a_mail_or_asked_again_is_not_deleted(house: House, client: TestClient) -> None:
    ask(house, client, "waiting", confirm=False)
    house.writer.run(lambda c: c.execute("UPDATE mail SET state = 'due'"))
    ask(house, client, "again", confirm=False)
    house.clock.advance(13 * DAY)
    house.ask(client, "again@example.com", first_name="Ann")
    house.writer.run(lambda c: c.execute("UPDATE mail SET state = 'sent' WHERE lead_id = 2"))
    house.clock.advance(2 * DAY)

    purge(house.writer, house.settings, now=house.clock.now())

    assert names(house) == {"waiting", "again"}


def test_nobody_is_erased_for_being_inactive_unless_that_is_set(house: House, client: TestClient) -> None:
    ask(house, client, "reader", confirm=True)
    house.clock.advance(5000 * DAY)
    settings = house.settings.model_copy(update={"keep_inactive_days": 0})

    purge(house.writer, settings, now=house.clock.now())

    assert names(house) == {"reader"}


def test_a_dry_run_says_what_a_purge_then_does(house: House, client: TestClient) -> None:
    ask(house, client, "silent", confirm=False)
    ask(house, client, "reader", confirm=True)
    house.clock.advance(15 * DAY)
    before = house.content()
    foretold = would(house)
    assert house.content() == before

    assert said(purge(house.writer, house.settings, now=house.clock.now())) == foretold
    assert foretold.startswith("3 mails' bytes, 1 lead who never confirmed, ")
    assert would(house) == ""


def test_no_network_address_and_no_browser_is_kept_anywhere(house: House, client: TestClient) -> None:
    client.headers["user-agent"] = "Unmistakable/1.0"
    ask(house, client, "reader", confirm=True)
    held = repr([house.rows(f"SELECT * FROM [{row['name']}]") for row in house.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    )])  # fmt: skip
    assert "203.0.113" not in held
    assert "Unmistakable" not in held
