"""What is written about one person is complete, and about nobody else (P19)."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

from gatepost_webhook.leads.named import find_person
from gatepost_webhook.leads.person import everything_about
from gatepost_webhook.store.database import open_reader
from gatepost_webhook.store.personal import Personal
from tests.soak.sizes import report, size
from tests.webhook.leads.test_erasure import live, people

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.webhook.intake.house import House

MANY = size(40, 1000)


def about(house: House, name: str) -> dict[str, Any]:
    with closing(open_reader(house.settings.database)) as connection:
        person = find_person(connection, name, house.settings.address_key)
        return everything_about(connection, house.settings, person, now=house.clock.now())


def test_it_is_all_that_a_search_through_every_table_finds_and_nobody_elses(house: House, client: TestClient) -> None:
    everybody = people(MANY)
    leads = {person["email"]: live(house, client, person) for person in everybody}
    tables = {row["name"] for row in house.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    rows = {
        table: [(row.get("lead_id"), _text(row)) for row in house.rows(f"SELECT rowid AS number, * FROM [{table}]")]
        for table in sorted(tables)
    }

    for person in everybody:
        found, lead = about(house, person["email"].upper()), leads[person["email"]]
        text = json.dumps(found, ensure_ascii=False)
        others = [other["email"] for other in everybody if other is not person]
        assert [other for other in others if other in text or other.lower() in text] == []
        marks = [person[name].lower().encode() for name in ("email", "first_name", "phone")]
        for table, held in rows.items():
            own = [text for of, text in held if of == lead or any(mark in text for mark in marks)]
            assert len(found["kept"].get(table, [])) >= len(own), (table, own)
        assert len(found["files"]) == 1 + len(found["kept"]["mail"])
        assert person["note"] in {row["fields"]["note"] for row in found["kept"]["submission"]}
        assert found["wordings"] == {house.magnets["guide"].wording: house.magnets["guide"].meta.consent}
    report("P19 exports", people=MANY, incomplete=0, with_somebody_elses_address=0)


def _text(row: dict[str, Any]) -> bytes:
    """Return all that a row holds, in small letters."""
    return b"\0".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values()).lower()


def test_of_who_was_never_there_nothing_is_kept(house: House) -> None:
    found = about(house, "nobody@example.com")
    assert (found["kept"], found["wordings"], found["files"]) == ({}, {}, [])


def test_rows_that_are_about_a_lead_through_another_table_are_found(house: House, client: TestClient) -> None:
    """As a later version may add them: here a note on a mail."""
    lead = live(house, client, people(1)[0])
    mail = house.one("SELECT id FROM mail WHERE lead_id = ? ORDER BY id", lead)

    def add(connection: Any) -> dict[str, int]:
        connection.execute(
            "CREATE TABLE remark (id INTEGER PRIMARY KEY, mail_id INTEGER REFERENCES mail(id), text TEXT)"
        )
        connection.execute("INSERT INTO remark (mail_id, text) VALUES (?, 'late')", (mail,))
        found = Personal(connection).rows(lead)
        connection.execute("INSERT INTO erasing (lead_id) VALUES (?)", (lead,))
        return {"found": len(found["remark"]), "deleted": Personal(connection).delete(lead)["remark"]}

    assert house.writer.run(add) == {"found": 1, "deleted": 1}
