"""`gatepost import`: who confirmed elsewhere, with the proof; or nobody, when a line is wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_site.magnets import wording_hash
from gatepost_webhook.cli import gatepost
from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.leads.history import facts_at
from gatepost_webhook.store.database import open_reader
from tests.webhook.commands.test_suppressions import house  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tests.webhook.intake.house import House

WORDS = "Yes, write to me about gates."
HEAD = "email,confirmed_at,first_name,team,zone,language\n"
ANNA = "Anna@Example.com,2025-03-01 14:05:00+01:00,Anna,Barn,Europe/Berlin,de\n"
BEN = "ben@example.com,2025-04-12,,,,\n"


def run(house: House, text: str, *words: str, magnet: str = "guide", wording: str = WORDS) -> Result:  # noqa: F811
    file = house.project.root / "readers.csv"
    file.write_text(text, encoding="utf-8")
    options = ["--magnet", magnet, "--wording", wording, "--data", str(house.settings.data)]
    return CliRunner().invoke(gatepost, ["import", "readers.csv", *options, *words])


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_people_come_with_their_answers_their_zone_and_the_proof_of_their_consent(house: House) -> None:  # noqa: F811
    result = run(house, HEAD + ANNA + BEN)

    assert (result.exit_code, result.output) == (0, "2 leads taken over.\n")
    anna, ben = house.rows("SELECT * FROM lead WHERE id > 1 ORDER BY id")
    assert (anna["email"], anna["canonical"]) == ("Anna@example.com", "anna@example.com")
    assert json.loads(anna["fields"]) == {"first_name": "Anna", "team": "Barn"}
    assert (anna["zone"], anna["zone_from"], ben["zone"], ben["zone_from"]) == ("Europe/Berlin", "import", "", "")
    assert anna["confirmed_at"] == anna["marketing_at"] == epoch("2025-03-01 13:05")
    assert ben["confirmed_at"] == epoch("2025-04-12")
    [receipt] = house.rows("SELECT * FROM receipt WHERE lead_id = 2")
    assert (receipt["act"], receipt["method"], receipt["at"]) == ("confirmed", "import", anna["confirmed_at"])
    assert receipt["wording"] == wording_hash(WORDS)
    assert house.one("SELECT text FROM wording WHERE hash = ?", wording_hash(WORDS)) == WORDS
    assert house.one("SELECT language FROM submission WHERE lead_id = 2") == "de"
    # Nothing is sent for it.
    assert house.one("SELECT count(*) FROM mail WHERE lead_id > 1") == 0
    assert house.one("SELECT count(*) FROM enrolment WHERE lead_id > 1") == 0


def test_what_the_log_tells_of_them_is_what_the_tables_say(house: House) -> None:  # noqa: F811
    run(house, HEAD + ANNA)
    connection = open_reader(house.settings.database)
    now = facts_of(connection, 2, house.clock.now())
    then = facts_at(connection, 2, house.clock.now())
    connection.close()
    assert then is not None
    assert (now.fields, now.confirmed, now.consents) == (then.fields, then.confirmed, then.consents)
    assert now.confirmed == {"guide"}


def test_who_is_new_begins_the_sequence_and_nobody_else(house: House) -> None:  # noqa: F811
    house.writer.run(
        lambda c: c.execute(
            "INSERT INTO suppression (address, scope, reason, at) VALUES (?, 'marketing', 'unsubscribed', 1)",
            (house.address("cleo@example.com"),),
        )
    )
    text = HEAD + ANNA + BEN + "cleo@example.com,2025-04-12,,,,\nADA@example.com,2025-04-12,Eve,,,\n"

    result = run(house, text, "--enrol")

    assert result.output == "2 leads taken over; 1 known already; 1 suppressed; 2 begin after-guide.\n"
    enrolled = house.rows("SELECT lead_id, cause FROM enrolment ORDER BY lead_id")
    assert [(row["lead_id"], row["cause"]) for row in enrolled] == [(1, "magnet"), (2, "import"), (3, "import")]
    assert house.one("SELECT count(*) FROM mail WHERE lead_id > 1 AND step = 'first' AND state = 'due'") == 2
    assert json.loads(house.one("SELECT fields FROM lead WHERE id = 1")) == {}
    # Once more, nothing happens.
    assert (
        run(house, text, "--enrol").output
        == "0 leads taken over; 3 known already; 1 suppressed; 0 begin after-guide.\n"
    )


def test_of_somebody_who_is_there_twice_the_first_proof_counts(house: House) -> None:  # noqa: F811
    run(house, HEAD + "ben@example.com,2025-04-12,,,,\nBEN@example.com,2024-01-01,,,,\n")
    assert house.rows("SELECT confirmed_at FROM lead WHERE id > 1") == [{"confirmed_at": epoch("2024-01-01")}]


MISTAKES = {
    "nobody,2025-04-12,,,,": "readers.csv:2:1: 'email' is not as it has to be, found 'nobody'; write",
    "ben@example.com,,,,,": "readers.csv:2:1: does not say when the address was confirmed, found ''; write the day",
    "ben@example.com,yesterday,,,,": "readers.csv:2:1: does not say when the address was confirmed, found 'yesterday'",
    "ben@example.com,2999-01-01,,,,": "readers.csv:2:1: was confirmed at no time that was, found '2999-01-01'",
    "ben@example.com,2025-04-12,,Field,Mars,": "readers.csv:2:1: is not a time zone, found 'Mars'; write its IANA name",
    "ben@example.com,2025-04-12,,,,german": "readers.csv:2:1: is not a language, found 'german'; write its tag",
    "ben@example.com,2025-04-12,,Moon,,": "readers.csv:2:1: 'team' is not as it has to be, found 'Moon'; write Please",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_nobody_is_taken_over(house: House, line: str) -> None:  # noqa: F811
    before = house.content()
    result = run(house, f"{HEAD}{line}\n{ANNA}")
    assert result.exit_code == 1
    assert result.output.startswith(MISTAKES[line])
    assert result.output.endswith("1 finding: nothing was changed.\n")
    assert house.content() == before


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("email,confirmed\n", "readers.csv:1:1: no such column, found 'confirmed'; write 'confirmed_at'"),
        ("email,first_name\n", "readers.csv:1:1: column 'confirmed_at' is missing, found email, first_name; write"),
        ("", "readers.csv:1:1: column 'email' is missing"),
    ],
)
def test_columns_are_known_or_named(house: House, head: str, told: str) -> None:  # noqa: F811
    assert told in run(house, head).output


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"magnet": "giude"}, "no such magnet, found 'giude'; write 'guide'"),
        ({"wording": "  "}, "--wording is empty"),
        ({"magnet": "list", "words": "--enrol"}, "magnet 'list' names no sequence; leave --enrol out"),
    ],
)
def test_what_was_asked_wrongly_is_said(house: House, how: dict[str, str], told: str) -> None:  # noqa: F811
    words = [how.pop("words")] if "words" in how else []
    result = run(house, "email,confirmed_at\nben@example.com,2025-04-12\n", *words, **how)
    assert result.exit_code == 2
    assert told in result.output


def test_a_dry_run_judges_and_changes_nothing(house: House) -> None:  # noqa: F811
    before = house.content()
    assert run(house, HEAD + ANNA + BEN, "--dry-run").output == "2 leads could be taken over. Nothing was changed.\n"
    assert house.content() == before


def test_the_words_may_be_in_a_file(house: House, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "words.txt").write_text(f"{WORDS}\n", encoding="utf-8")
    run(house, HEAD + BEN, wording=f"@{tmp_path / 'words.txt'}")
    assert house.one("SELECT wording FROM receipt WHERE lead_id = 2") == wording_hash(WORDS)
