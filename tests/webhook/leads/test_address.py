"""Addresses: what is taken, and when two spellings are one mailbox."""

from __future__ import annotations

import html
import re
import sqlite3
from contextlib import closing

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from gatepost_webhook.leads.address import AddressError, keyed_hash, mailbox_of, masked, normalise

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("typed", "kept", "canonical"),
    [
        ("ada@example.com", "ada@example.com", "ada@example.com"),
        ("  Ada@EXAMPLE.Com \n", "Ada@example.com", "ada@example.com"),
        ("ada+gate@example.com", "ada+gate@example.com", "ada+gate@example.com"),
        ("ada@bücher.example", "ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@ⓔxample.com", "ada@example.com", "ada@example.com"),
        ("o'neil@example.com", "o'neil@example.com", "o'neil@example.com"),
        ("{{7*7}}@example.com", "{{7*7}}@example.com", "{{7*7}}@example.com"),
        ("ada@host.test", "ada@host.test", "ada@host.test"),
    ],
)
def test_what_is_taken(typed: str, kept: str, canonical: str) -> None:
    assert normalise(typed) == (kept, canonical)


@pytest.mark.parametrize(
    "typed",
    [
        "", "ada", "ada@", "@example.com", "ada@example", "ada@@example.com", "ada@exa mple.com", "a b@example.com",
        '"a b"@example.com', '"<script>"@example.com', "ada@[127.0.0.1]", "ada@[IPv6:::1]", "-f@example.com",
        "--@example.com", ".ada@example.com", "ada.@example.com", "a..b@example.com", "a" * 65 + "@example.com",
        "ada@" + "a" * 64 + ".com", "ada@example.com\r\nBcc: v@example.com", "ada@example.com,bob@example.com",
        "Ada <ada@example.com>", "ada@example.com\0", "ada\u202e@example.com", "äda@example.com", "ada@-example.com",
        "ada@example..com", "mailto:ada@example.com@x", "ada@exam_ple.com", "ada@localhost", "ada@example.com>",
    ],
)  # fmt: skip
def test_what_is_refused(typed: str) -> None:
    with pytest.raises(AddressError) as raised:
        normalise(typed)
    assert "\n" not in str(raised.value)


_ALLOWED = "abcXYZ019+-_'!#$%&*/=?^`{|}~"
# Half of them with what no local part may hold, so that refusing is tried too.
_LOCAL = st.text(_ALLOWED, min_size=1, max_size=20) | st.text(
    _ALLOWED + '. "<>(),:;\\@\r\n\0é', min_size=1, max_size=20
)
_DOMAIN = st.sampled_from(
    ["example.com", "Bücher.example", "GMAIL.com", "a-b.co.uk", "ⓔxample.com", "x.test", "-x.com"]
)


@given(_LOCAL, _DOMAIN)
def test_an_accepted_address_means_the_same_everywhere(local: str, domain: str) -> None:
    try:
        kept, canonical = normalise(f"{local}@{domain}")
    except AddressError:
        return
    assert normalise(canonical)[1] == canonical
    assert normalise(kept)[1] == canonical
    assert canonical.isascii()
    for text in (kept, canonical):
        assert not re.search(r"[\s<>\"(),:;\\\x00-\x20\x7f]", text)
        assert not text.startswith("-")
        assert text.count("@") == 1
        assert html.unescape(html.escape(text)) == text
        with closing(sqlite3.connect(":memory:")) as connection:
            assert connection.execute("SELECT ?", (text,)).fetchone() == (text,)


@pytest.mark.parametrize(
    ("canonical", "mailbox"),
    [
        ("ada@example.com", "ada@example.com"),
        ("ada+1@example.com", "ada@example.com"),
        ("a.da@example.com", "a.da@example.com"),
        ("a.d.a+x@gmail.com", "ada@gmail.com"),
        ("ada@googlemail.com", "ada@gmail.com"),
        ("+x@example.com", "+x@example.com"),
    ],
)
def test_spellings_of_one_mailbox_are_counted_as_one(canonical: str, mailbox: str) -> None:
    assert mailbox_of(canonical) == mailbox


def test_the_suppression_lists_name_tells_nobody_the_address() -> None:
    name = keyed_hash("ada@example.com", KEY)

    assert re.fullmatch("[0-9a-f]{64}", name)
    assert name == keyed_hash("ada@example.com", KEY)
    assert name not in {keyed_hash("ada@example.com", b"j" * 32), keyed_hash("bob@example.com", KEY)}


def test_a_page_shows_an_address_by_two_letters() -> None:
    assert masked("ada.lovelace@example.com") == "a•••@e•••"


_LOCAL_PARTS = ["ada", "a.b+c", "a..b", ".a", "a.", "-a", "a_", "Ada", "postmaster", "Sales", "é", "a b", '"a"', ""]
_DOMAINS = [
    "example.com",
    "EXAMPLE.com",
    "bücher.example",
    "xn--bcher-kva.example",
    "a.test",
    "localhost",
    "a..example",
]
_DOMAINS += ["-a.example", "[127.0.0.1]", "ⓔxample.com", "b" * 63 + ".example", "b" * 64 + ".example", "a.example.", ""]


def _judged_alone(text: str) -> tuple[str, str] | str:
    try:
        checked = validate_email(
            text, check_deliverability=False, test_environment=True, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError as error:
        return str(error)
    return checked.normalized, f"{checked.local_part}@{checked.ascii_domain}".lower()


def _judged(text: str) -> tuple[str, str] | str:
    try:
        return normalise(text)
    except AddressError as error:
        return str(error)


@pytest.mark.parametrize("domain", [*_DOMAINS, ".".join(["b" * 50] * 4) + ".example"])
def test_a_known_domain_changes_no_judgement(domain: str) -> None:
    texts = [f"{local}@{domain}" for local in [*_LOCAL_PARTS, "a" * 64, "a" * 65, "a.b" * 21 + "c"]]

    found = {text: _judged(text) for text in texts if not text.startswith("-")}

    assert found == {text: _judged_alone(text) for text in found}
