"""Delivery status notifications (RFC 3464): what their fields say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from gatepost_webhook.bounces.parsing import header
from gatepost_webhook.bounces.verdicts import code_in, judge

if TYPE_CHECKING:
    from email.message import Message

    from gatepost_webhook.bounces.parsing import Part
    from gatepost_webhook.bounces.report import Kind

#: What a diagnostic begins with, such as smtp; or X-Notes;
_KIND_OF_CODE = re.compile(r"^[\w-]{1,20} ?; *")
KINDS = frozenset({"message/delivery-status", "message/global-delivery-status"})


class Finding(NamedTuple):
    """What a report says, before it is known whose mail it is about."""

    kind: Kind
    status: str
    diagnostic: str


def read(part: Part, prose: str) -> Finding:
    """Read the fields; `prose` is what the report says to people, for mail servers whose fields say nothing."""
    told = [_recipient(block, prose) for block in part.blocks if block.get("Action") or block.get("Status")]
    # A mail of ours has one recipient. Where there are more, an alias was resolved: one that failed is what counts.
    order = ("bounced", "blocked", "soft", "delayed", "other")
    return min(told, key=lambda finding: order.index(finding.kind), default=Finding("other", "", ""))


def _recipient(block: Message, prose: str) -> Finding:
    action = header(block, "Action").partition(" ")[0].rstrip(";").lower()
    status = header(block, "Status").partition(" ")[0]
    diagnostic = header(block, "Diagnostic-Code") or header(block, "X-Display-Name")
    words = _KIND_OF_CODE.sub("", diagnostic)
    shown = words or prose
    better = code_in(status) or code_in(words) or status
    if action in ("delayed", "delivered", "relayed", "expanded"):
        return Finding("delayed" if action == "delayed" else "other", better, shown)
    if not action and status[:1] not in ("4", "5"):
        return Finding("other", status, shown)
    # Neither code nor words tell: it failed, and nobody says for good.
    return Finding(judge(status, shown) or judge("", prose) or "soft", better, shown)
