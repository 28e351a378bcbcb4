"""gatepost person, consent, erase and purge, as an owner types them."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from gatepost_webhook.cli import gatepost
from gatepost_webhook.store.consents import About, add_receipt
from gatepost_webhook.store.database import open_database
from tests.webhook.leads.filled import write_rows

if TYPE_CHECKING:
    from pathlib import Path

CONSENT = """\
eve@example.net (lead 3): no consent in force: withdrawn

2026-11-18 10:00  marketing confirmed by button, for checklist

2026-11-19 09:00  marketing withdrawn by one-click
"""


def run(data: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(gatepost, [*arguments, "--data", str(data)], input=typed)


def test_consent_tells_when_where_how_and_every_later_change(data: Path) -> None:
    assert run(data, "consent", "EVE@example.net").output == CONSENT


def test_consent_shows_the_exact_words_and_sees_that_they_were_changed(data: Path) -> None:
    """The words in this database do not have the hash that the form sent."""
    result = run(data, "consent", "1")
    assert result.exit_code == 1
    assert "by form on get/playbook/, for playbook\n    | Yes, send me five mails.\n" in result.output
    assert "they were changed in the database" in result.output
    found = json.loads(run(data, "consent", "1", "--format", "json").output)
    assert [one["act"] for one in found["receipts"]] == ["given", "confirmed"]
    assert found["receipts"][0]["intact"] is False
    assert found["receipts"][1]["message_id"] == "<1@example.org>"


def test_a_page_that_a_form_made_up_cannot_turn_the_line_round(data: Path) -> None:
    """Which page it stood on a form says of itself."""
    with closing(open_database(data / "leads.db")) as connection:
        add_receipt(connection, About(1, page="/a\u202eb"), "given", method="form", now=1_764_000_000)
    assert "by form on /a\ufffdb\n" in run(data, "consent", "1").output


@pytest.mark.parametrize("command", ["consent", "erase", "person"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("99", "no lead has the number 99; 'gatepost leads' lists them, or write an address"),
        ("9" * 30, f"no lead has the number {'9' * 18}...; 'gatepost leads' lists them, or write an address"),
        ("9" * 5000, f"no lead has the number {'9' * 18}..."),
        ("ada", "'ada' is neither an address nor the number of a lead"),
    ],
)
def test_whoever_is_not_known_is_named(data: Path, command: str, name: str, words: str) -> None:
    result = run(data, command, name)
    assert result.exit_code == 1
    assert words in result.output


def test_person_writes_a_private_file(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "ada.json"
    assert run(data, "person", "ada@example.org", "--output", str(target)).output == (
        f"Ada@Example.org: written to {target}.\n"
    )
    assert target.stat().st_mode & 0o777 == 0o600
    assert json.loads(target.read_text(encoding="utf-8"))["kept"]["lead"][0]["id"] == 1
    assert "exists already" in run(data, "person", "1", "--output", str(target)).output


def test_erase_says_what_goes_asks_and_then_looks(data: Path) -> None:
    refused = run(data, "erase", "ada@example.org", typed="n\n")
    assert refused.exit_code == 1
    assert (
        "Ada@Example.org (lead 1): 1 lead, 1 enrolment, 3 events, 3 mails, 2 receipts, 2 submissions" in refused.output
    )

    done = run(data, "erase", "1", "--yes")

    assert done.exit_code == 0
    assert f"Erased. Every file in {data} was looked through, and nothing is left." in done.output
    assert "no lead has the address ada@example.org; nothing was erased" in run(data, "erase", "ada@example.org").output
    assert "erased; no consent in force" in run(data, "consent", "ada@example.org").output


def test_erase_fails_loudly_when_something_is_left(data: Path) -> None:
    (data / "old-export.csv").write_text("ada@example.org", encoding="utf-8")
    result = run(data, "erase", "1", "--yes")
    assert result.exit_code == 1
    assert f"{data / 'old-export.csv'}: still holds what was erased; delete it, or write it anew" in result.output


def test_purge_says_what_it_would_delete_and_deletes_it(tmp_path: Path) -> None:
    old = {"id": 1, "email": "a@example.org", "canonical": "a@example.org", "fields": {}, "created_at": 1}
    write_rows(tmp_path / "data", {"lead": [old]})
    data = tmp_path / "data"
    assert run(data, "purge", "--dry-run").output == "Would delete: 1 lead who never confirmed.\n"
    assert run(data, "purge").output == "Deleted: 1 lead who never confirmed.\n"
    assert run(data, "purge").output == "Nothing is old enough.\n"
