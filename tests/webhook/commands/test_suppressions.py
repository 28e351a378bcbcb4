"""The owner's commands about who gets no mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_webhook.cli import gatepost
from gatepost_webhook.followup.mailing import message_id
from tests.webhook.bounces import samples
from tests.webhook.intake.house import open_house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from tests.webhook.intake.house import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """One lead, ada@example.com, who confirmed with consent; the commands read the same secrets."""
    with open_house(tmp_path) as opened:
        for name in ("secret", "suppression_key"):
            monkeypatch.setenv(f"GATEPOST_{name.upper()}", getattr(opened.settings, name).get_secret_value())
        monkeypatch.chdir(tmp_path)
        client = opened.client()
        opened.ask(client, marketing="yes")
        client.post(opened.confirm_path())
        yield opened


def run(house: House, *words: str) -> Result:
    name, *rest = words
    return CliRunner().invoke(gatepost, [name, "--data", str(house.settings.data), *rest])


def why(house: House) -> list[tuple[str, str]]:
    return [tuple(row.values()) for row in house.rows("SELECT scope, reason FROM suppression ORDER BY scope, reason")]


def test_an_address_is_suppressed_asked_about_and_let_off_again(house: House) -> None:
    assert run(house, "suppressions").output == "No address is suppressed.\n"
    assert run(house, "suppress", "ADA@example.com").output == "1 address is suppressed now.\n"
    assert house.rows("SELECT count(*) AS n FROM mail WHERE state = 'due'") == [{"n": 0}]
    assert run(house, "suppress", "ada@example.com").output == "0 addresses are suppressed now; 1 were already.\n"
    assert "Ada@example.com gets no mail since" in run(house, "suppressions", "Ada@example.com").output
    assert "owner" in run(house, "suppressions").output
    assert run(house, "unsuppress", "ada@example.com").output.startswith("ada@example.com is not suppressed any more")
    assert run(house, "unsuppress", "ada@example.com").output == "ada@example.com is not suppressed.\n"


@pytest.mark.parametrize("reason", ["complained", "unsubscribed", "not-me"])
def test_what_was_their_own_wish_is_lifted_by_their_own_wish_alone(house: House, reason: str) -> None:
    run(house, "suppress", "ada@example.com", "--reason", reason)
    refused = run(house, "unsuppress", "ada@example.com")
    assert refused.exit_code == 1
    assert "add --yes-they-asked" in refused.stderr
    assert run(house, "unsuppress", "ada@example.com", "--yes-they-asked").exit_code == 0
    assert why(house) == []


def test_letting_off_brings_no_consent_back(house: House) -> None:
    run(house, "suppress", "ada@example.com", "--reason", "complained")
    run(house, "unsuppress", "ada@example.com", "--yes-they-asked")
    assert house.one("SELECT marketing_at FROM lead") is None
    assert house.one("SELECT state FROM enrolment") == "stopped"


def test_a_list_from_elsewhere_is_taken_over_and_its_mistakes_are_named(house: House, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text(
        "Email,Reason\n# from the former tool\nada@example.com,HardBounce\nBEN@Example.com,SpamComplaint\n"
        "no address,bounce\neve@example.com,whim\nzoe@example.com,\n",
        encoding="utf-8",
    )
    result = run(house, "suppress", "--import", str(file), "--reason", "unsubscribed")
    assert result.exit_code == 1
    assert "3 addresses are suppressed now." in result.stdout
    assert f"{file}:5: is no address" in result.stderr
    assert f"{file}:6: has a reason that is unknown, found 'whim'" in result.stderr
    assert why(house) == [("all", "bounced"), ("all", "complained"), ("marketing", "unsubscribed")]
    again = run(house, "suppress", "--import", str(file))
    assert again.stdout == "1 address is suppressed now; 2 were already.\n"


def test_a_plain_list_has_an_address_a_line(house: House, tmp_path: Path) -> None:
    file = tmp_path / "old.txt"
    file.write_text("\ufeffben@example.com\r\n\r\nzoe@example.com\r\n", encoding="utf-8")
    assert run(house, "suppress", "--import", str(file)).output == "2 addresses are suppressed now.\n"


@pytest.mark.parametrize("border", [",", ";", "\t"])
def test_cells_may_stand_apart_as_a_spreadsheet_of_any_country_writes_them(
    house: House, tmp_path: Path, border: str
) -> None:
    file = tmp_path / "list.csv"
    rows = [
        ("Name", "Email", "Reason"),
        ("Gate, Ben; jr", "ben@example.com", "Bounce"),
        ("", "zoe@example.com", "spam"),
    ]
    lines = [border.join(f'"{cell}"' for cell in row) for row in rows]
    file.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    assert run(house, "suppress", "--import", str(file)).output == "2 addresses are suppressed now.\n"
    assert why(house) == [("all", "bounced"), ("all", "complained")]


def test_the_list_can_name_leads_and_nobody_else(house: House) -> None:
    run(house, "suppress", "ada@example.com", "ben@example.com", "--reason", "bounced")
    shown = run(house, "suppressions", "--leads").output
    assert "Ada@example.com  all  bounced" in shown
    assert "ben" not in shown
    assert "1 of leads; 2 on the list." in shown
    assert "0 of leads" in run(house, "suppressions", "--leads", "--reason", "owner").output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["suppress"], "Name an address"),
        (["suppress", "nobody"], "Found 'nobody'"),
        (["suppressions", "--reason", "owner"], "--reason goes with --leads"),
        (["unsuppress", "@"], "ADDRESS"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(house: House, words: list[str], message: str) -> None:
    result = run(house, *words)
    assert result.exit_code == 2
    assert message in result.stderr


def test_bounces_says_which_settings_name_a_mailbox(house: House) -> None:
    result = run(house, "bounces")
    assert result.exit_code == 1
    assert "GATEPOST_BOUNCE_MAILDIR" in result.stderr


def test_bounces_reads_a_maildir_and_says_what_was_in_it(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = house.one("SELECT id FROM mail")
    identifier = message_id(mail, house.settings.signing_secrets[0], "example.org").strip("<>")
    for name in ("new", "cur", "tmp"):
        (tmp_path / "bounces" / name).mkdir(parents=True)
    (tmp_path / "bounces" / "new" / "1.2.host").write_bytes(samples.SAMPLES[0].mail(identifier))
    (tmp_path / "bounces" / "new" / "2.2.host").write_bytes(samples.SAMPLES[0].mail("v1.1.0123456789ab@example.org"))
    (tmp_path / "bounces" / "new" / "3.2.host").write_bytes(b"From: ben@example.com\n\nHello\n")
    monkeypatch.setenv("GATEPOST_BOUNCE_MAILDIR", str(tmp_path / "bounces"))
    assert run(house, "bounces").output.splitlines() == [
        "3 mails read.",
        "      1  bounced, acted upon",
        "      1  bounced, about no mail of ours (or forged): ignored",
        "      1  no report: left unread",
    ]
    assert run(house, "bounces").output == "0 mails read.\n"


def test_bounces_explains_a_mail_and_changes_nothing(house: House, tmp_path: Path) -> None:
    before = house.content()
    (tmp_path / "a.eml").write_bytes(samples.SAMPLES[0].mail("v1.1.0123456789ab@example.org"))
    shown = run(house, "bounces", "--explain", str(tmp_path / "a.eml")).output
    assert "bounced: dead mailbox" in shown
    assert "about     no mail of ours" in shown
    assert house.content() == before
