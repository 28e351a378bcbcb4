"""What is no form is turned away before anything looks at it."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.webhook.intake.house import BASE
from tests.webhook.intake.wire import HOST, Sent, ask_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.webhook.intake.house import House
    from tests.webhook.intake.wire import Got

URLENCODED = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data; boundary=B"


def _send(house: House, body: Iterable[bytes], kind: bytes = URLENCODED, *more: tuple[bytes, bytes]) -> Got:
    headers = [*HOST, (b"origin", BASE.encode()), (b"content-type", kind), *more]
    return ask_all(house.app(), [Sent("POST", "/f/guide", headers, body)])[0]


def _part(name: str, value: str = "x", more: str = "") -> bytes:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'.encode()


def _pieces(count: int) -> Iterator[bytes]:
    yield b"email="
    for _ in range(count):
        yield b"a" * 1024


ABUSE: dict[str, tuple[int, list[bytes], bytes]] = {
    "1,000 fields": (400, [urlencode([(f"f{n}", "x") for n in range(1000)]).encode()], URLENCODED),
    "21 fields": (400, [urlencode([(f"f{n}", "x") for n in range(21)]).encode()], URLENCODED),
    "a field of 9 KiB": (400, [b"email=" + b"a" * 9 * 1024], URLENCODED),
    "200 KB of semicolons": (413, [b";" * 200_000], URLENCODED),
    "a long name": (400, [b"a" * 9000 + b"=x"], URLENCODED),
    "chunked without a length": (413, list(_pieces(40)), URLENCODED),
    "compressed": (400, [gzip.compress(b"email=a@b.example")], URLENCODED),
    "not UTF-8": (400, [b"email=%ff%fe"], URLENCODED),
    "raw octets": (400, [bytes(range(256))], URLENCODED),
    "no boundary": (415, [_part("email") + b"--B--"], b"multipart/form-data"),
    "a long boundary": (415, [_part("email") + b"--B--"], b"multipart/form-data; boundary=" + b"B" * 71),
    "another boundary": (400, [_part("email") + b"--B--"], b"multipart/form-data; boundary=C"),
    "cut off": (400, [_part("email", "a@b.example")], MULTIPART),
    "a file": (400, [_part("email", more='; filename="a.txt"') + b"--B--"], MULTIPART),
    "a part without a name": (400, [b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--"], MULTIPART),
    "a part without a head": (400, [b"--B\r\n\r\nx\r\n--B--"], MULTIPART),
    "21 parts": (400, [b"".join(_part(f"f{n}") for n in range(21)) + b"--B--"], MULTIPART),
    "a part of 9 KiB": (400, [_part("email", "a" * 9 * 1024) + b"--B--"], MULTIPART),
    "many part headers": (413, [b"--B\r\n" + b"A: b\r\n" * 100_000 + b"\r\nx\r\n--B--"], MULTIPART),
    "two thousand part headers": (400, [b"--B\r\n" + b"A: b\r\n" * 2000 + b"\r\nx\r\n--B--"], MULTIPART),
}


@pytest.mark.parametrize("name", ABUSE)
def test_abuse_is_refused_and_cheap(house: House, name: str) -> None:
    status, body, kind = ABUSE[name]
    tracemalloc.start()
    answer = _send(house, body, kind)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer.status == status
    assert peak < 10 * 2**20
    assert house.one("SELECT count(*) FROM submission") == 0


@pytest.mark.parametrize("length", [b"200000000", b"16385", b"-1", b"x", b"9" * 5000])
def test_an_announced_length_is_judged_before_the_body_is_read(house: House, length: bytes) -> None:
    answer = _send(house, [b"never", b"read"], URLENCODED, (b"content-length", length))

    assert answer.status == 413
    assert answer.headers["connection"] == "close"


def test_sixteen_kib_are_taken(house: House) -> None:
    form = urlencode({**house.form(), "note": "é" * 200}).encode()
    padded = form + b"".join(b"&x%d=" % number + b"a" * 4000 for number in range(3))

    assert len(padded) < 16 * 1024
    assert _send(house, [padded]).status == 303


def test_a_client_that_went_away_gets_no_answer_and_leaves_nothing(house: House) -> None:
    with pytest.raises(IndexError):
        # More was announced to come and the connection ended: nothing is answered.
        ask_all(house.app(), [Sent("POST", "/f/guide", [*HOST, (b"content-type", URLENCODED)], [])])
    assert house.one("SELECT count(*) FROM submission") == 0


KINDS = [
    "application/json", "text/plain", "text/html", "application/xml", "multipart/mixed; boundary=B", "",
    "multipart/form-data", "multipart/form-data;", "multipart/form-data; boundary=", "multipart/form-data; boundary",
    "multipart/form-data; boundary=B; charset=utf-7", "multipart/form-data; charset=utf-8; boundary=B",
    "multipart/form-data, application/json; boundary=B", "multipart/form-data boundary=B", "multipart/form-data; x=B",
    "multipart/form-data; boundary=\"B", "multipart/form-data; boundary=B\x00",
    "multipart/form-data; boundary=B; boundary=C",
    "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded, application/json",
    "application/x-www-form-urlencoded;", "application/x-www-form-urlencodedx", "x-www-form-urlencoded", "form-data",
    "application/x-www-form-urlencoded; charset=utf-8; x=y", "application/x-www-form-urlencoded\x00", "*/*", "text/*",
    "application/octet-stream", "application/graphql", "application/x-ndjson", "text/plain; application/json", ";", "/",
    "multipart/related; boundary=B", "message/rfc822", "application/x-www-form-urlencoded+json", "image/png",
    "multipart/form-data; boundary=" + "é", "application/ld+json",
]  # fmt: skip


def test_no_other_content_type_reaches_the_form(house: House) -> None:
    good = urlencode(house.form()).encode()
    bodies = [good, b"", b"{}", b'{"email":"a@b.example"}', _part("email", "a@b.example") + b"--B--", b"[]", b"<a/>"]
    bodies += [b"\x00" * 100, good + good, b"email=a@b.example"]
    requests = [
        Sent("POST", "/f/guide", [*HOST, (b"origin", BASE.encode()), (b"content-type", kind.encode())], [body])
        for kind in KINDS
        for body in bodies
    ]

    answers = ask_all(house.app(), requests)

    assert len(requests) == 40 * 10
    assert {answer.status for answer in answers} == {415}
    assert house.one("SELECT count(*) FROM submission") == 0


@pytest.mark.parametrize(
    "kind", [URLENCODED.upper(), URLENCODED + b"; charset=UTF-8", URLENCODED + b' ;charset="utf-8"']
)
def test_the_declared_type_may_be_spelt_as_the_standard_allows(house: House, kind: bytes) -> None:
    assert _send(house, [urlencode(house.form()).encode()], kind).status == 303


def test_the_first_value_of_a_name_counts(house: House) -> None:
    body = urlencode([*house.form("first@example.com").items(), ("email", "second@example.com")]).encode()

    assert _send(house, [body]).status == 303
    assert house.one("SELECT canonical FROM lead") == "first@example.com"


def test_control_characters_do_not_get_into_the_database(house: House) -> None:
    fields = {"first_name": "A\x00d\x07a\r\nBcc: x", "note": "one\r\ntwo\x1b[31m"}
    assert _send(house, [urlencode(house.form(**fields)).encode()]).status == 303

    assert house.one("SELECT fields FROM submission") == '{"first_name": "Ada Bcc: x", "note": "one\\ntwo[31m"}'
