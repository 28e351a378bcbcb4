"""From the bytes of a mail that came back to what it says about which mail of ours."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from gatepost_webhook.bounces import arf, dsn, prose
from gatepost_webhook.bounces.dsn import Finding
from gatepost_webhook.bounces.parsing import FIELDS, UnreadableError, header, open_mail
from gatepost_webhook.bounces.report import Report
from gatepost_webhook.bounces.traces import mails_named, mails_tagged
from gatepost_webhook.errors import LinkError
from gatepost_webhook.followup.lead_text import body_text
from gatepost_webhook.links import Links, Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_webhook.bounces.parsing import Part

#: Characters of a diagnostic that are kept.
MAX_DIAGNOSTIC = 500
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_TOKEN = re.compile(r"unsubscribe ([A-Za-z0-9_-]{40})(?![\w-])", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]{0,500}>")


def read_report(data: bytes, secrets: Sequence[bytes]) -> Report:
    """Read one mail. Its `mail` is set only when a mark of ours proves it. Raises UnreadableError."""
    try:
        parts = open_mail(data)
        source, finding = _finding(parts)
        mail = _about(data, parts, secrets) if finding.kind != "other" else None
        key = header(parts[0].message, "Message-ID") or hashlib.sha256(data).hexdigest()
        if source == "mail" and (link := _way_out(parts[0], secrets)):
            return Report("unsubscribed", "mail", f"{link} {key}", link=link)
    except UnreadableError:
        raise
    except Exception as error:
        # The library's parser meets whatever anybody sends: one such mail must not stop the others.
        raise UnreadableError(f"{type(error).__name__}: {error}") from error
    return Report(finding.kind, source, f"{mail} {key}", clean_status(finding.status), clean(finding.diagnostic), mail)


def clean(text: str) -> str:
    """Return a hostile text as one printable line of limited length."""
    shown = body_text(text.encode("utf-8", "replace").decode())
    return "".join(character for character in shown if character.isprintable())[:MAX_DIAGNOSTIC].strip()


def clean_status(text: str) -> str:
    """Return an enhanced status code, "" when it is none."""
    found = _STATUS.match(text.strip())
    return found[0] if found else ""


def _way_out(part: Part, secrets: Sequence[bytes]) -> tuple[Purpose, int] | None:
    """Return what the unsubscribe link names that a mail program put into the subject (RFC 2369), if it is ours."""
    found = _TOKEN.search(header(part.message, "Subject"))
    try:
        # It never expires, so the time does not matter.
        return Links("", secrets).read(found[1], (Purpose.UNSUBSCRIBE, Purpose.LEAVE), now=0) if found else None
    except LinkError:
        return None


def _finding(parts: list[Part]) -> tuple[str, Finding]:
    """Return (how it is told, what)."""
    for part in parts:
        if part.quoted:
            continue
        if part.kind in dsn.KINDS:
            return "dsn", dsn.read(part, prose.own_words(_said(parts)))
        if part.kind == arf.KIND:
            return "arf", arf.read(part)
        if part.kind == "message/disposition-notification":
            return "mail", Finding("other", "", "")
    if prose.is_from_a_server(parts[0].message):
        return "prose", prose.read(parts[0].message, _said(parts))
    return "mail", Finding("other", "", "")


def _said(parts: list[Part]) -> str:
    """Return the first text that people would read."""
    own = [part for part in parts if not part.quoted]
    for kind in ("text/plain", "text/html"):
        for part in own:
            if part.kind == kind and (text := part.text).strip():
                return text if kind == "text/plain" else _MARKUP.sub(" ", text)
    return ""


def _about(data: bytes, parts: list[Part], secrets: Sequence[bytes]) -> int | None:
    """Return the one mail that the marks name; None when they name none, or several."""
    # The tag stands in the head of the report, as its recipient; what a body quotes may be anybody's.
    head = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]
    if tagged := mails_tagged(head, secrets):
        return tagged.pop() if len(tagged) == 1 else None
    named = mails_named(data, secrets)
    for part in parts:
        # What stands there as it is was found above already; encoded text was not.
        if part.kind not in FIELDS and header(part.message, "Content-Transfer-Encoding").lower() in _ENCODED:
            named |= mails_named(part.text.encode("utf-8", "replace"), secrets)
    return named.pop() if len(named) == 1 else None


_ENCODED = frozenset({"base64", "quoted-printable"})
