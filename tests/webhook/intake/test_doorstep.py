"""Ordinary forms take a short way; what looks odd takes the long one, and both lead to the same."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.webhook.intake.house import BASE
from tests.webhook.intake.wire import HOST, Sent, ask_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.webhook.intake.house import House
    from tests.webhook.intake.wire import Got, Headers

PLAIN = b"application/x-www-form-urlencoded"
#: What makes a request take the long way, though nothing is wrong with it.
ODD: dict[str, tuple[Headers, int]] = {
    "a charset": ([(b"content-type", PLAIN + b"; charset=utf-8")], 1),
    "no length": ([(b"content-type", PLAIN)], 1),
    "in two pieces": ([(b"content-type", PLAIN)], 2),
    "a header twice": ([(b"content-type", PLAIN), (b"accept", b"text/html"), (b"accept", b"*/*")], 1),
}


def _send(house: House, headers: Headers, fields: Mapping[str, str], *, pieces: int = 1, length: bool = True) -> Got:
    body = urlencode({**house.form(), **fields}).encode()
    half = len(body) // pieces
    announced = [(b"content-length", b"%d" % len(body))] if length else []
    parts = [body[:half], body[half:]][:pieces] if pieces > 1 else [body]
    request = Sent("POST", "/f/guide", [*HOST, (b"origin", BASE.encode()), *headers, *announced], parts)
    return ask_all(house.app(), [request])[0]


@pytest.mark.parametrize("fields", [{}, {"website": "spam"}, {"first_name": "x" * 50}, {"team": "Kitchen"}])
@pytest.mark.parametrize("name", ODD)
def test_both_ways_answer_alike(house: House, name: str, fields: dict[str, str]) -> None:
    odd, pieces = ODD[name]

    short = _send(house, [(b"content-type", PLAIN)], fields)
    long = _send(house, odd, fields, pieces=pieces, length=name != "no length")

    assert (short.status, short.headers, short.body) == (long.status, long.headers, long.body)
    assert short.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (421, [(b"host", b"evil.example"), (b"origin", BASE.encode()), (b"content-type", PLAIN)]),
        (421, [*HOST, *HOST, (b"origin", BASE.encode()), (b"content-type", PLAIN)]),
        (403, [*HOST, (b"origin", b"https://evil.example"), (b"content-type", PLAIN)]),
        (403, [*HOST, (b"origin", BASE.encode()), (b"origin", BASE.encode()), (b"content-type", PLAIN)]),
        (415, [*HOST, (b"origin", BASE.encode()), (b"content-type", b"application/json")]),
        (415, [*HOST, (b"origin", BASE.encode()), (b"content-type", PLAIN), (b"content-type", PLAIN)]),
        (413, [*HOST, (b"origin", BASE.encode()), (b"content-type", PLAIN), (b"content-length", b"16385")]),
        (413, [*HOST, (b"origin", BASE.encode()), (b"content-type", PLAIN), (b"content-length", b"+5")]),
    ],
)
def test_the_short_way_is_for_nobody_whom_the_long_one_refuses(house: House, status: int, headers: Headers) -> None:
    body = urlencode(house.form()).encode()

    assert ask_all(house.app(), [Sent("POST", "/f/guide", headers, [body])])[0].status == status
    assert house.one("SELECT count(*) FROM submission") == 0


def test_a_body_that_says_more_than_was_announced_is_no_way_round_the_limit(house: House) -> None:
    headers = [*HOST, (b"origin", BASE.encode()), (b"content-type", PLAIN), (b"content-length", b"20")]

    body = urlencode({**house.form(), **{f"x{number}": "a" * 3000 for number in range(6)}}).encode()

    assert ask_all(house.app(), [Sent("POST", "/f/guide", headers, [body])])[0].status == 413
    assert house.one("SELECT count(*) FROM submission") == 0
