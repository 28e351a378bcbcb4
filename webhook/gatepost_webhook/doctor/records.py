"""What the DNS says of the sender's domain: SPF, DKIM, DMARC, and where replies go."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.resolver

from gatepost_webhook.doctor.verdicts import Patient, Verdict, good
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.followup.mailing import Sender

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Look-ups that SPF may cost (RFC 7208, 4.6.4), and the mechanisms that cost one each.
_LOOKUPS = 10
_COSTING = ("include:", "exists:", "redirect=", "a", "mx", "ptr")
#: Bits of an RSA key: below the first it is not trusted, below the second soon not any more.
_WEAK, _STRONG = 1024, 2048


class UnknownError(GatepostError):
    """The DNS did not answer: nothing is known."""


class Names:
    """Asks the DNS; a resolver of one's own can be given."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        try:
            self._resolver = resolver or dns.resolver.Resolver()
        except dns.resolver.NoResolverConfiguration:
            # A machine that names no name server has none to ask: each question says so.
            self._resolver = dns.resolver.Resolver(configure=False)
        self._resolver.lifetime = 5.0

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name, each in one piece. Raises UnknownError."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def exchangers(self, name: str) -> list[str]:
        """Return where mail to a domain goes; "." is nowhere (RFC 7505). Raises UnknownError."""
        return [record.exchange.to_text() for record in self._ask(name, "MX")]

    def has_address(self, name: str) -> bool:
        """Tell whether a name has an address. Raises UnknownError."""
        return bool(self._ask(name, "A") or self._ask(name, "AAAA"))

    def _ask(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self._resolver.resolve(name, kind, raise_on_no_answer=False).rrset or [])
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise UnknownError(f"{name}: the DNS does not answer ({type(error).__name__})") from error


@dataclass(frozen=True)
class _Asked:
    """One domain, asked about."""

    names: Names
    domain: str
    selectors: Sequence[str]
    signing: str


def examine_records(patient: Patient, names: Names, *, selectors: Sequence[str] = ()) -> Iterator[Verdict]:
    """Look at the sender's domain. `selectors` are those under which the relay signs, when it does."""
    try:
        sender = Sender.of(patient.settings)
    except GatepostError:
        return  # Said already.
    own = [patient.settings.dkim_selector] if patient.settings.dkim_selector else []
    asked = _Asked(names, sender.domain, [*own, *selectors], patient.settings.dkim_domain or sender.domain)
    for check, look in (("SPF", _spf), ("DKIM", _dkim), ("DMARC", _dmarc), ("replies", _replies)):
        try:
            yield from look(asked) if check != "replies" else _replies(asked, sender.reply_to)
        except UnknownError as error:
            yield Verdict(check, "warn", str(error), "try again, or leave it out with --offline")


def _spf(asked: _Asked) -> Iterator[Verdict]:
    records = [text for text in asked.names.texts(asked.domain) if text.lower().split(" ")[0] == "v=spf1"]
    if len(records) != 1:
        found = f"{asked.domain} has {len(records) or 'no'} records" if records else f"{asked.domain} has no record"
        advice = (
            "join them into one: with two, none counts" if records else "add a TXT record that your relay's help names"
        )
        yield Verdict("SPF", "bad", found, advice)
        return
    count = _cost(asked.names, records[0], set())
    if "+all" in records[0].lower().split() or "all" in records[0].lower().split():
        yield Verdict("SPF", "bad", f"{records[0]} lets everybody send in your name", "end it with ~all or -all")
    elif count > _LOOKUPS:
        advice = "remove includes that you do not need: above 10, receivers stop and refuse"
        yield Verdict("SPF", "bad", f"costs {count} look-ups", advice)
    else:
        yield good("SPF", f"one record, {count} {'look-up' if count == 1 else 'look-ups'}")


def _cost(names: Names, record: str, seen: set[str]) -> int:
    """Count the look-ups of a record and of those that it includes."""
    count = 0
    for term in record.lower().split()[1:]:
        word = term.lstrip("+-~?")
        kind = word.partition(":")[0].partition("/")[0]
        if not (word.startswith(_COSTING[:3]) or kind in _COSTING[3:]):
            continue
        count += 1
        target = word.partition(":" if word.startswith("include:") else "=")[2]
        if word.startswith(("include:", "redirect=")) and target not in seen and count <= 2 * _LOOKUPS:
            seen.add(target)
            count += sum(_cost(names, text, seen) for text in names.texts(target) if text.startswith("v=spf1"))
    return count


def _dkim(asked: _Asked) -> Iterator[Verdict]:
    if not asked.selectors:
        advice = "name the selector under which your relay signs: gatepost doctor --selector NAME"
        yield Verdict("DKIM", "warn", "not looked at: no selector is known", advice)
    for selector in asked.selectors:
        name = f"{selector}._domainkey.{asked.signing}"
        records = [text for text in asked.names.texts(name) if "p=" in text]
        if not records:
            yield Verdict("DKIM", "bad", f"{name} has no key", "publish the public key there as a TXT record")
            continue
        yield _key_verdict(name, _tags(records[0]))


def _key_verdict(name: str, tags: dict[str, str]) -> Verdict:
    if not tags.get("p"):
        return Verdict("DKIM", "bad", f"{name} is revoked (its p= is empty)", "publish the key that signs")
    if tags.get("k", "rsa").lower() == "ed25519":
        return good("DKIM", f"{name}: Ed25519")
    bits = _rsa_bits(tags["p"])
    found = f"{name}: RSA with {bits} bits" if bits else f"{name}: its p= is no RSA key"
    if bits < _WEAK:
        return Verdict("DKIM", "bad", found, "make a key of 2048 bits")
    return Verdict("DKIM", "warn", found, "make a key of 2048 bits") if bits < _STRONG else good("DKIM", found)


def _rsa_bits(text: str) -> int:
    """Return the bits of a key's modulus: the first INTEGER of a SubjectPublicKeyInfo (RFC 5280, RFC 8017)."""
    try:
        data = base64.b64decode("".join(text.split()))
        body = data[data.index(b"\x02", 4 if data[4:5] == b"\x02" else data.index(b"\x03")) :]
        length, start = body[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(body[2:start])
        return int.from_bytes(body[start : start + length]).bit_length()
    except (binascii.Error, ValueError, IndexError):
        return 0


def _dmarc(asked: _Asked) -> Iterator[Verdict]:
    labels = asked.domain.split(".")
    parents = [".".join(labels[index:]) for index in range(len(labels) - 1)]
    for domain in parents:
        records = [text for text in asked.names.texts(f"_dmarc.{domain}") if text.lower().startswith("v=dmarc1")]
        if records:
            yield from _policy_verdicts(domain, records, asked)
            return
    advice = f'add a TXT record at _dmarc.{parents[-1]}: "v=DMARC1; p=none; rua=mailto:..."'
    yield Verdict("DMARC", "bad", f"{asked.domain} has no record: large receivers refuse bulk mail", advice)


def _policy_verdicts(domain: str, records: list[str], asked: _Asked) -> Iterator[Verdict]:
    tags = _tags(records[0])
    if len(records) > 1 or tags.get("p", "") not in ("none", "quarantine", "reject"):
        found = f"_dmarc.{domain} has {len(records)} records" if len(records) > 1 else f"{records[0]!r} has no policy"
        yield Verdict("DMARC", "bad", found, "write one record with p=none, p=quarantine or p=reject")
    elif "rua" not in tags:
        yield Verdict("DMARC", "warn", f"p={tags['p']}, and nobody gets reports", "add rua=mailto:... to the record")
    else:
        yield good("DMARC", f"p={tags['p']}")
    strict = tags.get("adkim", "r") == "s"
    if not _is_aligned(asked.domain, asked.signing, strict=strict):
        found = f"the signature of {asked.signing} does not stand for {asked.domain}"
        yield Verdict("alignment", "bad", found, f"set GATEPOST_DKIM_DOMAIN={asked.domain}")


def _is_aligned(sender: str, signing: str, *, strict: bool) -> bool:
    related = sender.endswith("." + signing) or signing.endswith("." + sender)
    return sender == signing or (related and not strict)


def _replies(asked: _Asked, reply_to: str = "") -> Iterator[Verdict]:
    for domain in dict.fromkeys((asked.domain, reply_to.rpartition("@")[2] or asked.domain)):
        exchangers = asked.names.exchangers(domain)
        if "." in exchangers:
            advice = "set GATEPOST_MAIL_REPLY_TO to a mailbox that somebody reads"
            yield Verdict("replies", "bad", f"{domain} says that it takes no mail (null MX)", advice)
        elif exchangers or asked.names.has_address(domain):
            yield good("replies", f"{domain} takes mail")
        else:
            yield Verdict("replies", "bad", f"{domain} does not exist, or takes no mail", "look for a typing mistake")


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
