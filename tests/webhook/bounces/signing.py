"""Signs callbacks as the providers do, with keys made for the test."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
SHARED = "gatepost:a-long-shared-secret"
MAILGUN = "key-of-the-webhook-signing-0123456789"
RESEND = "whsec_" + base64.b64encode(b"r" * 24).decode()


@dataclass
class Signed:
    """A callback, ready to be sent; change what you like to forge one."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def settings(folder: Path) -> dict[str, Any]:
    """Return the settings that go with these keys."""
    certificate = folder / "sns.pem"
    certificate.write_bytes(_certificate(_amazon()))
    key = _sendgrid().public_key()
    public = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "hook_ses_topic": TOPIC,
        "hook_ses_certificate": str(certificate),
        "hook_postmark_secret": SHARED,
        "hook_mailgun_secret": MAILGUN,
        "hook_sendgrid_secret": base64.b64encode(public).decode(),
        "hook_brevo_secret": SHARED,
        "hook_resend_secret": RESEND,
    }


def sign(provider: str, payload: Any, now: int, name: str = "one") -> Signed:
    """Return a payload as the provider sends it; `name` tells one call from another."""
    body = json.dumps(payload).encode()
    match provider:
        case "ses":
            return _notification(body.decode(), now, name)
        case "mailgun":
            return _inside(payload, now, name)
        case "sendgrid":
            given = _sendgrid().sign(str(now).encode() + body, ec.ECDSA(hashes.SHA256()))
            prefix = "X-Twilio-Email-Event-Webhook-"
            headers = {f"{prefix}Signature": base64.b64encode(given).decode(), f"{prefix}Timestamp": str(now)}
            return Signed(body, headers)
        case "resend":
            mac = hmac.digest(b"r" * 24, f"msg_{name}.{now}.".encode() + body, "sha256")
            signature = f"v1,{base64.b64encode(mac).decode()}"
            headers = {"svix-id": f"msg_{name}", "svix-timestamp": str(now), "svix-signature": signature}
            return Signed(body, headers)
    return Signed(body, {"Authorization": "Basic " + base64.b64encode(SHARED.encode()).decode()})


def _inside(payload: dict[str, Any], now: int, name: str) -> Signed:
    token = f"token-of-{name}"
    given = hmac.digest(MAILGUN.encode(), f"{now}{token}".encode(), "sha256").hex()
    signature = {"timestamp": str(now), "token": token, "signature": given}
    return Signed(json.dumps({"signature": signature, **payload}).encode())


def _notification(text: str, now: int, name: str) -> Signed:
    at = dt.datetime.fromtimestamp(now, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return sns({"Type": "Notification", "MessageId": name, "TopicArn": TOPIC, "Message": text, "Timestamp": at})


def sns(message: dict[str, str], version: str = "2") -> Signed:
    """Return a message of SNS with its signature."""
    text = "".join(f"{key}\n{message[key]}\n" for key in sorted(message))
    kind = hashes.SHA256() if version == "2" else hashes.SHA1()
    given = base64.b64encode(_amazon().sign(text.encode(), padding.PKCS1v15(), kind)).decode()
    more = {"SignatureVersion": version, "Signature": given, "SigningCertURL": CERTIFICATE_URL}
    return Signed(json.dumps(message | more).encode(), {"Content-Type": "text/plain; charset=UTF-8"})


@cache
def _amazon() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def _sendgrid() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + dt.timedelta(days=400))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
