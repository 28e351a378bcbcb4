"""The bytes of a mail (RFC 5322), read back after they are made: each header once, and none that a lead brought in."""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING

from gatepost_webhook.channels.lines import MAX_LINE, have_bare_breaks, have_long_line
from gatepost_webhook.errors import RenderError, SettingsError
from gatepost_webhook.followup.lead_text import header_text
from gatepost_webhook.leads.address import AddressError, normalise
from gatepost_webhook.macs import mac

if TYPE_CHECKING:
    from gatepost_webhook.followup.messages import Rendered
    from gatepost_webhook.settings import Settings

_PLAIN = re.compile(r"[ -~]*")
#: The same, folded perhaps.
_PLAIN_LINES = re.compile(r"[ -~]*(?:\r\n [ -~]*)*")
#: Characters of a line whose encoding is kept: those of a layout are the same in every mail.
_SHORT = 500
#: What begins a line that goes on with the header above it.
_FOLDED = (b" ", b"\t")
_LOCAL_MAC_CHARS = 12
#: A local part has 64 characters (RFC 5321, 4.5.3.1.1); the tag of a mail takes up to 39 of them.
_LONGEST_BOUNCE_LOCAL = 24


@dataclass(frozen=True)
class Sender:
    """Who a mail is from, and where replies and unsubscriptions go. Addresses are ASCII."""

    name: str
    address: str
    reply_to: str
    unsubscribe: str
    #: Takes bounces; "" when the sender does.
    bounces: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Sender:
        """Read the sender from the settings. Raises SettingsError."""
        name, _ = parseaddr(settings.mail_from)
        address = _address("GATEPOST_MAIL_FROM", settings.mail_from)
        reply_to = _address("GATEPOST_MAIL_REPLY_TO", settings.mail_reply_to or address)
        unsubscribe = _address("GATEPOST_MAIL_UNSUBSCRIBE", settings.mail_unsubscribe or reply_to)
        return cls(header_text(name), address, reply_to, unsubscribe, _bounce_address(settings.bounce_address))

    @property
    def mailbox(self) -> str:
        """Name and address as a header has them."""
        return _mailbox(self)

    @property
    def domain(self) -> str:
        """The part after the @-sign."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Letter:
    """Everything about a mail that is not its text."""

    #: confirm, delivery or drip.
    kind: str
    sender: Sender
    #: Envelope address of the recipient.
    to: str
    #: Epoch second of the Date header.
    at: int
    message_id: str
    unsubscribe_url: str
    #: Of a drip: sequence, step, and the magnet that was asked for.
    sequence: str = ""
    step: str = ""
    magnet: str = ""
    #: Header by which the relay knows a repeated mail; "" for relays that know none.
    idempotency_header: str = ""
    #: Name of the subject, when several compete.
    variant: str = ""
    #: BCP 47: of the text.
    language: str = ""


def message_id(mail: int, secret: bytes, domain: str) -> str:
    """Return a mail's Message-ID: the same at every attempt, and recognisable as ours when it comes back."""
    proof = mac(secret, b"gatepost message-id\0%d" % mail).hex()[:_LOCAL_MAC_CHARS]
    return f"<v1.{mail}.{proof}@{domain}>"


def build_message(rendered: Rendered, letter: Letter) -> bytes:
    """Return a message's bytes: text and HTML, lines ended by CRLF. Raises RenderError when a header went wrong."""
    # Derived from the content, so that the same mail has the same bytes.
    boundary = "=_" + hashlib.sha256(f"{letter.message_id}\0{rendered.content_hash}".encode()).hexdigest()[:40]
    headers = _headers(rendered, letter) | {"Content-Type": f'multipart/alternative; boundary="{boundary}"'}
    head = "".join(_line(name, value) for name, value in headers.items()).encode("ascii")
    parts = [_part("plain", rendered.text), _part("html", rendered.html)]
    edge = f"--{boundary}".encode()
    body = b"".join(edge + b"\r\n" + part for part in parts) + edge + b"--\r\n"
    data = head + b"\r\n" + body
    _check(data, list(headers))
    return data


def _headers(rendered: Rendered, letter: Letter) -> dict[str, str]:
    sender = letter.sender
    headers = {
        "From": _mailbox(sender),
        "To": letter.to,
        "Reply-To": sender.reply_to,
        "Date": format_datetime(datetime.fromtimestamp(letter.at, UTC)),
        "Message-ID": letter.message_id,
        "Subject": _encoded("Subject", header_text(rendered.subject, 200)),
    }
    if letter.language:
        headers["Content-Language"] = letter.language
    if letter.kind == "drip":
        headers["List-Id"] = f"<{letter.sequence}.{sender.domain}>"
    # The token goes along: a From proves nothing, and whoever reads the mailbox must know whom it is about.
    by_mail = f"mailto:{sender.unsubscribe}?subject=unsubscribe%20{letter.unsubscribe_url.rpartition('/')[2]}"
    headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>,\r\n <{by_mail}>"
    headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    headers["Auto-Submitted"] = "auto-generated"
    if letter.kind == "drip":
        headers["Precedence"] = "bulk"
        headers["X-Auto-Response-Suppress"] = "All"
        instance = sender.domain.replace(".", "-")[:15]
        step = f"{letter.step}.{letter.variant}" if letter.variant else letter.step
        headers["Feedback-ID"] = f"{step}:{letter.sequence}:{letter.magnet}:{instance}"
    if letter.idempotency_header:
        # The Message-ID's local part: the mail's row, and proof that it is ours; the same at every attempt.
        headers[letter.idempotency_header] = letter.message_id.strip("<>").partition("@")[0]
    headers["MIME-Version"] = "1.0"
    return headers


def _line(name: str, value: str) -> str:
    """Return one header as it stands in the bytes.

    ASCII is written as it is: the library's policies would encode a long List-Unsubscribe (RFC 2047), which no mail
    program then understands.
    """
    if not _PLAIN_LINES.fullmatch(value):
        raise RenderError(f"header {name} cannot be written, found {value!r}")
    return f"{name}: {value}\r\n"


@lru_cache(maxsize=8)
def _mailbox(sender: Sender) -> str:
    if _PLAIN.fullmatch(sender.name):
        return str(Address(sender.name, addr_spec=sender.address))
    return f"{_encoded('From', sender.name)} <{sender.address}>"


def _encoded(name: str, text: str) -> str:
    """Return a text beyond ASCII as encoded words (RFC 2047), folded."""
    if _PLAIN.fullmatch(text):
        return text
    return Header(text, "utf-8", header_name=name, maxlinelen=75).encode(linesep="\r\n")


def _part(subtype: str, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").split("\n")
    encoded = [_kept_line(line) if len(line) < _SHORT else _encoded_line(line) for line in lines[:-1]]
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + b"".join(encoded) + _quoted(lines[-1]) + b"\r\n"


def _quoted(text: str) -> bytes:
    return binascii.b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")


def _encoded_line(line: str) -> bytes:
    """Return a line as quoted-printable, with its end; how it is encoded does not depend on the lines round it."""
    return _quoted(f"{line}\n")


_kept_line = lru_cache(maxsize=4096)(_encoded_line)


def _check(data: bytes, wanted: list[str]) -> None:
    """Read the bytes back: what a relay sees is what was meant, header by header."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    found = [line.partition(b":")[0].decode("ascii", "replace") for line in lines if line[:1] not in _FOLDED]
    if found != wanted or not body.startswith(b"--=_"):
        raise RenderError(f"headers are not as meant, found {', '.join(found)}; expected {', '.join(wanted)}")
    if have_bare_breaks(data) or b"\0" in data or have_long_line(data):
        raise RenderError(f"the message has a bare line break or a line of more than {MAX_LINE} octets")


def _bounce_address(text: str) -> str:
    """Return the address that takes bounces; its local part must leave room for a tag."""
    address = _address("GATEPOST_BOUNCE_ADDRESS", text) if text else ""
    if len(address.rpartition("@")[0]) > _LONGEST_BOUNCE_LOCAL:
        raise SettingsError(
            f"GATEPOST_BOUNCE_ADDRESS: is too long before the @-sign, found {text!r}; "
            f"write at most {_LONGEST_BOUNCE_LOCAL} characters, as in: bounces@example.com"
        )
    return address


def owner_address(settings: Settings) -> str:
    """Return where the owner is written to. Raises SettingsError."""
    if settings.owner_email:
        return _address("GATEPOST_OWNER_EMAIL", settings.owner_email)
    return Sender.of(settings).reply_to


def _address(variable: str, text: str) -> str:
    try:
        typed, canonical = normalise(parseaddr(text)[1])
    except AddressError as error:
        raise SettingsError(
            f"{variable}: is not an address ({error}), found {text!r}; write it as in: Gatepost <hello@example.com>"
        ) from error
    return f"{typed.rpartition('@')[0]}@{canonical.rpartition('@')[2]}"
