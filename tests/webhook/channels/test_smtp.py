"""What becomes of one message at a relay that behaves, refuses, falls silent or goes away."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from gatepost_webhook.channels import smtp
from gatepost_webhook.channels.channel import Ambiguous, Away, Later, Lost, Misconfigured, Refused, Sent
from gatepost_webhook.channels.smtp import SmtpRelay
from gatepost_webhook.errors import ChannelError
from tests.webhook.channels.scripted import (
    DATA,
    DROP,
    FAST,
    FAST_CONNECT,
    RESET,
    SILENCE,
    outgoing,
    smtp_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepost_webhook.channels.channel import Outcome
    from tests.webhook.channels.scripted import ScriptedRelay, Spoken

    Opener = Callable[..., Spoken]


class Talking:
    """Counts how often the channel asked whether it may go on."""

    def __init__(self, *, answer: bool = True) -> None:
        self.answer, self.asked = answer, 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.answer


def test_an_accepted_message_is_sent_octet_for_octet(relay: ScriptedRelay, channel_to: Opener) -> None:
    talking = Talking()
    assert channel_to(relay.port).deliver(outgoing(), talking) == Sent("250 2.0.0 kept")
    assert relay.kept == [DATA]
    assert talking.asked == 1
    assert relay.commands == [
        "EHLO [127.0.0.1]",
        f"MAIL FROM:<hello@example.com> SIZE={len(DATA)}",
        "RCPT TO:<ann@example.org>",
        "DATA",
    ]


@pytest.mark.parametrize(
    ("phase", "answer", "outcome"),
    [
        # The relay is away.
        ("CONNECT", "421 4.3.2 closing", Away("421 4.3.2 closing (from {place})")),
        ("CONNECT", "554 no service", Away("554 no service (from {place})")),
        ("CONNECT", DROP, Away("{place}: the connection was closed")),
        ("CONNECT", "nonsense", Away("{place}: -1 Malformed SMTP response line: nonsense")),
        ("EHLO", "502 no", Away("502 no (from {place})")),
        ("EHLO", DROP, Away("{place}: the connection was closed")),
        ("MAIL", "421 4.3.2 closing", Away("421 4.3.2 closing")),
        ("MAIL", DROP, Away("{place}: the connection was closed at MAIL")),
        ("RCPT", "421 4.3.2 closing", Away("421 4.3.2 closing")),
        ("RCPT", DROP, Away("{place}: the connection was closed at RCPT")),
        ("DATA", DROP, Away("{place}: the connection was closed at DATA")),
        ("DATA", RESET, Away("{place}: Connection reset by peer at DATA")),
        # Our login, our reputation, our sender.
        (
            "CONNECT",
            "554 5.7.1 your address is listed",
            Misconfigured("554 5.7.1 your address is listed (from {place})"),
        ),
        ("MAIL", "530 5.7.0 log in first", Misconfigured("530 5.7.0 log in first")),
        ("MAIL", "535 5.7.8 who are you", Misconfigured("535 5.7.8 who are you")),
        ("MAIL", "550 5.7.1 not from here", Misconfigured("550 5.7.1 not from here")),
        ("MAIL", "553 5.1.8 unknown sender", Misconfigured("553 5.1.8 unknown sender")),
        ("RCPT", "530 5.7.0 log in first", Misconfigured("530 5.7.0 log in first")),
        # Later.
        ("MAIL", "451 4.3.0 not now", Later("451 4.3.0 not now")),
        ("RCPT", "450 4.2.0 greylisted", Later("450 4.2.0 greylisted")),
        ("RCPT", "451 try again", Later("451 try again")),
        ("RCPT", "452 4.2.2 full", Later("452 4.2.2 full")),
        ("DATA", "451 4.3.0 not now", Later("451 4.3.0 not now")),
        ("DOT", "451 4.3.0 not now", Later("451 4.3.0 not now")),
        ("DOT", "421 4.7.0 too fast", Later("421 4.7.0 too fast")),
        # The mailbox is dead.
        ("RCPT", "550 5.1.1 no such user", Refused("550 5.1.1 no such user", dead=True)),
        ("RCPT", "550 5.1.2 no such domain", Refused("550 5.1.2 no such domain", dead=True)),
        ("RCPT", "556 5.1.10 null MX", Refused("556 5.1.10 null MX", dead=True)),
        ("RCPT", "550 5.2.1 disabled", Refused("550 5.2.1 disabled", dead=True)),
        ("DATA", "554 5.1.1 no such user", Refused("554 5.1.1 no such user", dead=True)),
        ("DOT", "550 5.1.1 no such user", Refused("550 5.1.1 no such user", dead=True)),
        # Policy: about us, so the mailbox may live.
        ("MAIL", "552 5.3.4 too large", Refused("552 5.3.4 too large", dead=False)),
        ("RCPT", "550 relaying denied", Refused("550 relaying denied", dead=False)),
        ("RCPT", "550 5.7.1 denied", Refused("550 5.7.1 denied", dead=False)),
        ("RCPT", "550 5.1.10x", Refused("550 5.1.10x", dead=False)),
        ("RCPT", "554 no", Refused("554 no", dead=False)),
        ("DATA", "554 no valid recipients", Refused("554 no valid recipients", dead=False)),
        ("DOT", "550 5.7.26 unauthenticated", Refused("550 5.7.26 unauthenticated", dead=False)),
        ("DOT", "550 5.7.515 not authenticated", Refused("550 5.7.515 not authenticated", dead=False)),
        ("DOT", "550 5.7.9 no", Refused("550 5.7.9 no", dead=False)),
        # Handed over, and no answer that says what became of it.
        ("DOT", DROP, Ambiguous("{place}: the connection was closed after the message")),
        ("DOT", RESET, Ambiguous("{place}: Connection reset by peer after the message")),
        ("DOT", "nonsense", Ambiguous("{place}: -1 Malformed SMTP response line: nonsense after the message")),
        ("DOT", "354 go on", Ambiguous("354 go on")),
    ],
)
def test_each_answer_has_its_outcome(
    relay: ScriptedRelay, channel_to: Opener, phase: str, answer: str, outcome: Outcome
) -> None:
    relay.script[phase] = [answer, answer]
    found = channel_to(relay.port).deliver(outgoing(), Talking())
    assert isinstance(outcome, type(found))
    assert found.reply == outcome.reply.replace("{place}", f"127.0.0.1:{relay.port}")  # type: ignore[union-attr]
    assert getattr(found, "dead", None) == getattr(outcome, "dead", None)
    assert relay.kept == []


@pytest.mark.parametrize("phase", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
def test_silence_before_the_message_means_that_nothing_was_sent(
    relay: ScriptedRelay, channel_to: Opener, phase: str
) -> None:
    relay.script[phase] = [SILENCE]
    talking = Talking()
    channel = channel_to(relay.port, timeouts=FAST if phase != "CONNECT" else FAST_CONNECT)
    found = channel.deliver(outgoing(), talking)
    assert isinstance(found, Away)
    assert "no answer in time" in found.reply
    assert talking.asked == 0


def test_a_connection_lost_inside_the_message_is_ambiguous(relay: ScriptedRelay, channel_to: Opener) -> None:
    relay.script["MIDDLE"] = [DROP]
    assert isinstance(channel_to(relay.port).deliver(outgoing(), Talking()), Ambiguous)


def test_silence_after_the_dot_is_ambiguous(relay: ScriptedRelay, channel_to: Opener) -> None:
    relay.script["DOT"] = [SILENCE]
    found = channel_to(relay.port, timeouts=FAST).deliver(outgoing(), Talking())
    assert found == Ambiguous(f"127.0.0.1:{relay.port}: no answer in time after the message")


def test_a_lost_lease_sends_nothing(relay: ScriptedRelay, channel_to: Opener) -> None:
    channel = channel_to(relay.port)
    assert channel.deliver(outgoing(), Talking(answer=False)) == Lost()
    assert channel.deliver(outgoing(), Talking()) == Sent("250 2.0.0 kept")
    assert relay.connections == 2
    assert relay.kept == [DATA]


def test_a_failing_question_about_the_lease_sends_nothing(relay: ScriptedRelay, channel_to: Opener) -> None:
    def broken() -> bool:
        raise RuntimeError("database locked")

    channel = channel_to(relay.port)
    with pytest.raises(RuntimeError, match="database locked"):
        channel.deliver(outgoing(), broken)
    assert channel.deliver(outgoing(), Talking()) == Sent("250 2.0.0 kept")
    assert relay.kept == [DATA]


def test_the_connection_is_kept_between_messages(relay: ScriptedRelay, channel_to: Opener) -> None:
    channel = channel_to(relay.port)
    relay.script["RCPT"] = ["250 ok", "550 5.1.1 no such user"]
    outcomes = [type(channel.deliver(outgoing(), Talking())) for _ in range(4)]
    assert outcomes == [Sent, Refused, Sent, Sent]
    assert relay.connections == 1
    # After an acceptance nothing is left to be dropped, so that round trip is saved.
    assert [command.split()[0] for command in relay.commands] == [
        *["EHLO", "MAIL", "RCPT", "DATA"],
        *["MAIL", "RCPT"],
        *["RSET", "MAIL", "RCPT", "DATA"],
        *["MAIL", "RCPT", "DATA"],
    ]


@pytest.mark.parametrize("verb", ["RSET", "MAIL"])
@pytest.mark.parametrize("answer", [DROP, RESET, "421 4.4.2 idle too long"])
def test_a_kept_connection_that_has_gone_is_opened_again(
    relay: ScriptedRelay, channel_to: Opener, monkeypatch: pytest.MonkeyPatch, verb: str, answer: str
) -> None:
    channel = channel_to(relay.port)
    channel.deliver(outgoing(), Talking())
    if verb == "RSET":
        monkeypatch.setattr(smtp, "_MOMENT", 0.0)
    relay.script[verb] = [answer]
    assert channel.deliver(outgoing(), Talking()) == Sent("250 2.0.0 kept")
    assert relay.connections == 2
    assert len(relay.kept) == 2


@pytest.mark.parametrize("answer", ["500 what", DROP, RESET])
def test_a_failing_goodbye_changes_nothing(relay: ScriptedRelay, channel_to: Opener, answer: str) -> None:
    relay.script["QUIT"] = [answer]
    channel = channel_to(relay.port)
    assert channel.deliver(outgoing(), Talking()) == Sent("250 2.0.0 kept")
    channel.close()
    assert relay.commands[-1] == "QUIT"
    assert channel.deliver(outgoing(), Talking()) == Sent("250 2.0.0 kept")


def test_nobody_listening_is_said_with_host_and_port(channel_to: Opener) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        found = channel_to(port).deliver(outgoing(), Talking())
    assert found == Away(f"127.0.0.1:{port}: Connection refused")


def test_an_unknown_host_is_away(channel_to: Opener) -> None:
    for host in ("relay.invalid", "relay..invalid"):
        found = channel_to(25, smtp_host=host).deliver(outgoing(), Talking())
        assert isinstance(found, Away)
        assert found.reply.startswith(f"{host}:25: ")


def test_no_host_is_one_clear_line() -> None:
    with pytest.raises(ChannelError) as caught:
        SmtpRelay(smtp_settings(25, smtp_host=""))
    assert str(caught.value) == (
        "GATEPOST_SMTP_HOST is not set, and GATEPOST_CHANNEL is smtp; "
        "set it to your relay's name such as smtp.example.com, or set GATEPOST_CHANNEL=mailbox"
    )


def test_a_login_is_used(relay: ScriptedRelay, channel_to: Opener) -> None:
    relay.script["EHLO"] = ["250-relay.example\r\n250 AUTH PLAIN"]
    channel = channel_to(relay.port, smtp_user="ann", smtp_password="secret")
    assert channel.deliver(outgoing(), Talking()) == Sent("250 2.0.0 kept")
    assert relay.commands[1] == "AUTH PLAIN AGFubgBzZWNyZXQ="


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("535 5.7.8 wrong", Misconfigured), ("454 4.7.0 not now", Away), ("534 5.7.9 too weak", Misconfigured)],
)
def test_a_refused_login_is_our_mistake_unless_it_is_passing(
    relay: ScriptedRelay, channel_to: Opener, answer: str, kind: type
) -> None:
    relay.script["EHLO"] = ["250-relay.example\r\n250 AUTH PLAIN"]
    relay.script["AUTH"] = [answer]
    found = channel_to(relay.port, smtp_user="ann", smtp_password="secret").deliver(outgoing(), Talking())
    assert found == kind(f"{answer} (from 127.0.0.1:{relay.port})")


def test_a_relay_without_any_login_is_misconfigured(relay: ScriptedRelay, channel_to: Opener) -> None:
    found = channel_to(relay.port, smtp_user="ann", smtp_password="secret").deliver(outgoing(), Talking())
    assert found == Misconfigured(
        f"127.0.0.1:{relay.port} offers no login that we know; "
        "change GATEPOST_SMTP_SECURITY, or unset GATEPOST_SMTP_USER"
    )


def test_a_relay_without_starttls_gets_nothing_in_the_clear(relay: ScriptedRelay, channel_to: Opener) -> None:
    found = channel_to(relay.port, smtp_security="starttls", smtp_user="ann").deliver(outgoing(), Talking())
    assert found == Misconfigured(
        f"127.0.0.1:{relay.port} does not offer STARTTLS; set GATEPOST_SMTP_SECURITY=tls (usually with port 465)"
    )
    assert relay.commands == ["EHLO [127.0.0.1]"]


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        ("https://leads.example.com", "leads.example.com"),
        ("http://localhost:8000", "[127.0.0.1]"),
        ("http://[::1]:8000", "[127.0.0.1]"),
    ],
)
def test_ehlo_says_our_public_name(relay: ScriptedRelay, channel_to: Opener, base_url: str, name: str) -> None:
    channel_to(relay.port, base_url=base_url).deliver(outgoing(), Talking())
    assert relay.commands[0] == f"EHLO {name}"


def test_a_hostile_reply_becomes_one_printable_line(relay: ScriptedRelay, channel_to: Opener) -> None:
    relay.script["RCPT"] = ["550-5.1.1 <script>\x1b[31m\u202e\x00\r\n550 second\udcff line" + "x" * 2000]
    found: Any = channel_to(relay.port).deliver(outgoing(), Talking())
    assert found.reply.startswith("550 5.1.1 <script> [31m second  line" + "x" * 100)
    assert len(found.reply) == 300
    assert found.reply.encode()
