"""Which address a request counts for, whatever it says of itself."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from starlette.requests import Request

from gatepost_webhook.intake.clients import client_key, client_of

PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48"))
SHAPES = [
    "1.2.3.4", "1.2.3.4, 10.0.0.1", "10.0.0.1, 10.0.0.2", "unknown", "_hidden", "", ",", " , ,", "1.2.3.4,", ",1.2.3.4",
    "1.2.3.4:8080", "[2001:db8::1]", "[2001:db8::1]:99", "2001:db8::1", "::ffff:1.2.3.4", "fe80::1%eth0", "127.0.0.1",
    "localhost", "1.2.3", "1.2.3.4.5", "0x7f.1", "2130706433", "1.2.3.4 10.0.0.1", "for=1.2.3.4", '"1.2.3.4"', "*",
    "203.0.113.9", "evil\r\nX: y", "1.2.3.4, unknown", "unknown, 1.2.3.4", "1.2.3.4, 5.6.7.8, 9.9.9.9", "::1", "::",
    "0.0.0.0", "255.255.255.255", "10.1.1.1", "1.2.3.4;5.6.7.8", "1.2.3.4\t", "٣.2.3.4", "1.2.3.4, 10.0.0.1, 10.0.0.2",
    "a" * 5000, ",".join(["1.2.3.4"] * 500), "10.0.0.1, evil, 10.0.0.2", "-1", "1e3", "[", "]", "[::1", "::1]", "%",
]  # fmt: skip


def _request(peer: str | None, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", text.encode("utf-8", "replace")) for text in forwarded]
    client = (peer, 50000) if peer is not None else None
    return Request({"type": "http", "headers": headers, "client": client})


def test_nobody_is_believed_by_default() -> None:
    assert len(SHAPES) == 50
    for shape in SHAPES:
        assert client_of(_request("203.0.113.9", shape), ()) == "203.0.113.9"
        assert client_of(_request("203.0.113.9", shape), PROXIES) == "203.0.113.9"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (["1.2.3.4"], "1.2.3.4"),
        (["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
        (["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
        (["6.6.6.6, 1.2.3.4, 10.9.9.9"], "1.2.3.4"),
        (["1.2.3.4, 2001:db8:ffff::7, 10.9.9.9"], "1.2.3.4"),
        (["1.2.3.4:5555"], "1.2.3.4"),
        (["::ffff:1.2.3.4"], "1.2.3.4"),
        (["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        (["[2001:db8:1:2::9]:443"], "2001:db8:1:2::/64"),
        (["10.0.0.7, 10.0.0.8"], "10.0.0.7"),
        (["6.6.6.6, garbage"], "10.0.0.1"),
        (["6.6.6.6, garbage, 10.0.0.5"], "10.0.0.5"),
        ([], "10.0.0.1"),
        ([""], "10.0.0.1"),
    ],
)
def test_behind_our_proxy_the_rightmost_foreign_hop_counts(forwarded: list[str], client: str) -> None:
    assert client_of(_request("10.0.0.1", *forwarded), PROXIES) == client


def test_an_ipv6_network_is_one_client() -> None:
    clients = {client_of(_request(f"2001:db8:1:2::{number:x}"), ()) for number in range(1, 300)}

    assert clients == {"2001:db8:1:2::/64"}


def test_a_mapped_address_is_the_address_itself() -> None:
    assert client_of(_request("::ffff:203.0.113.9"), ()) == "203.0.113.9"
    assert client_of(_request("::ffff:10.0.0.1", "1.2.3.4"), PROXIES) == "1.2.3.4"


def test_a_local_socket_is_believed_only_when_proxies_are_named() -> None:
    assert client_of(_request(None, "1.2.3.4"), ()) == "local"
    assert client_of(_request(None, "6.6.6.6, 1.2.3.4"), PROXIES) == "1.2.3.4"


def test_a_key_tells_nobody_the_address() -> None:
    key = client_key("203.0.113.9", b"k" * 32)

    assert "203" not in key.removeprefix("client:") or len(key) == 39
    assert key != client_key("203.0.113.9", b"j" * 32)
