"""Complaints (ARF, RFC 5965): somebody pressed "this is spam"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.bounces.dsn import Finding
from gatepost_webhook.bounces.parsing import header

if TYPE_CHECKING:
    from gatepost_webhook.bounces.parsing import Part
    from gatepost_webhook.bounces.report import Kind

KIND = "message/feedback-report"
#: What kinds of feedback mean (RFC 5965, 7.3, and RFC 6430); reports about authentication are about us, not the reader.
_TYPES: dict[str, Kind] = {
    "abuse": "complained",
    "fraud": "complained",
    "other": "complained",
    "opt-out": "unsubscribed",
    "opt-out-list": "unsubscribed",
}


def read(part: Part) -> Finding:
    """Read the fields."""
    block = next(iter(part.blocks), None)
    kind = header(block, "Feedback-Type").lower() if block is not None else ""
    agent = header(block, "User-Agent") if block is not None else ""
    return Finding(_TYPES.get(kind, "other"), "", f"{kind} {agent}".strip())
