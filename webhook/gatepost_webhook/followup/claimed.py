"""A mail in a worker's hand, for how long it is that worker's, and what is recorded about how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.followup.durations import MINUTE
from gatepost_webhook.store.enrolments import VERSION_SHOWN

if TYPE_CHECKING:
    from gatepost_webhook.channels.channel import Outgoing
    from gatepost_webhook.followup.pacing import Passage
    from gatepost_webhook.store.enrolments import Enrolment
    from gatepost_webhook.store.mails import Mail

#: Seconds that a claimed mail belongs to its worker before the conversation begins.
CLAIM_LEASE = 5 * MINUTE
#: Seconds that a conversation may take: relays may wait ten minutes after the message (RFC 5321, 4.5.3.2).
TALK_LEASE = 15 * MINUTE


@dataclass(frozen=True)
class Claimed:
    """A mail in this worker's hand."""

    mail: Mail
    #: The number of this claim: whoever claims next gets another.
    fence: int
    outgoing: Outgoing
    #: What it was counted as; None when nothing is limited.
    passage: Passage | None = None
    #: The lead's address in the suppression list, of an ordinary step; "" for mails that are judged alone.
    address: str = ""


def step_detail(mail: Mail, enrolment: Enrolment, reason: str = "") -> dict[str, object]:
    """Return the details of the event that says how a step ended."""
    detail: dict[str, object] = {"mail": mail.id, "kind": "drip"} | ({"reason": reason} if reason else {})
    detail |= {"variant": mail.variant} if mail.variant else {}
    if enrolment.state != "active":
        # The lead may have come in again meanwhile, and then it says nothing about this time.
        detail["round"] = enrolment.round
    # By it, 'gatepost why' knows which rule decided, however the file reads by then.
    return detail | {"version": enrolment.version[:VERSION_SHOWN]}
