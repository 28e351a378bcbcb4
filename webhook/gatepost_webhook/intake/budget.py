"""How much mail an address can be made to receive by whoever types it into a form."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gatepost_webhook.leads.address import mailbox_of
from gatepost_webhook.store.hits import Limit, count_hit, wait_for
from gatepost_webhook.store.submissions import earlier_confirmation, queue_answer

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.submissions import Submission

_log = logging.getLogger("gatepost.webhook")

_HOUR = 3600
_DAY = 24 * _HOUR
#: Confirmation mails of one hour, over all addresses; more than that wait for the next.
CONFIRMATIONS_AN_HOUR = 60
#: By mailbox, over all its spellings and all forms. Who has not confirmed may be somebody who never asked.
LIMITS = {
    "confirm": Limit(often=1, recent=_DAY, total=3, window=30 * _DAY),
    "delivery": Limit(often=5, recent=_DAY, total=20, window=30 * _DAY),
}
_ALARM = Limit(often=1, recent=_HOUR, total=1, window=_HOUR)


@dataclass(frozen=True)
class Parcel:
    """A mail about a submission, and the key of the mailbox that it goes to."""

    mailbox: str
    lead_id: int
    submission_id: int


def parcel_for(submission: Submission, secret: bytes) -> Parcel:
    """Return the parcel of a submission's mails. The mailbox's key is a keyed hash: the address itself is not kept."""
    return Parcel(mailbox_key(submission.lead.canonical, secret), submission.lead.id, submission.id)


def mailbox_key(canonical: str, secret: bytes) -> str:
    """Return the name under which limits count a mailbox, over all spellings of its address."""
    mailbox = b"gatepost mailbox\0" + mailbox_of(canonical).encode()
    return hmac.digest(secret, mailbox, "sha256").hex()[:32]


def queue_mail(connection: Connection, kind: Literal["confirm", "delivery"], parcel: Parcel, *, now: int) -> bool:
    """Queue a mail if the mailbox's budget has room. The visitor never learns which."""
    limit = LIMITS[kind]
    key = f"{kind}:{parcel.mailbox}"
    if wait_for(connection, key, limit, now=now):
        return False
    due_at = _turn(connection, now) if kind == "confirm" else now
    tell_of_the_queue(connection, due_at, now=now)
    queue_answer(connection, kind, parcel.submission_id, parcel.lead_id, due_at=due_at, now=now)
    # What waits its turn counts from then on: two that wait must not arrive together.
    count_hit(connection, key, limit, now=now, at=due_at)
    return True


def _turn(connection: Connection, now: int) -> int:
    """Return when the next confirmation mail may go: an hour after the one that stands an hour's worth before it."""
    return turn_after(earlier_confirmation(connection, back=CONFIRMATIONS_AN_HOUR - 1), now)


def turn_after(before: int | None, now: int) -> int:
    """Return when a confirmation mail may go, if the one that stands an hour's worth before it is due at `before`."""
    return now if before is None else max(now, before + _HOUR)


def tell_of_the_queue(connection: Connection, due_at: int, *, now: int) -> None:
    """Say in the log, once an hour, that confirmation mails have to wait; `due_at` is when the last one goes."""
    if due_at <= now or wait_for(connection, "alarm:confirmations", _ALARM, now=now):
        return
    count_hit(connection, "alarm:confirmations", _ALARM, now=now)
    _log.warning("more than %d confirmation mails an hour are asked for; the others wait", CONFIRMATIONS_AN_HOUR)
