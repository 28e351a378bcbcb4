"""A mail from outside, read within limits: the standard library's parser, and nothing before it that could grow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.policy import Compat32
from typing import TYPE_CHECKING

from gatepost_webhook.errors import GatepostError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Bytes of a report that is read. Ours are under 100 KiB, and reports quote them once.
MAX_BYTES = 1 << 20
MAX_PARTS = 50
MAX_DEPTH = 5
#: Before parsing, whose time grows with lines times open containers. A full report in base64 has 14,000 lines.
_MAX_LINES = 20_000
_MAX_CONTAINERS = 12
#: Characters of one text that are looked at.
_MAX_TEXT = 64 * 1024

_CONTAINER = re.compile(rb"content-type[ \t]*:\s*\"?(?:multipart|message)/", re.IGNORECASE)
#: Charsets of mails that Python knows. It knows others too, and of those punycode takes seconds.
_CHARSETS = re.compile(
    r"(us-)?ascii|utf-?8|latin-?1|iso-?8859-([1-9]|1[013456])|(windows-|cp)125[0-8]|koi8-[ru]|big5|gb2312|gbk|gb18030"
    r"|euc-(jp|kr)|shift_jis|iso-2022-(jp|kr)",
    re.IGNORECASE,
)


class _Plain(Compat32):
    """Headers as text, as they stand.

    The library's newer policy understands every header, in time that a hostile one can make long.
    """

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


_POLICY = _Plain()
_PARSER: BytesParser[Message] = BytesParser(policy=_POLICY)
_FIELDS: HeaderParser[Message] = HeaderParser(policy=_POLICY)
_BETWEEN = re.compile(r"\r?\n[ \t]*\r?\n")
#: Types whose content is fields for machines.
FIELDS = frozenset({"message/delivery-status", "message/global-delivery-status", "message/feedback-report"})


class UnreadableError(GatepostError):
    """A mail is beyond the limits, or not a mail."""


@dataclass(frozen=True)
class Part:
    """One part of a mail."""

    message: Message
    #: Lower case, such as text/plain.
    kind: str
    #: Within a quoted mail (message/rfc822): nothing in it is said by who reports.
    quoted: bool

    @property
    def text(self) -> str:
        """Return its text, whatever its encoding; "" for a container."""
        payload = self.message.get_payload(decode=True)
        if not isinstance(payload, bytes):
            return ""
        return decoded(payload[: 4 * _MAX_TEXT], str(self.message.get_content_charset("utf-8")))[:_MAX_TEXT]

    @property
    def blocks(self) -> list[Message]:
        """Return the blocks of fields of a delivery or feedback report."""
        payload = self.message.get_payload()
        blocks = [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []
        # In a message/global-delivery-status (RFC 6533) the parser sees one mail: its body is the next blocks.
        rest = (str(block.get_payload()) for block in blocks if not block.is_multipart())
        further = (paragraph for text in rest for paragraph in _BETWEEN.split(text[:_MAX_TEXT]) if paragraph.strip())
        return [*blocks, *(_FIELDS.parsestr(paragraph) for paragraph in further)][:MAX_PARTS]


def open_mail(data: bytes) -> list[Part]:
    """Parse a mail and return its parts, itself first. Raises UnreadableError."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"a mail of more than {MAX_BYTES:,} bytes")
    if data.count(b"\n") + data.count(b"\r") > 2 * _MAX_LINES or len(_CONTAINER.findall(data)) > _MAX_CONTAINERS:
        raise UnreadableError("a mail with too many lines or parts")
    parts = []
    for part, depth in _walk(_PARSER.parsebytes(data)):
        parts.append(part)
        if len(parts) > MAX_PARTS or depth > MAX_DEPTH:
            raise UnreadableError(f"a mail of more than {MAX_PARTS} parts, or nested deeper than {MAX_DEPTH}")
    return parts


def header(message: Message, name: str) -> str:
    """Return a header's text as it stands, "" when it is missing; of several, the first."""
    return " ".join(str(message.get(name, "")).split())


def decoded(data: bytes, charset: str) -> str:
    """Return bytes as text; what cannot be read is marked."""
    return data.decode(charset if _CHARSETS.fullmatch(charset) else "latin-1", "replace")


def _walk(root: Message) -> Iterator[tuple[Part, int]]:
    """Yield (part, depth). The fields of a report are no parts of the mail."""
    waiting = [(root, 0, False)]
    while waiting:
        message, depth, quoted = waiting.pop(0)
        kind = message.get_content_type().lower()
        yield Part(message, kind, quoted), depth
        payload = message.get_payload()
        if isinstance(payload, list) and kind not in FIELDS:
            inside = quoted or kind.startswith("message/")
            waiting += [(child, depth + 1, inside) for child in payload if isinstance(child, Message)]
