"""What the doctor says of a sender's domain, asked over real DNS."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dns.resolver
import pytest

from gatepost_webhook.doctor.records import Names, examine_records
from gatepost_webhook.doctor.verdicts import Patient
from gatepost_webhook.settings import load_settings
from tests.webhook.followup.keys import RSA_RECORD

if TYPE_CHECKING:
    from tests.webhook.doctor.name_server import NameServer

WELL: dict[tuple[str, str], list[str] | None] = {
    ("example.org", "TXT"): ['"v=spf1 mx include:_spf.relay.example ~all"', '"something else"'],
    ("_spf.relay.example", "TXT"): ['"v=spf1 ip4:192.0.2.0/24 -all"'],
    ("example.org", "MX"): ["10 mx.example.org."],
    ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=none; rua=mailto:d@example.org"'],
    ("gp._domainkey.example.org", "TXT"): [
        " ".join(f'"{RSA_RECORD.decode()[index : index + 200]}"' for index in range(0, len(RSA_RECORD), 200))
    ],
}


def verdicts(server: NameServer, **settings: Any) -> list[tuple[str, str, str]]:
    values = {"mail_from": "Example <hello@example.org>", "dkim_selector": "gp"} | settings
    patient = Patient(load_settings(**values), Path(), 0)
    return [(one.check, one.level, one.found) for one in examine_records(patient, server.names())]


def test_a_domain_that_is_well(name_server: NameServer) -> None:
    name_server.zone = dict(WELL)
    assert verdicts(name_server) == [
        ("SPF", "ok", "one record, 2 look-ups"),
        ("DKIM", "ok", "gp._domainkey.example.org: RSA with 2048 bits"),
        ("DMARC", "ok", "p=none"),
        ("replies", "ok", "example.org takes mail"),
    ]


def small_key(bits: int) -> str:
    """Return a record of a key that has so many bits and no other virtue."""
    modulus = (1 << (bits - 1)).to_bytes(bits // 8)

    def part(tag: int, data: bytes) -> bytes:
        length = bytes([len(data)]) if len(data) < 128 else b"\x82" + len(data).to_bytes(2)
        return bytes([tag]) + length + data

    key = part(0x30, part(2, b"\0" + modulus) + part(2, b"\1\0\1"))
    kind = part(0x30, part(6, bytes.fromhex("2a864886f70d010101")) + part(5, b""))
    return base64.b64encode(part(0x30, kind + part(3, b"\0" + key))).decode()


ILL = [
    (("example.org", "TXT"), ['"no policy"'], ("SPF", "bad", "example.org has no record")),
    (("example.org", "TXT"), ['"v=spf1 -all"', '"v=spf1 mx -all"'], ("SPF", "bad", "example.org has 2 records")),
    (
        ("example.org", "TXT"),
        ['"v=spf1 +all"'],
        ("SPF", "bad", "v=spf1 +all lets everybody send in your name"),
    ),
    (
        ("example.org", "TXT"),
        ['"v=spf1 ' + " ".join(f"a:h{number}.example" for number in range(11)) + ' -all"'],
        ("SPF", "bad", "costs 11 look-ups"),
    ),
    (
        ("_spf.relay.example", "TXT"),
        ['"v=spf1 ' + " ".join(f"exists:e{number}.example" for number in range(9)) + ' -all"'],
        ("SPF", "bad", "costs 11 look-ups"),
    ),
    (("example.org", "TXT"), None, ("SPF", "warn", "example.org: the DNS does not answer (LifetimeTimeout)")),
    (
        ("gp._domainkey.example.org", "TXT"),
        ['"v=DKIM1; p="'],
        ("DKIM", "bad", "gp._domainkey.example.org is revoked (its p= is empty)"),
    ),
    (
        ("gp._domainkey.example.org", "TXT"),
        [f'"v=DKIM1; p={small_key(512)}"'],
        ("DKIM", "bad", "gp._domainkey.example.org: RSA with 512 bits"),
    ),
    (
        ("gp._domainkey.example.org", "TXT"),
        [f'"k=rsa; p={small_key(1024)}"'],
        ("DKIM", "warn", "gp._domainkey.example.org: RSA with 1024 bits"),
    ),
    (
        ("gp._domainkey.example.org", "TXT"),
        ['"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="'],
        ("DKIM", "ok", "gp._domainkey.example.org: Ed25519"),
    ),
    (
        ("gp._domainkey.example.org", "TXT"),
        ['"p=nonsense"'],
        ("DKIM", "bad", "gp._domainkey.example.org: its p= is no RSA key"),
    ),
    (
        ("_dmarc.example.org", "TXT"),
        ['"v=DMARC1; p=reject"'],
        ("DMARC", "warn", "p=reject, and nobody gets reports"),
    ),
    (
        ("_dmarc.example.org", "TXT"),
        ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"'],
        ("DMARC", "bad", "_dmarc.example.org has 2 records"),
    ),
    (
        ("example.org", "MX"),
        ["0 ."],
        ("replies", "bad", "example.org says that it takes no mail (null MX)"),
    ),
]


@pytest.mark.parametrize(("place", "values", "verdict"), ILL)
def test_each_mistake_has_its_line(
    name_server: NameServer, place: tuple[str, str], values: list[str] | None, verdict: tuple[str, str, str]
) -> None:
    name_server.zone = {**WELL, place: values}
    found = verdicts(name_server)
    assert [one for one in found if one[0] == verdict[0]] == [verdict]
    assert {one[1] for one in found if one[0] != verdict[0]} == {"ok"}


@pytest.mark.parametrize(
    ("place", "verdict"),
    [
        (("gp._domainkey.example.org", "TXT"), ("DKIM", "bad", "gp._domainkey.example.org has no key")),
        (
            ("_dmarc.example.org", "TXT"),
            ("DMARC", "bad", "example.org has no record: large receivers refuse bulk mail"),
        ),
        (("example.org", "MX"), ("replies", "bad", "example.org does not exist, or takes no mail")),
    ],
)
def test_what_is_missing_is_said(
    name_server: NameServer, place: tuple[str, str], verdict: tuple[str, str, str]
) -> None:
    name_server.zone = {key: value for key, value in WELL.items() if key != place}
    assert verdict in verdicts(name_server)


def test_a_signature_of_another_domain_is_not_aligned(name_server: NameServer) -> None:
    name_server.zone = {**WELL, ("gp._domainkey.relay.example", "TXT"): WELL["gp._domainkey.example.org", "TXT"]}
    assert ("alignment", "bad", "the signature of relay.example does not stand for example.org") in verdicts(
        name_server, dkim_domain="relay.example"
    )


def test_a_subdomain_uses_its_parents_policy(name_server: NameServer) -> None:
    zone = {**WELL, ("mail.example.org", "TXT"): ['"v=spf1 -all"'], ("mail.example.org", "MX"): ["5 mx.example.org."]}
    zone["gp._domainkey.mail.example.org", "TXT"] = WELL["gp._domainkey.example.org", "TXT"]
    name_server.zone = zone
    found = verdicts(name_server, mail_from="hello@mail.example.org")
    assert ("DMARC", "ok", "p=none") in found
    assert {level for _, level, _ in found} == {"ok"}


def test_without_a_selector_the_doctor_says_how_to_name_one(name_server: NameServer) -> None:
    name_server.zone = dict(WELL)
    assert ("DKIM", "warn", "not looked at: no selector is known") in verdicts(name_server, dkim_selector="")


def test_a_machine_that_names_no_name_server_gets_its_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", _unconfigured)
    patient = Patient(load_settings(mail_from="hello@example.org"), Path(), 0)
    found = [(one.check, one.level) for one in examine_records(patient, Names())]
    assert found == [("SPF", "warn"), ("DKIM", "warn"), ("DMARC", "warn"), ("replies", "warn")]


def _unconfigured(*_: object) -> None:
    raise dns.resolver.NoResolverConfiguration
