"""Marks by which a report proves that it is about a mail of ours: the Message-ID, and the envelope sender's tag."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from gatepost_webhook.followup.mailing import message_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    MacOf = Callable[[int, bytes], str]

#: A Message-ID as followup/mailing.py makes it, without its domain.
_MESSAGE_ID = re.compile(rb"v1\.([1-9]\d{0,17})\.([0-9a-f]{12})@")
#: A tag as `tagged` makes it. Mail servers may change the case of a local part, so it has one case alone.
_TAG = re.compile(rb"\+v1-([1-9]\d{0,17})-([0-9a-f]{16})@", re.IGNORECASE)
_TAG_CHARS = 16
#: Marks that are tried in one report. A report has one to a handful; each costs a hash.
_MOST = 200


def tagged(address: str, mail: int, secret: bytes) -> str:
    """Return the envelope sender of a mail: bounces@example.com becomes bounces+v1-17-0a1b...@example.com."""
    local, _, domain = address.rpartition("@")
    return f"{local}+v1-{mail}-{_tag_mac(mail, secret)}@{domain}"


def mails_tagged(text: bytes, secrets: Sequence[bytes]) -> set[int]:
    """Return the mails whose tag stands in a text and is ours."""
    return _proved(_TAG.findall(text), secrets, _tag_mac)


def mails_named(text: bytes, secrets: Sequence[bytes]) -> set[int]:
    """Return the mails whose Message-ID stands in a text and is ours."""
    return _proved(_MESSAGE_ID.findall(text), secrets, _message_id_mac)


def _proved(found: Iterable[tuple[bytes, bytes]], secrets: Sequence[bytes], mac_of: MacOf) -> set[int]:
    candidates = list(dict.fromkeys((int(number), mac.decode().lower()) for number, mac in found))[:_MOST]
    return {mail for mail, mac in candidates if _is_ours(mail, mac, secrets, mac_of)}


def _is_ours(mail: int, mac: str, secrets: Sequence[bytes], mac_of: MacOf) -> bool:
    # Every secret is tried in full, so the time taken does not tell which one fits.
    good = [hmac.compare_digest(mac_of(mail, secret), mac) for secret in secrets]
    return any(good)


def _tag_mac(mail: int, secret: bytes) -> str:
    return hmac.new(secret, b"gatepost bounce\0%d" % mail, hashlib.sha256).hexdigest()[:_TAG_CHARS]


def _message_id_mac(mail: int, secret: bytes) -> str:
    return message_id(mail, secret, "").partition("@")[0].rpartition(".")[2]
