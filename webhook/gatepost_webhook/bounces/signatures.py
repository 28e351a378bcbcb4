"""Ways in which providers prove that a callback is theirs. All take the raw body, and trust nothing before it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from gatepost_webhook.errors import GatepostError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Seconds by which a callback's own time may differ from ours.
TOLERANCE = 300


class ForgedError(GatepostError):
    """A callback does not prove where it comes from."""


class UnreadableCallbackError(GatepostError):
    """A callback is not what its provider sends."""


@dataclass(frozen=True)
class Callback:
    """A request as it came in."""

    #: Lower-case name -> value.
    headers: Mapping[str, str]
    body: bytes
    #: Epoch second of its arrival.
    now: int

    def payload(self) -> Any:
        """Return the body as JSON. Raises UnreadableCallbackError."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise UnreadableCallbackError("the body is no JSON") from error


class Signature(Protocol):
    """One way."""

    def check_settings(self, secrets: Sequence[str]) -> None:
        """Refuse secrets that cannot work. Raises SettingsError."""
        ...

    def verify(self, callback: Callback, secrets: Sequence[str]) -> str:
        """Return what must not come twice: "" when the signature covers the whole body. Raises ForgedError."""
        ...


@dataclass(frozen=True)
class SharedSecret:
    """The provider sends a secret along: as a bearer token, in a header of our choice, or as user:password."""

    header: str = "x-gatepost-token"

    def check_settings(self, secrets: Sequence[str]) -> None:
        """A secret that is sent along must be long."""
        if any(len(secret) < 16 for secret in secrets):
            raise SettingsError("is too short; write at least 16 characters")

    def verify(self, callback: Callback, secrets: Sequence[str]) -> str:
        """Compare the secret."""
        given = callback.headers.get("authorization", "")
        scheme, _, credentials = given.partition(" ")
        offered = [callback.headers.get(self.header, "")]
        if scheme.lower() == "bearer":
            offered.append(credentials.strip())
        if scheme.lower() == "basic":
            offered.append(decoded(credentials.strip()).decode("utf-8", "replace"))
        if not _any_equal(offered, secrets):
            raise ForgedError("the secret is missing or wrong")
        return ""


@dataclass(frozen=True)
class StandardWebhook:
    """HMAC-SHA-256 over id, time and body (Standard Webhooks), under several header prefixes."""

    prefixes: tuple[str, ...] = ("webhook-", "svix-")

    def check_settings(self, secrets: Sequence[str]) -> None:
        """A secret is base64 after whsec_."""
        for secret in secrets:
            if len(_key(secret)) < 16:
                raise SettingsError("is no signing secret; copy the whole of it, which begins with whsec_")

    def verify(self, callback: Callback, secrets: Sequence[str]) -> str:
        """Check one of the signatures that the header lists."""
        for prefix in self.prefixes:
            name, time, given = (callback.headers.get(prefix + part, "") for part in ("id", "timestamp", "signature"))
            if name and time and given:
                break
        else:
            raise ForgedError("the signature is missing")
        _check_time(time, callback.now)
        signed = b".".join((name.encode(), time.encode(), callback.body))
        wanted = [base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode() for secret in secrets]
        offered = [part.partition(",")[2] for part in given.split(" ")[:20] if part.startswith("v1,")]
        if not _any_equal(offered, wanted):
            raise ForgedError("the signature is wrong")
        return ""


@dataclass(frozen=True)
class SignedInside:
    """HMAC-SHA-256 in hexadecimal over a time and a token, all within the body. It covers nothing else.

    So a token counts once: whoever has seen one callback cannot put other words round its signature.
    """

    place: str = "signature"

    def check_settings(self, secrets: Sequence[str]) -> None:
        """Mailgun's keys are 32 characters and longer."""
        if any(len(secret) < 16 for secret in secrets):
            raise SettingsError("is too short; write the HTTP webhook signing key")

    def verify(self, callback: Callback, secrets: Sequence[str]) -> str:
        """Check time, token and signature."""
        payload = callback.payload()
        signature = payload.get(self.place) if isinstance(payload, dict) else None
        if not isinstance(signature, dict):
            raise ForgedError("the signature is missing")
        time, token, given = (str(signature.get(name, "")) for name in ("timestamp", "token", "signature"))
        _check_time(time, callback.now)
        # JSON can spell half of a surrogate pair, which is no character.
        signed = f"{time}{token}".encode("utf-8", "surrogatepass")
        wanted = [hmac.digest(secret.encode(), signed, "sha256").hex() for secret in secrets]
        if not token or not _any_equal([given], wanted):
            raise ForgedError("the signature is wrong")
        return token


@dataclass(frozen=True)
class EllipticCurve:
    """ECDSA with SHA-256 over time and body; the secret is the provider's public key, in base64."""

    header: str
    time_header: str

    def check_settings(self, secrets: Sequence[str]) -> None:
        """Read the keys."""
        for secret in secrets:
            _public_key(secret)

    def verify(self, callback: Callback, secrets: Sequence[str]) -> str:
        """Check the signature with each key."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra, for this provider alone
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        time = callback.headers.get(self.time_header, "")
        given = decoded(callback.headers.get(self.header, ""))
        _check_time(time, callback.now)
        for secret in secrets:
            try:
                _public_key(secret).verify(given, time.encode() + callback.body, ec.ECDSA(hashes.SHA256()))
            except InvalidSignature:
                continue
            return ""
        raise ForgedError("the signature is wrong")


def _check_time(text: str, now: int, tolerance: int = TOLERANCE) -> None:
    if not (text.isascii() and text.isdigit() and len(text) <= 12) or abs(now - int(text)) > tolerance:
        raise ForgedError("its time is not now")


def _any_equal(offered: Sequence[str], wanted: Sequence[str]) -> bool:
    """Compare each with each, so that the time taken does not tell which one fits."""
    good = [hmac.compare_digest(_digest(one), _digest(other)) for one in offered if one for other in wanted]
    return any(good)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def decoded(text: str) -> bytes:
    """Return the bytes of a text in base64, none when it is not."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _key(secret: str) -> bytes:
    return decoded(secret.removeprefix("whsec_"))


def _public_key(secret: str) -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError("needs an extra: pip install 'gatepost[hooks]'") from error
    try:
        key = load_der_public_key(decoded(secret))
    except ValueError as error:
        raise SettingsError("is no public key; copy the verification key that the provider shows") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SettingsError("is a key of another kind; copy the verification key that the provider shows")
    return key
