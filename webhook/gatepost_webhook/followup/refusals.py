"""Refusals by policy: the relay minds us, not one reader. Soon a whole sequence would be lost to them, so it pauses."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gatepost_webhook.followup.durations import DAY, MINUTE
from gatepost_webhook.store import enrolments
from gatepost_webhook.store.pauses import pause
from gatepost_webhook.store.windows import Window, add, total

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.mails import Mail

logger = logging.getLogger(__name__)

#: Seconds, and the refusals within them that pause a sequence.
SHORT, MANY = 10 * MINUTE, 5
#: Within a day, one of so many mails refused pauses it too; a few, and not before there are that many.
SHARE, FEW = 20, 3


def note_accepted(connection: Connection, mail: Mail, *, now: int) -> None:
    """Count a mail that the relay took: refusals are judged by their share."""
    if mail.enrolment_id is not None:
        count_accepted(connection, enrolments.enrolment(connection, mail.enrolment_id).sequence, now=now)


def count_accepted(connection: Connection, sequence: str, *, now: int, by: int = 1) -> None:
    """Count mails of a sequence that the relay took."""
    add(connection, Window(f"accepted:{sequence}", DAY), now=now, by=by)


def note(connection: Connection, mail: Mail, reply: str, *, now: int) -> None:
    """Count a refusal by policy; too many pause the mail's sequence. Confirmations and files are never paused."""
    sequence = enrolments.enrolment(connection, mail.enrolment_id).sequence if mail.enrolment_id is not None else ""
    lately, today = Window(f"refused:{sequence}", SHORT), Window(f"refused:{sequence}", DAY)
    for window in (lately, today):
        add(connection, window, now=now)
    count, refused = total(connection, lately, now=now), total(connection, today, now=now)
    if count < MANY and not (sequence and _is_large_share(connection, sequence, refused, now)):
        return
    if not sequence:
        logger.error("%d confirmations and files were refused in ten minutes, lastly: %s", count, reply)
        return
    found = f"{count} mails in ten minutes" if count >= MANY else f"{refused} mails in a day"
    reason = f"the relay refused {found} by policy, lastly: {reply}"
    if pause(connection, sequence, "refused", reason, now=now):
        logger.error(
            "sequence %s is paused, nothing is lost: %s; mend it, then run: gatepost resume %s",
            sequence,
            reason,
            sequence,
        )


def _is_large_share(connection: Connection, sequence: str, refused: int, now: int) -> bool:
    accepted = total(connection, Window(f"accepted:{sequence}", DAY), now=now)
    return refused >= FEW and SHARE <= refused + accepted <= refused * SHARE
