"""Captured mails, read back for people: headers decoded, the parts as text. What is in them is hostile text."""

from __future__ import annotations

import contextlib
import email
import functools
from dataclasses import dataclass
from datetime import UTC
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

#: Characters of a mail's first words that a list shows.
_PREVIEW = 140
_SILENT = frozenset({"head", "title", "style", "script", "template"})


@dataclass(frozen=True)
class Summary:
    """What a list shows of a mail."""

    mail: int
    sender: str
    recipient: str
    subject: str
    #: Its first words: what mail programs show beside the subject.
    preview: str
    #: Epoch second of its Date header, else of the file.
    at: int


@dataclass(frozen=True)
class Captured:
    """One mail in full."""

    summary: Summary
    reply_to: str
    html: str
    text: str
    source: str
    data: bytes


def summaries(folder: Path, *, most: int) -> list[Summary]:
    """Return the newest mails, newest first."""
    found = []
    # Rows are numbered as they are queued, so the newest are among the highest numbers.
    for path in sorted(folder.glob("*.eml"), reverse=True)[: 2 * most] if folder.is_dir() else []:
        try:
            found.append(_summary(path, path.stat().st_mtime_ns))
        except (OSError, ValueError):
            # Removed meanwhile, or a file that somebody else put there.
            continue
    return sorted(found, key=lambda one: (one.at, one.mail), reverse=True)[:most]


def read_captured(folder: Path, mail: int) -> Captured | None:
    """Return one mail, None when there is none of that number."""
    path = folder / f"{mail:08d}.eml"
    try:
        data, modified = path.read_bytes(), path.stat().st_mtime_ns
    except OSError:
        return None
    message = email.message_from_bytes(data, policy=policy.compat32)
    return Captured(
        summary=_summarised(message, mail, modified),
        reply_to=_header(message, "Reply-To"),
        html=_part(message, "text/html"),
        text=_part(message, "text/plain"),
        source=data.decode("utf-8", "replace").replace("\r\n", "\n"),
        data=data,
    )


@functools.lru_cache(maxsize=1024)
def _summary(path: Path, modified: int) -> Summary:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.compat32)
    return _summarised(message, int(path.stem), modified)


def _summarised(message: Message, mail: int, modified: int) -> Summary:
    return Summary(
        mail=mail,
        sender=_header(message, "From"),
        recipient=_header(message, "To"),
        subject=_header(message, "Subject"),
        preview=_first_words(message),
        at=_date(message, modified),
    )


def _header(message: Message, name: str) -> str:
    value = str(message.get(name, ""))
    with contextlib.suppress(MessageError, LookupError, ValueError):
        value = str(make_header(decode_header(value)))
    return " ".join(value.encode("utf-8", "replace").decode().split())


def _date(message: Message, modified: int) -> int:
    try:
        moment = parsedate_to_datetime(str(message["Date"]))
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (TypeError, ValueError, OverflowError):
        return modified // 1_000_000_000


def _part(message: Message, kind: str) -> str:
    part = next((part for part in message.walk() if part.get_content_type() == kind), None)
    payload = part.get_payload(decode=True) if part is not None else None
    if part is None or not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace")


def _first_words(message: Message) -> str:
    reader = _FirstWords()
    reader.feed(_part(message, "text/html"))
    words = reader.words or " ".join(_part(message, "text/plain")[: 2 * _PREVIEW].split())
    return words if len(words) <= _PREVIEW else words[: _PREVIEW - 1].rstrip() + "…"


class _FirstWords(HTMLParser):
    """Finds the first text that a mail shows: a preheader, when the mail has one."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self.words and not self._silent:
            self.words = " ".join(data.split())
