"""Signed links: short tokens that name one row for one purpose, and cannot be forged or turned to another purpose.

A token is 40 characters of URL-safe base64: 12 bytes of payload (version, purpose, row number as 48 bits, expiry as
epoch seconds in 32 bits) and 18 bytes of HMAC-SHA-256 (RFC 2104, truncated as its section 5 allows) over the
length-delimited fields. Both parts are whole base64 groups, so every character counts: there is no second spelling.
Forty characters keep a List-Unsubscribe header within one line.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from gatepost_webhook.errors import LinkError, LinkExpiredError

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERSION = 1
_PAYLOAD = struct.Struct(">BB6sI")
_MAC_BYTES = 18
_TOKEN_CHARS = 40
#: Expiry value of a token that never expires.
_NEVER = 0


class Purpose(Enum):
    """What a link may be used for; the value is the purpose's byte in the token."""

    #: Names a submission: confirm it and get its file.
    CONFIRM = ord("c")
    #: Names a submission: get its file.
    DOWNLOAD = ord("d")
    #: Names a lead: send nothing any more.
    UNSUBSCRIBE = ord("u")
    #: Names an enrolment: stop this sequence, or everything.
    LEAVE = ord("e")
    #: Names a lead: look at and change what is sent, and what is kept.
    PREFERENCES = ord("p")
    #: Names a link of a mail: look at where it leads, and say so or not.
    VISIT = ord("v")
    #: Names no row, but to whom we showed a form, within its time.
    FORM = ord("f")


#: A mail's links are numbered by one byte.
_NUMBERS = 256


@dataclass(frozen=True)
class Links:
    """Makes and reads tokens, and the addresses that carry them."""

    #: The webhook's public address, without a slash at its end.
    base_url: str
    #: At least 32 bytes each; the first signs, all are accepted, so a secret can be rotated.
    secrets: Sequence[bytes]

    def token(self, purpose: Purpose, subject: int, *, expires: int = _NEVER) -> str:
        """Return the token for a row; `expires` is an epoch second, never when left out."""
        return _sign(self.secrets[0], _pack(purpose, subject, expires))

    def read(self, token: str, purposes: Sequence[Purpose], *, now: int) -> tuple[Purpose, int]:
        """Return (purpose, row) of a token. Raises LinkExpiredError, or LinkError when it is not one of ours."""
        payload = _payload(token)
        # Every secret is tried in full, so the time taken does not tell which one fits.
        good = [hmac.compare_digest(_sign(secret, payload), token) for secret in self.secrets]
        if not any(good):
            raise LinkError("this link is not one of ours")
        _, purpose, subject_bytes, expires = _PAYLOAD.unpack(payload)
        subject = int.from_bytes(subject_bytes, "big")
        wanted = next((known for known in purposes if known.value == purpose), None)
        if wanted is None:
            raise LinkError("this link is for something else")
        if expires != _NEVER and now >= expires:
            raise LinkExpiredError("this link has expired", subject=subject)
        return wanted, subject

    def confirm_url(self, submission: int, *, expires: int) -> str:
        """Return the address of the page whose button confirms a submission and gives its file."""
        return f"{self.base_url}/c/{self.token(Purpose.CONFIRM, submission, expires=expires)}"

    def download_url(self, submission: int, *, expires: int) -> str:
        """Return the address of a submission's file."""
        return f"{self.base_url}/d/{self.token(Purpose.DOWNLOAD, submission, expires=expires)}"

    def unsubscribe_url(self, lead: int) -> str:
        """Return the address at which a lead stops everything. It never expires."""
        return f"{self.base_url}/u/{self.token(Purpose.UNSUBSCRIBE, lead)}"

    def leave_url(self, enrolment: int) -> str:
        """Return the address at which a lead leaves one sequence, or everything. It never expires."""
        return f"{self.base_url}/u/{self.token(Purpose.LEAVE, enrolment)}"

    def preferences_url(self, lead: int) -> str:
        """Return the address at which a lead chooses what is sent, and sees what is kept. It never expires."""
        return f"{self.base_url}/p/{self.token(Purpose.PREFERENCES, lead)}"

    def visit_url(self, mail: int, number: int) -> str:
        """Return the address of the page that stands before where a mail's link of a number leads. It never expires."""
        return f"{self.base_url}/v/{self.token(Purpose.VISIT, mail * _NUMBERS + number)}"


def link_of_mail(subject: int) -> tuple[int, int]:
    """Return (mail, number of its link) from what a VISIT token names."""
    return divmod(subject, _NUMBERS)


def _pack(purpose: Purpose, subject: int, expires: int) -> bytes:
    return _PAYLOAD.pack(_VERSION, purpose.value, subject.to_bytes(6, "big"), expires)


def _sign(secret: bytes, payload: bytes) -> str:
    version, purpose, subject, expires = _PAYLOAD.unpack(payload)
    parts = [b"gatepost link", bytes([version]), bytes([purpose]), subject, expires.to_bytes(4, "big")]
    delimited = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    mac = hmac.new(secret, delimited, hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(payload + mac).decode()


def _payload(token: str) -> bytes:
    if len(token) != _TOKEN_CHARS or not token.isascii():
        raise LinkError("this link is not one of ours")
    try:
        decoded = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise LinkError("this link is not one of ours") from error
    payload = decoded[: _PAYLOAD.size]
    if payload[0] != _VERSION:
        raise LinkError("this link is not one of ours")
    return payload
