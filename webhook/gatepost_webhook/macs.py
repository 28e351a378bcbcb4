"""HMAC-SHA-256 with keys that are used again and again: what depends on the key alone is worked out once."""

from __future__ import annotations

import hmac
from functools import lru_cache


def mac(secret: bytes, message: bytes) -> bytes:
    """Return the 32 bytes that prove a message (RFC 2104)."""
    # hmac.digest() lets go of the interpreter's lock for a microsecond's work, and then waits for it.
    keyed = _keyed(secret).copy()
    keyed.update(message)
    return keyed.digest()


@lru_cache(maxsize=16)
def _keyed(secret: bytes) -> hmac.HMAC:
    return hmac.new(secret, digestmod="sha256")
