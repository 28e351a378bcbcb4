"""Mails of unknown fate: listed with what is needed to look them up, and decided by the owner."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_webhook.channels.channel import Ambiguous
from gatepost_webhook.cli import gatepost
from tests.soak.sizes import report
from tests.webhook.channels.scripted import DROP, ScriptedRelay
from tests.webhook.followup.desk import START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

    from tests.webhook.followup.desk import Desk

SILENT = Ambiguous("127.0.0.1:25: the connection was closed after the message")


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedRelay]:
    relay = ScriptedRelay()
    relay.start()
    values = {"CHANNEL": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(relay.port), "SMTP_SECURITY": "none"}
    values |= {"MAIL_FROM": "Example <hello@example.org>", "SECRET": "s" * 32, "SUPPRESSION_KEY": "k" * 32}
    for name, value in values.items():
        monkeypatch.setenv(f"GATEPOST_{name}", value)
    yield relay
    relay.stop()


def run(desk: Desk, *arguments: str) -> Result:
    return CliRunner().invoke(gatepost, ["held", *arguments, "--data", str(desk.outfit.settings.data)])


def hold(desk: Desk, count: int) -> None:
    """Let the first step of so many leads be held."""
    for index in range(count):
        desk.enrol(desk.add_lead(f"lead{index}@example.com"))
    desk.end_with(*[SILENT] * count)
    desk.run(days=1)
    assert desk.states()[:count] == ["held"] * count


def test_a_hundred_held_mails_all_say_what_to_look_for(desk: Desk) -> None:
    hold(desk, 100)
    found = json.loads(run(desk, "list", "--format", "json").output)
    assert len(found) == 100
    for index, one in enumerate(found):
        assert one == {
            "id": index + 1,
            "kind": "drip",
            "email": f"lead{index}@example.com",
            "sequence": "after",
            "step": "first",
            "subject": "About first",
            "message_id": desk.channel.messages[index].message_id,
            "phase": "the whole message was handed over (after DATA), and no answer came",
            "handed_over_at": "2026-11-23T09:00:00Z",
            "held_since": "2026-11-23T09:00:00Z",
            "last_reply": SILENT.reply,
        }
    report("P24 held mails", held=len(found), without_message_id_phase_time_or_reply=0)


def test_the_list_says_what_to_do(desk: Desk) -> None:
    assert run(desk, "list").output == "Nothing is held.\n"
    hold(desk, 1)
    lines = run(desk, "list").output.splitlines()
    assert lines[0] == "1  step first of after to lead0@example.com"
    assert lines[2] == f"    Message-ID  {desk.channel.messages[0].message_id}"
    assert lines[-1].endswith("gatepost held deliver --again ID  sends the same bytes again.")


def test_a_mail_that_arrived_counts_as_sent_when_it_was_handed_over(desk: Desk) -> None:
    hold(desk, 2)
    result = run(desk, "deliver", "2")
    assert (result.exit_code, result.output) == (0, "2: counts as delivered\n")
    assert desk.sql("SELECT state, reason, changed_at FROM mail WHERE id = 2") == [
        {"state": "sent", "reason": "delivered, says the owner", "changed_at": START + 86_400}
    ]
    assert desk.sql("SELECT kind, step, sequence, detail FROM event ORDER BY id DESC LIMIT 1") == [
        {
            "kind": "delivered",
            "step": "first",
            "sequence": "after",
            "detail": '{"mail": 2, "kind": "drip", "by": "owner"}',
        }
    ]
    # The decision sends nothing again and holds nobody up.
    assert desk.run() == []
    assert len(desk.run(days=2)) == 0
    assert len(desk.run(days=2)) == 2


def test_a_mail_that_is_given_up_has_failed(desk: Desk) -> None:
    hold(desk, 2)
    assert run(desk, "drop", "--all").output == "1: is given up\n2: is given up\n"
    assert desk.mails()[0][2:] == ("failed", f"given up by the owner: {SILENT.reply}")
    assert run(desk, "drop", "--all").output == "Nothing is held.\n"
    assert desk.run() == []


def test_a_second_copy_has_the_same_bytes_and_its_reply_decides(desk: Desk, relay: ScriptedRelay) -> None:
    hold(desk, 4)
    relay.script["RCPT"] = ["250 ok", "550 5.1.1 no such user", "450 greylisted", "250 ok"]
    relay.script["DOT"] = ["250 2.0.0 kept", DROP]
    result = run(desk, "deliver", "--again", "--all")
    assert result.exit_code == 1
    assert result.output.splitlines()[:3] == [
        "1: sent again: 250 2.0.0 kept",
        "2: refused: 550 5.1.1 no such user",
        "3: still held: 450 greylisted",
    ]
    assert result.output.splitlines()[3].startswith("4: still held: 127.0.0.1:")
    assert relay.raw[0].replace(b"\r\n..", b"\r\n.") == desk.channel.messages[0].data + b".\r\n"
    assert desk.states()[:4] == ["sent", "failed", "held", "held"]
    assert [row["kind"] for row in desk.sql("SELECT kind FROM event ORDER BY id")][-4:] == [
        "delivered",
        "dropped",
        "repeated",
        "repeated",
    ]


def test_no_second_copy_goes_to_somebody_who_has_left(desk: Desk, relay: ScriptedRelay) -> None:
    hold(desk, 1)
    desk.suppress("lead0@example.com")
    result = run(desk, "deliver", "--again", "1")
    assert result.output == (
        "1: still held: the address gets no such mail any more; give it up with: gatepost held drop\n"
    )
    assert relay.commands == []
    assert desk.states()[0] == "held"


@pytest.mark.parametrize("arguments", [["deliver"], ["drop"], ["deliver", "1", "--all"]])
def test_mails_are_named_or_all_of_them_are_meant(desk: Desk, arguments: list[str]) -> None:
    result = run(desk, *arguments)
    assert result.exit_code == 2
    assert "name the mails by their ID, or write --all" in result.output


def test_a_mail_that_is_not_held_is_refused_with_those_that_are(desk: Desk) -> None:
    hold(desk, 2)
    result = run(desk, "drop", "1", "9")
    assert result.exit_code == 2
    assert result.output.splitlines()[-1] == "Error: mail 9 is not held; held are: 1, 2"
    assert desk.states()[:2] == ["held", "held"]
