"""Nobody can be flooded with mail by somebody else who types their address."""

from __future__ import annotations

import logging
import random
from typing import TYPE_CHECKING

from gatepost_webhook.intake.answers import judge
from gatepost_webhook.intake.submit import Taken, take
from gatepost_webhook.store.submissions import Draft
from tests.webhook.intake.house import DAY, NOW

if TYPE_CHECKING:
    import pytest
    from starlette.testclient import TestClient

    from gatepost_webhook.store.database import Connection
    from tests.webhook.intake.house import House


def _take_all(house: House, emails: list[str]) -> None:
    """Keep a form for each address, each from another client and with other answers."""
    desk = house.desk()

    def work(connection: Connection) -> None:
        for number, email in enumerate(emails):
            form = house.form(email, first_name=str(number), wording="", acres=str(house.clock.now() - NOW))
            draft = judge(house.magnets["guide"], form, desk.pages.words)
            assert isinstance(draft, Draft)
            assert take(desk, connection, draft, client=f"client:{number}") == Taken()

    house.writer.run(work)


def _spelling(chance: random.Random) -> str:
    """Write one mailbox in one of its many ways."""
    dotted = "".join(char + "." * chance.randrange(2) for char in "adalovelac") + "e"
    cased = "".join(chance.choice((char, char.upper())) for char in dotted)
    tag = f"+{chance.randrange(500)}" if chance.randrange(2) else ""
    return f"{cased}{tag}@{chance.choice(('gmail.com', 'Gmail.com', 'googlemail.com'))}"


def test_one_mailbox_in_a_thousand_spellings_gets_one_mail_a_day_and_three_a_month(house: House) -> None:
    chance = random.Random(1)
    for _ in range(10):
        _take_all(house, [_spelling(chance) for _ in range(100)])
        if house.clock.now() == NOW:
            assert house.mails() == [("confirm", "due")]
        house.clock.advance(3 * DAY - 1)

    assert house.one("SELECT count(*) FROM submission") == 1000
    assert house.mails() == [("confirm", "due")] * 3


def test_a_flood_of_victims_is_spread_over_hours_and_delays_no_confirmed_lead(
    house: House, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    house.ask(client)
    client.post(house.confirm_path())

    with caplog.at_level(logging.WARNING, "gatepost.webhook"):
        _take_all(house, [f"victim{number}@example.com" for number in range(500)])
    house.ask(client, first_name="Ada")

    due = [row["due_at"] for row in house.rows("SELECT due_at FROM mail WHERE kind = 'confirm' ORDER BY due_at")]
    assert len(due) == 501
    assert all(later - earlier >= 3600 for earlier, later in zip(due, due[60:], strict=False))
    assert house.rows("SELECT due_at FROM mail WHERE kind = 'delivery'") == [{"due_at": NOW}] * 2
    alarms = [record for record in caplog.records if "confirmation mails an hour" in record.getMessage()]
    assert len(alarms) == 1


def test_a_confirmed_mailbox_cannot_be_flooded_either(house: House, client: TestClient) -> None:
    house.ask(client)
    client.post(house.confirm_path())

    _take_all(house, ["ada@example.com"] * 50 + ["ada+x@example.com"] * 50)

    assert house.mails().count(("delivery", "due")) == 5


def test_mails_that_wait_their_turn_are_a_day_apart_too(house: House) -> None:
    _take_all(
        house, ["ada@example.com", *(f"victim{number}@example.com" for number in range(60 * 30)), "eve@example.com"]
    )
    house.clock.advance(DAY + 1)

    _take_all(house, ["eve@example.com"])
    assert _due(house, "eve@example.com") == [NOW + 30 * 3600]
    house.clock.advance(30 * 3600 - 2)
    _take_all(house, ["eve@example.com"])
    assert len(_due(house, "eve@example.com")) == 1
    house.clock.advance(1)
    _take_all(house, ["eve@example.com"])
    assert _due(house, "eve@example.com") == [NOW + 30 * 3600, NOW + 30 * 3600 + DAY]


def _due(house: House, canonical: str) -> list[int]:
    query = "SELECT due_at FROM mail JOIN lead ON lead.id = lead_id WHERE canonical = ? ORDER BY due_at"
    return [row["due_at"] for row in house.rows(query, canonical)]
