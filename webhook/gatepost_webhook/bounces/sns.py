"""Notifications of Amazon SNS, signed with a certificate that the owner has put beside the settings.

Nothing is fetched: neither the certificate that a message names, nor the page that confirms a subscription. Amazon
signs for all its customers alike, so a good signature proves nothing before the topic is the owner's own.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatepost_webhook.bounces.signatures import ForgedError, UnreadableCallbackError, decoded
from gatepost_webhook.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_webhook.bounces.signatures import Callback

logger = logging.getLogger(__name__)

#: Seconds. The time is that of the event and not of the attempt, and Amazon tries again for a while.
_TOLERANCE = 3600
_AMAZON = re.compile(r"https://sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?/[!-~]{1,2000}")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


@dataclass(frozen=True)
class SnsMessage:
    """The signature of Amazon SNS. The first secret is the topic's ARN, the second the file of the certificate."""

    def check_settings(self, secrets: Sequence[str]) -> None:
        """Read the certificates."""
        if len(secrets) != 2 or not secrets[0].startswith("arn:"):
            example = "arn:aws:sns:eu-west-1:123456789012:mail"
            raise SettingsError(f"needs the topic too; set GATEPOST_HOOK_SES_TOPIC, as in: {example}")
        _public_keys(secrets[1])

    def verify(self, callback: Callback, secrets: Sequence[str]) -> str:
        """Check topic, time and signature."""
        topic, certificate = secrets
        message = callback.payload()
        if not isinstance(message, dict) or message.get("TopicArn") != topic:
            raise ForgedError("it is of another topic")
        names = _SIGNED.get(str(message.get("Type")), ())
        if not names or not _is_recent(str(message.get("Timestamp")), callback.now):
            raise ForgedError("its kind or its time is wrong")
        url = str(message.get("SigningCertURL"))
        if not _AMAZON.fullmatch(url):
            raise ForgedError("its certificate is not Amazon's")
        signed = "".join(f"{name}\n{message[name]}\n" for name in names if isinstance(message.get(name), str))
        if not _is_signed(message, signed.encode("utf-8", "surrogatepass"), certificate):
            logger.error("SES: not signed with the certificate in %s; Amazon's newest may be %s", certificate, url)
            raise ForgedError("the signature is wrong")
        if message["Type"] == "SubscriptionConfirmation" and _AMAZON.fullmatch(str(message.get("SubscribeURL"))):
            logger.warning("SES: open this once to confirm the subscription: %s", message["SubscribeURL"])
        return ""


def notification(payload: Any) -> Any:
    """Return what a notification carries, an empty object for a message about the subscription."""
    if not isinstance(payload, dict) or payload.get("Type") != "Notification":
        return {}
    try:
        return json.loads(str(payload.get("Message")))
    except (ValueError, RecursionError):
        # Amazon greets a new topic in words.
        raise UnreadableCallbackError("the notification is no JSON") from None


def _is_signed(message: dict[str, Any], signed: bytes, certificate: str) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra, for this provider alone
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

    kinds: dict[str, Any] = {"1": hashes.SHA1, "2": hashes.SHA256}
    kind = kinds.get(str(message.get("SignatureVersion")))
    given = decoded(str(message.get("Signature")))
    if kind is None:
        return False
    for key in _public_keys(certificate):
        try:
            key.verify(given, signed, padding.PKCS1v15(), kind())
        except InvalidSignature:
            continue
        return True
    return False


def _public_keys(path: str) -> list[Any]:
    try:
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - an extra
        from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError("needs an extra: pip install 'gatepost[hooks]'") from error
    try:
        keys = [certificate.public_key() for certificate in load_pem_x509_certificates(Path(path).read_bytes())]
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot be read ({error}); save Amazon's signing certificate there, as PEM") from error
    return [key for key in keys if isinstance(key, rsa.RSAPublicKey)]


def _is_recent(text: str, now: int) -> bool:
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return False
    return abs(now - at) <= _TOLERANCE
