"""Links cannot be forged, stretched, or turned to another purpose."""

from __future__ import annotations

import base64
import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost_webhook.errors import LinkError, LinkExpiredError
from gatepost_webhook.links import Links, Purpose
from tests.soak.sizes import size

NOW = 1_800_000_000
OLD, NEW = b"o" * 32, b"n" * 32
LINKS = Links("https://leads.example.com", [NEW])
EVERY = list(Purpose)
ALPHABET = string.ascii_letters + string.digits + "-_"


def _accepts(token: str) -> bool:
    try:
        LINKS.read(token, EVERY, now=NOW)
    except LinkExpiredError:
        # Its signature was good: to a forger that is a success.
        return True
    except LinkError:
        return False
    return True


@settings(max_examples=size(100, 10_000))
@given(st.sampled_from(EVERY), st.integers(0, 2**48 - 1), st.integers(NOW + 1, 2**32 - 1))
def test_a_link_holds_to_the_second_and_survives_a_new_secret(purpose: Purpose, row: int, expires: int) -> None:
    token = Links("https://x.example", [OLD]).token(purpose, row, expires=expires)
    rotated = Links("https://x.example", [NEW, OLD])

    assert rotated.read(token, [purpose], now=expires - 1) == (purpose, row)
    with pytest.raises(LinkExpiredError):
        rotated.read(token, [purpose], now=expires)
    with pytest.raises(LinkError, match="not one of ours"):
        LINKS.read(token, [purpose], now=expires - 1)


@given(st.sampled_from(EVERY), st.integers(0, 2**48 - 1), st.integers(NOW + 1, 2**32 - 1))
def test_a_token_says_what_it_was_made_for(purpose: Purpose, row: int, expires: int) -> None:
    token = LINKS.token(purpose, row, expires=expires)

    assert len(token) == 40
    assert set(token) <= set(ALPHABET)
    assert LINKS.read(token, EVERY, now=NOW) == (purpose, row)
    assert LINKS.read(token, [purpose], now=expires - 1) == (purpose, row)
    with pytest.raises(LinkExpiredError) as raised:
        LINKS.read(token, [purpose], now=expires)
    assert raised.value.subject == row


def test_every_change_of_a_single_character_is_refused() -> None:
    token = LINKS.token(Purpose.CONFIRM, 42, expires=NOW + 60)
    changed = [
        token[:place] + other + token[place + 1 :]
        for place in range(len(token))
        for other in ALPHABET + "+/= %\n"
        if other != token[place]
    ]

    assert len(changed) > 2500
    assert not any(_accepts(text) for text in changed)


def test_a_hundred_thousand_mutations_are_refused() -> None:
    chance = random.Random(1)
    tokens = [LINKS.token(purpose, row, expires=NOW + 60) for purpose in EVERY for row in range(20)]
    known = set(tokens)
    tried = 0
    while tried < 100_000:
        token = _mutated(chance, chance.choice(tokens), chance.choice(tokens))
        if token in known:
            continue
        tried += 1
        assert not _accepts(token), token


def _mutated(chance: random.Random, token: str, other: str) -> str:
    place = chance.randrange(40)
    match chance.randrange(6):
        case 0:
            raw = bytearray(base64.urlsafe_b64decode(token))
            raw[chance.randrange(30)] ^= 1 << chance.randrange(8)
            return base64.urlsafe_b64encode(raw).decode()
        case 1:
            return token[:place] + other[place:]
        case 2:
            return token[:place]
        case 3:
            return token + chance.choice(ALPHABET) * chance.randrange(1, 5)
        case 4:
            return "".join(chance.choices(ALPHABET, k=40))
        case _:
            return token[:place] + chance.choice(ALPHABET + "\0é٣=") + token[place + 1 :]


def test_no_purpose_stands_for_another() -> None:
    for made in EVERY:
        token = LINKS.token(made, 7, expires=NOW + 60)
        for wanted in set(EVERY) - {made}:
            with pytest.raises(LinkError):
                LINKS.read(token, [wanted], now=NOW)


def test_the_end_of_one_token_does_not_lengthen_another() -> None:
    short = base64.urlsafe_b64decode(LINKS.token(Purpose.DOWNLOAD, 7, expires=NOW + 60))
    long = base64.urlsafe_b64decode(LINKS.token(Purpose.DOWNLOAD, 8, expires=NOW + 6000))
    never = base64.urlsafe_b64decode(LINKS.token(Purpose.DOWNLOAD, 9))
    for donor in (long, never):
        spliced = base64.urlsafe_b64encode(short[:8] + donor[8:12] + short[12:]).decode()
        assert not _accepts(spliced)


def test_a_secret_can_be_rotated_and_retired() -> None:
    before = Links("https://x.example", [OLD]).token(Purpose.DOWNLOAD, 7, expires=NOW + 60)
    both = Links("https://x.example", [NEW, OLD])

    assert both.read(before, [Purpose.DOWNLOAD], now=NOW) == (Purpose.DOWNLOAD, 7)
    assert both.token(Purpose.DOWNLOAD, 7) == LINKS.token(Purpose.DOWNLOAD, 7)
    with pytest.raises(LinkError, match="this link is not one of ours"):
        LINKS.read(before, [Purpose.DOWNLOAD], now=NOW)


def test_addresses_carry_their_purpose_and_fit_a_mails_header() -> None:
    addresses = {
        "/c/": LINKS.confirm_url(1, expires=NOW + 1),
        "/d/": LINKS.download_url(1, expires=NOW + 1),
        "/u/": LINKS.unsubscribe_url(2**47),
        "/u": LINKS.leave_url(3),
    }
    for path, address in addresses.items():
        assert address.startswith(f"https://leads.example.com{path}")
        assert len(address) < 998


@given(st.text(max_size=60))
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    assert not _accepts(text)
