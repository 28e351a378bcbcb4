"""DKIM signatures (RFC 6376) for those whose relay makes none; needs the extra `gatepost[dkim]`."""

from __future__ import annotations

import base64
import binascii
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.errors import RenderError, SettingsError

try:
    import dkim  # type: ignore[import-untyped]
except ImportError:  # The extra is not installed.
    dkim = None

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.settings import Settings

#: What a signature covers. From stands twice, so that nobody can add another one; RFC 8058 wants the two about leaving.
HEADERS = (
    *("From", "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "MIME-Version", "Content-Type"),
)
#: What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410).
_ED25519 = bytes.fromhex("302e020100300506032b657004220420")
_ARMOUR = re.compile(rb"-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", re.DOTALL)


@dataclass(frozen=True)
class Signer:
    """Signs with one key; the public half is a TXT record at <selector>._domainkey.<domain>."""

    domain: str
    selector: str
    #: rsa-sha256 or ed25519-sha256.
    algorithm: str
    _key: bytes

    def sign(self, data: bytes) -> bytes:
        """Return a message with its signature above it. Raises RenderError."""
        head = data.partition(b"\r\n\r\n")[0].lower()
        present = [name for name in HEADERS if b"\r\n" + name.lower().encode() + b":" in b"\r\n" + head]
        try:
            header: bytes = dkim.sign(
                data,
                self.selector.encode(),
                self.domain.encode(),
                self._key,
                canonicalize=(b"relaxed", b"relaxed"),
                signature_algorithm=self.algorithm.encode(),
                include_headers=present,
            )
        except Exception as error:
            raise RenderError(f"the DKIM signature cannot be made: {error}") from error
        return header + data


def signer_of(settings: Settings, domain: str) -> Signer | None:
    """Return who signs for a sender's domain, None when nobody is to. Raises SettingsError."""
    if not settings.dkim_selector and settings.dkim_key is None:
        return None
    if not settings.dkim_selector or settings.dkim_key is None:
        missing = "GATEPOST_DKIM_KEY" if settings.dkim_selector else "GATEPOST_DKIM_SELECTOR"
        raise SettingsError(f"{missing} is not set; signing needs GATEPOST_DKIM_SELECTOR and GATEPOST_DKIM_KEY")
    if dkim is None:
        raise SettingsError("GATEPOST_DKIM_KEY: signing needs the extra, found none; pip install 'gatepost[dkim]'")
    algorithm, key = _key(settings.dkim_key)
    signer = Signer(settings.dkim_domain or domain, settings.dkim_selector, algorithm, key)
    _try(signer, settings.dkim_key)
    return signer


def _key(path: Path) -> tuple[str, bytes]:
    """Return algorithm and key of a file: RSA in PEM, Ed25519 in PEM or as the base64 that dknewkey writes."""
    try:
        mode, data = stat.S_IMODE(path.stat().st_mode), path.read_bytes()
    except OSError as error:
        raise SettingsError(f"GATEPOST_DKIM_KEY: {path} cannot be read ({error.strerror})") from error
    if mode & 0o077:
        raise SettingsError(f"GATEPOST_DKIM_KEY: {path} can be read by others (mode {mode:04o}); run: chmod 600 {path}")
    if found := _ARMOUR.search(data):
        inner = base64.b64decode(found[1])
        if inner.startswith(_ED25519):
            return "ed25519-sha256", base64.b64encode(inner.removeprefix(_ED25519))
    if b"-----BEGIN" in data:
        return "rsa-sha256", data
    try:
        seed = base64.b64decode(data.strip(), validate=True)
    except binascii.Error:
        seed = b""
    if len(seed) != 32:
        raise SettingsError(
            f"GATEPOST_DKIM_KEY: {path} is no key; write an RSA or Ed25519 private key in PEM, as made by: "
            "openssl genpkey -algorithm ed25519"
        )
    return "ed25519-sha256", base64.b64encode(seed)


def _try(signer: Signer, path: Path) -> None:
    try:
        signer.sign(b"From: a@example.com\r\n\r\nA trial.\r\n")
    except RenderError as error:
        raise SettingsError(f"GATEPOST_DKIM_KEY: {path} cannot sign: {error}") from error
