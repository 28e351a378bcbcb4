"""Whether the public address leads here, over TLS, and takes one-click unsubscriptions."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2

from gatepost_webhook.doctor.verdicts import Patient, Verdict, good, span

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 10.0
#: Seconds before its end at which a certificate should have been renewed.
_RENEW = 14 * 86_400
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def examine_reach(patient: Patient, *, tls: ssl.SSLContext | None = None) -> Iterator[Verdict]:
    """Ask the public address, as receivers of mail do."""
    parts = urlsplit(patient.settings.base_url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        yield _certificate(host, parts.port or 443, tls or ssl.create_default_context(), patient.now)
    elif host in _LOCAL:
        yield Verdict("address", "warn", f"{patient.settings.base_url} is this machine alone", "set GATEPOST_BASE_URL")
    else:
        advice = "put a proxy that speaks TLS before it, and set GATEPOST_BASE_URL=https://..."
        yield Verdict("address", "bad", f"{patient.settings.base_url} is not encrypted", advice)
    yield _one_click(patient.settings.base_url, tls)


def _certificate(host: str, port: int, tls: ssl.SSLContext, now: int) -> Verdict:
    try:
        with (
            socket.create_connection((host, port), _SECONDS) as plain,
            tls.wrap_socket(plain, server_hostname=host) as s,
        ):
            certificate = s.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return Verdict("certificate", "bad", f"{host}: {error.verify_message}", "renew it, or mend the proxy")
    except (OSError, ssl.SSLError) as error:
        found = f"{host}:{port} cannot be reached ({error})"
        return Verdict("certificate", "bad", found, "look at DNS, firewall and proxy")
    rest = int(ssl.cert_time_to_seconds(str(certificate.get("notAfter")))) - now
    if rest < _RENEW:
        return Verdict("certificate", "warn", f"ends in {span(max(0, rest))}", "see why it is not renewed")
    return good("certificate", f"good for {span(rest)}")


def _one_click(base_url: str, tls: ssl.SSLContext | None) -> Verdict:
    """Press unsubscribe as a mail program does, for nobody."""
    url = f"{base_url}/u/doctor"
    try:
        answer = httpx2.post(
            url,
            data={"List-Unsubscribe": "One-Click"},
            timeout=_SECONDS,
            follow_redirects=False,
            verify=tls or True,
            trust_env=False,
        )
    except httpx2.HTTPError as error:
        found = f"{url} cannot be reached ({type(error).__name__}: {error})"
        return Verdict("unsubscribe", "bad", found, "start 'gatepost run'; look at DNS, firewall and proxy")
    if answer.is_redirect:
        found = f"{url} answers with a redirect to {answer.headers.get('location', '?')}"
        return Verdict("unsubscribe", "bad", found, "mail programs do not follow it: set the final address as base_url")
    if answer.status_code not in (200, 404, 410) or answer.headers.get("referrer-policy") != "no-referrer":
        found = f"POST {url} is answered with {answer.status_code}, and not by Gatepost as it seems"
        return Verdict("unsubscribe", "bad", found, "let the proxy hand POST /u/ over without login or checks")
    return good("unsubscribe", "POST reaches Gatepost, without a redirect")
