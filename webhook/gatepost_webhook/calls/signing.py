"""Signatures by which a receiver knows that a call is ours (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

_PREFIX = b"whsec_"


def signing_key(secret: bytes) -> bytes:
    """Return the key of a secret: of "whsec_..." what it encodes, else its bytes."""
    if not secret.startswith(_PREFIX):
        return secret
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return secret


def signed_headers(secrets: tuple[bytes, ...], identifier: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers of a call at epoch second `at`, with one signature a secret so that they can be changed."""
    signed = f"{identifier}.{at}.".encode() + body
    signatures = [
        base64.b64encode(hmac.new(signing_key(secret), signed, hashlib.sha256).digest()).decode() for secret in secrets
    ]
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
