"""Mails that are sent again because nobody knows whether their first copy arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.followup.durations import HOUR
from gatepost_webhook.store.handovers import handed_at

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.mails import Mail

#: Seconds for which relays remember an idempotency key; an hour less, for clocks that differ.
REMEMBERED = 23 * HOUR
#: Why a mail is due again whose first copy may have arrived.
REPEATED = "repeated: the relay did not answer after the message"
#: Why a step is held that was to be repeated, and came to it too late.
FORGOTTEN = "the relay did not answer after the message, and may not know it any more"


def is_remembered(connection: Connection, mail: Mail, at: int) -> bool:
    """Tell whether a relay that drops repeated mails still knows this one at an epoch second."""
    first = handed_at(connection, mail.id)
    return first is None or at <= first + REMEMBERED


def is_forgotten(connection: Connection, mail: Mail, at: int) -> bool:
    """Tell whether a step is to be repeated of which a relay may take a second copy by now."""
    return mail.kind == "drip" and mail.reason == REPEATED and not is_remembered(connection, mail, at)
