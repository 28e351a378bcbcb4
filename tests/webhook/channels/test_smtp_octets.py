"""What goes over the wire: exactly the message, and no command that a message or an address smuggled in."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.channels.channel import Misconfigured, Refused, Sent
from gatepost_webhook.channels.sink import Received, Sink
from tests.webhook.channels.scripted import DATA, outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.webhook.channels.scripted import ScriptedRelay, Spoken

    Opener = Callable[..., Spoken]

FUZZED = 1000
#: Pieces from which a line is drawn: what ends messages, starts commands, or is only awkward.
PIECES = [
    *[b".", b"..", b"...", b". ", b".\t", b"", b"MAIL FROM:<evil@example.net>", b"RCPT TO:<evil@example.net>"],
    *[b"DATA", b"QUIT", b"RSET", b"=0D=0A.=0D=0A", b"From: x", b"\x00", b"\xff\xfe", "Grüße".encode(), b"\x85"],
    *[b"\x0b", b"\x0c", b"\xe2\x80\xa8", b"<script>", b"\\r\\n.\\r\\n", b"=?utf-8?q?=0D=0ABcc:_x?="],
]


def fuzzed(seed: int) -> bytes:
    source = random.Random(seed)
    lines = [b"".join(source.choice(PIECES) for _ in range(source.randint(0, 4))) for _ in range(source.randint(0, 30))]
    lines.insert(source.randint(0, len(lines)), b"." * source.choice([1, 2, 998]))
    return b"\r\n".join(lines) + b"\r\n"


def test_any_message_arrives_octet_for_octet(relay: ScriptedRelay, channel_to: Opener) -> None:
    channel = channel_to(relay.port)
    messages = [fuzzed(seed) for seed in range(FUZZED)]
    for message in messages:
        assert channel.deliver(outgoing(message), lambda: True) == Sent("250 2.0.0 kept")
    assert relay.kept == messages
    for wire in relay.raw:
        assert not re.search(rb"\r(?!\n)|(?<!\r)\n", wire)
        assert max(len(line) for line in wire.split(b"\r\n")) <= 998 + 1  # The stuffed dot does not count.
    verbs = [line.split()[0] for line in relay.commands]
    assert verbs == ["EHLO", *["MAIL", "RCPT", "DATA"] * FUZZED]
    assert relay.connections == 1


def test_a_real_server_reads_the_same_octets(channel_to: Opener) -> None:
    messages = [fuzzed(seed) for seed in range(200)]
    with Sink() as sink:
        channel = channel_to(sink.port)
        for message in messages:
            assert channel.deliver(outgoing(message), lambda: True) == Sent("250 2.0.0 kept")
        channel.close()
    assert sink.received == [Received("hello@example.com", ("ann@example.org",), message) for message in messages]


@pytest.mark.parametrize(
    "data",
    [
        *[b"a\nb\r\n", b"a\rb\r\n", b"a\r\r\nb\r\n", b"a\n\r\n", b"a\n.\n\r\n", b"a\n.\r\nb\r\n"],
        *[b"a\r.\r\n", b"a\r\n\n.\r\n", b"a", b"", b"\n", b"a\r\n.\r", b"x" * 999 + b"\r\n"],
    ],
)
def test_a_message_that_breaks_the_lines_never_leaves(relay: ScriptedRelay, channel_to: Opener, data: bytes) -> None:
    found = channel_to(relay.port).deliver(outgoing(data), lambda: True)
    assert isinstance(found, Refused)
    assert not found.dead
    assert found.reply.startswith("not sent: the message has a line ")
    assert relay.connections == 0


HOSTILE = [
    *[
        "",
        "ann",
        "@",
        "ann@",
        "@example.org",
        "-ann@example.org",
        "<ann@example.org>",
        "ann@example.org>",
        "ann @x.org",
    ],
    *[
        "ann@example.org\r\nDATA",
        "ann@example.org\n",
        "ann@x.org> SIZE=1",
        "ann\x00@x.org",
        "änn@x.org",
        "ann@exämple.org",
    ],
    *["a" * 65 + "@x.org", "ann@x.org\u2028", "ann@x.org\x7f", "ann\t@x.org"],
]


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_could_end_its_command_never_leaves(
    relay: ScriptedRelay, channel_to: Opener, address: str
) -> None:
    channel = channel_to(relay.port)
    refused = Refused("not sent: the address cannot stand in an envelope", dead=False)
    assert channel.deliver(outgoing(recipient=address), lambda: True) == refused
    assert isinstance(channel.deliver(outgoing(sender=address), lambda: True), Misconfigured)
    assert relay.connections == 0


def test_eight_bit_messages_are_announced(relay: ScriptedRelay, channel_to: Opener) -> None:
    channel = channel_to(relay.port)
    channel.deliver(outgoing("Grüße\r\n".encode()), lambda: True)
    channel.deliver(outgoing(DATA), lambda: True)
    announced = [line for line in relay.commands if line.startswith("MAIL")]
    assert announced == [
        "MAIL FROM:<hello@example.com> SIZE=9 BODY=8BITMIME",
        f"MAIL FROM:<hello@example.com> SIZE={len(DATA)}",
    ]
