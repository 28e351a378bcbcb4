"""Which addresses are called: named ones, encrypted ones, public ones, whatever notation hides the others."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac

import pytest

from gatepost_webhook.calls.posting import CallError, post
from gatepost_webhook.calls.signing import signed_headers, signing_key
from gatepost_webhook.calls.targets import Target, TargetError

PRIVATE = [
    *(
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
    ),
    *("100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:1::1"),
    *(
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "100::1",
        "nonsense",
        "",
    ),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_not_connected_to(address: str) -> None:
    assert not Target.of("https://crm.example.com/hook").allows(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:93.184.215.14"])
def test_a_public_address_is(address: str) -> None:
    assert Target.of("https://crm.example.com/hook").allows(address)


def test_this_machine_is_called_when_it_is_named_and_then_nothing_else_is() -> None:
    target = Target.of("http://127.0.0.1:8080/hook")
    assert target.allows("127.0.0.1")
    assert not target.allows("93.184.215.14")


@pytest.mark.parametrize(
    "url",
    [
        *("http://crm.example.com/", "ftp://crm.example.com/", "https://", "//crm.example.com", "crm", ""),
        *("https://user:word@crm.example.com/", "https://crm.example.com/#a", "https://crm.example.com/a b"),
        *(
            "https://crm.example.com:port/",
            "https://b\u00fccher.example/",
            "https://a.example/\r\nX: 1",
            "http://10.0.0.1/",
        ),
    ],
)
def test_anything_else_in_the_settings_is_refused(url: str) -> None:
    with pytest.raises(TargetError):
        Target.of(url)


@pytest.mark.parametrize("url", ["https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://10.0.0.1/"])
def test_spellings_of_private_addresses_lead_nowhere(url: str) -> None:
    with pytest.raises(CallError, match=r"public internet|gaierror"):
        asyncio.run(post(Target.of(url), {}, b"{}"))


def test_a_name_is_resolved_once_and_every_address_must_be_public() -> None:
    asked = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["93.184.215.14", "127.0.0.1"]

    with pytest.raises(CallError, match=r"leads to 127\.0\.0\.1"):
        asyncio.run(post(Target.of("https://crm.example.com/"), {}, b"{}", resolve=rebinding))
    assert asked == [("crm.example.com", 443)]


def test_a_call_is_signed_with_each_secret() -> None:
    secret = b"whsec_" + base64.b64encode(b"k" * 24)
    headers = signed_headers((secret, b"plain"), "msg_1", 1_700_000_000, b"{}")
    expected = [
        base64.b64encode(hmac.new(key, b"msg_1.1700000000.{}", hashlib.sha256).digest()).decode()
        for key in (b"k" * 24, b"plain")
    ]
    assert headers["webhook-signature"] == " ".join(f"v1,{one}" for one in expected)
    assert signing_key(b"whsec_!") == b"whsec_!"
