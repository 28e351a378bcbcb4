"""Erased means erased: no byte of a person is left in any file of the data folder (P18)."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.intake.stamping import copies
from gatepost_webhook.leads.erasure import clean, erase
from gatepost_webhook.store import consents, erasures
from gatepost_webhook.store.database import DatabaseError, open_reader
from gatepost_webhook.store.personal import Personal
from gatepost_webhook.store.statements import statements
from tests.soak.sizes import report, size

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from gatepost_webhook.store.database import Connection
    from tests.webhook.intake.house import House

MANY = size(60, 1000)


def people(count: int) -> list[dict[str, str]]:
    """Return what that many people type, each unlike the others."""
    return [
        {
            "email": f"Person.{number:04}@Example-{number:04}.com",
            "first_name": f"Zoë-{number:04} Ōkubo",
            "phone": f"+49 30 55{number:04}",
            "note": f'The "gate" of {number:04}\nis <green> & wide.',
            "marketing": "yes",
        }
        for number in range(count)
    ]


def run(house: House, statement: str, *values: object) -> None:
    """Run a statement in the writer's transaction."""
    house.writer.run(lambda connection: connection.execute(statement, values))


def live(house: House, client: TestClient, person: dict[str, str]) -> int:
    """Let somebody ask, confirm, and have mails and a copy beside the database; return their number."""
    email = person["email"].lower()
    house.ask(client, **person)
    client.post(house.confirm_path(email))
    lead = house.lead(email)
    for mail in house.rows("SELECT id FROM mail WHERE lead_id = ?", lead):
        mime = "\r\n".join(person.values()).encode()
        run(house, "UPDATE mail SET mime = ? WHERE id = ?", mime, mail["id"])
        house.settings.mailbox.mkdir(exist_ok=True)
        (house.settings.mailbox / f"{mail['id']:08d}.eml").write_bytes(mime)
    folder = copies(house.settings).folder
    folder.mkdir(exist_ok=True)
    (folder / f"{lead}-0123.pdf").write_bytes(f"%PDF-1.7 For {person.get('first_name')}".encode())
    return lead


def bytes_of(folder: Path) -> bytes:
    """Return everything that the files of a folder hold, in small letters."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    # Not read here: to close a file of SQLite's is to give up the locks that this process holds on it.
    return subprocess.run(["cat", *files], stdout=subprocess.PIPE, check=True).stdout.lower()


def hits(folder: Path, everybody: list[dict[str, str]]) -> list[str]:
    """Return what of these people is still there."""
    held = bytes_of(folder)
    texts = [text for person in everybody for name, text in person.items() if name != "marketing"]
    parts = {part for text in texts for part in re.split(r'["\n<>&]', text) if len(part) > 6}
    return sorted(part for part in parts if part.encode().lower() in held)


def test_no_byte_of_those_who_are_erased_is_left(house: House, client: TestClient) -> None:
    everybody = people(MANY + MANY // 5)
    leads = [live(house, client, person) for person in everybody]
    # What is there is found: or the search would prove nothing.
    assert len(hits(house.settings.data, everybody)) >= 4 * len(everybody)

    staying = everybody[::6]
    going = [lead for index, lead in enumerate(leads) if index % 6]
    erased = erase(house.writer, house.settings, going, method="command", now=house.clock.now())

    assert clean(house.settings, erased) == []
    assert [one.gone.lead_id for one in erased] == going
    assert hits(house.settings.data, [person for person in everybody if person not in staying]) == []
    assert len(hits(house.settings.data, staying)) >= 4 * len(staying)
    report("P18 erasures", erased=len(going), texts_left=0, others=len(staying))


def test_what_stays_says_that_somebody_had_agreed_and_is_written_to_no_more(house: House, client: TestClient) -> None:
    ada, bea = (live(house, client, {"email": f"{name}@example.com", "marketing": "yes"}) for name in ("ada", "bea"))
    house.clock.advance(100)

    erased = erase(house.writer, house.settings, [ada], method="page", now=house.clock.now())

    name, now = house.address("ada@example.com"), house.clock.now()
    assert house.rows("SELECT address, at, method, mails FROM erasure") == [
        {"address": name, "at": now, "method": "page", "mails": 3}
    ]
    assert house.rows("SELECT address, scope, reason, at FROM suppression") == [
        {"address": name, "scope": "marketing", "reason": "unsubscribed", "at": now}
    ]
    assert [row["act"] for row in house.rows("SELECT act FROM proof WHERE address = ?", name)] == ["given", "confirmed"]
    assert {row["erased_at"] for row in house.rows("SELECT erased_at FROM proof")} == {now}
    assert house.one("SELECT count(*) FROM erasing") == 0
    assert house.rows("SELECT DISTINCT lead_id FROM event") == [{"lead_id": bea}]
    assert erased[0].gone.rows["mail"] == 3


def test_events_and_receipts_of_everybody_else_stay_append_only(house: House, client: TestClient) -> None:
    live(house, client, {"email": "ada@example.com", "marketing": "yes"})
    for table in ("event", "receipt"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET at = 0"):
            with pytest.raises(DatabaseError, match="append-only"):
                run(house, statement)


def test_a_complaint_stays_a_complaint(house: House, client: TestClient) -> None:
    ada = live(house, client, {"email": "ada@example.com", "marketing": "yes"})
    name = house.address("ada@example.com")
    house.writer.run(lambda c: consents.suppress(c, name, "all", "complained", now=1))

    erase(house.writer, house.settings, [ada], method="command", now=house.clock.now())

    assert {(row["scope"], row["reason"]) for row in house.rows("SELECT scope, reason FROM suppression")} == {
        ("all", "complained"),
        ("marketing", "unsubscribed"),
    }


def test_the_numbers_in_an_erased_leads_links_are_given_to_nobody_else(house: House, client: TestClient) -> None:
    ada = live(house, client, {"email": "ada@example.com", "marketing": "yes"})
    paths = [house.unsubscribe_path(), house.leave_path(), house.download_path()]
    erase(house.writer, house.settings, [ada], method="command", now=house.clock.now())

    live(house, client, {"email": "bea@example.com", "marketing": "yes"})

    assert [client.get(path).status_code for path in paths] == [404, 404, 404]


def test_the_same_name_in_another_leads_rows_is_that_leads(house: House, client: TestClient) -> None:
    leads = [live(house, client, {"email": f"{n}@example.com", "first_name": "Philippa"}) for n in ("one", "two")]

    erased = erase(house.writer, house.settings, leads[:1], method="command", now=house.clock.now())
    assert clean(house.settings, erased) == []


def test_what_is_still_there_is_named_by_its_file_and_by_nothing_else(
    house: House, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    ada = live(house, client, {"email": "Ada.Unmistakable@example.com", "first_name": "Philippa"})
    house.settings.mailbox.joinpath("notes.txt").write_text("Ask ada.unmistakable@EXAMPLE.com again", encoding="utf-8")

    erased = erase(house.writer, house.settings, [ada], method="command", now=house.clock.now())

    assert clean(house.settings, erased) == ["mailbox/notes.txt"]
    assert "notes.txt" in caplog.text
    assert "unmistakable" not in caplog.text.lower()


def test_a_database_from_before_is_told_who_was_erased_since(house: House, client: TestClient) -> None:
    """What a restored backup brings back goes again; who came back by themselves since then stays."""
    for name in ("gone", "back", "stays"):
        live(house, client, {"email": f"{name}@example.com", "marketing": "yes"})
    now, day = house.clock.now(), 86_400

    def note(connection: Connection) -> None:
        for name in ("gone", "back"):
            statements.add_erasure(
                connection, address=house.address(f"{name}@example.com"), now=now + day, method="page", mails=0
            )
        connection.execute("UPDATE lead SET created_at = ? WHERE email = 'back@example.com'", (now + 2 * day,))

    house.writer.run(note)
    key = house.settings.address_key
    assert house.writer.run(lambda c: erasures.reapply_erasures(c, now + 2 * day, key=key, now=now + 3 * day)) == []
    gone = house.writer.run(lambda c: erasures.reapply_erasures(c, now, key=key, now=now + 3 * day))

    assert len(gone) == 1
    assert [row["email"] for row in house.rows("SELECT email FROM lead ORDER BY id")] == [
        "back@example.com",
        "stays@example.com",
    ]
    assert house.writer.run(lambda c: erasures.reapply_erasures(c, now, key=key, now=now + 3 * day)) == []


#: Tables that say nothing about anybody, and why.
ABOUT_NOBODY = {
    "_sqlite_migrations": "which migrations ran",
    "wording": "what was beside the box, once for all",
    "sequence_version": "what a sequence said",
    "hit": "limits, by keyed hashes that end within 30 days",
    "erasing": "empty but within a transaction",
    "sqlite_sequence": "the highest number of each table",
    "report": "which bounces were read, by hashes",
    "report_count": "how many of them, by source",
    "reading": "numbers by which events are read on",
    "pause": "why nothing is sent",
    "road": "how a relay was met",
    "counter": "numbers that only grow",
}


def test_every_table_is_known_to_be_about_somebody_or_about_nobody(house: House) -> None:
    """A new table is found by its lead_id, by a row that it names, or by a keyed hash; others are listed here."""
    connection = open_reader(house.settings.database)
    personal = Personal(connection)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    known = {*personal.paths, *personal.by_address}
    connection.close()
    assert {"lead", "submission", "receipt", "event", "enrolment", "mail", "preference"} <= set(personal.paths)
    assert {"suppression", "erasure", "proof"} <= set(personal.by_address)
    assert tables - known <= set(ABOUT_NOBODY)
