"""What going on after a pause would do, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_webhook.store.counters import raise_counter
from gatepost_webhook.store.pauses import lift
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.pauses import Pause

#: Why a step is held that may have been sent by a database that is lost.
DOUBT = "the database was restored, and this may have been sent before"


@dataclass(frozen=True)
class Due:
    """Mails of one kind, or of one sequence, that are due."""

    #: confirm, delivery or drip.
    kind: str
    sequence: str
    count: int
    #: Epoch second since when the oldest is due.
    oldest: int


def due_mails_by_kind(connection: Connection, *, now: int) -> list[Due]:
    """Return what is due now, the steps of sequences last."""
    found = [Due(**row) for row in statements.due_by_kind(connection, now=now)]
    return sorted(found, key=lambda due: (due.kind == "drip", due.kind, due.sequence))


def resume(connection: Connection, pause: Pause, *, hold_doubtful: bool, sent: int, now: int) -> bool:
    """End a pause; False when somebody else has ended it. `sent` is the number in the file beside the database.

    With `hold_doubtful`, each step that was due when the pause began is held instead of sent.
    """
    if not lift(connection, pause, now=now):
        return False
    if hold_doubtful:
        statements.doubt_drips(connection, reason=DOUBT, before=pause.at)
    # From here on, what the file counts counts as known.
    raise_counter(connection, "handed over", sent)
    return True


def name_mail(connection: Connection, mail_id: int, message_id: str) -> None:
    """Give a mail that was never written here the Message-ID under which a lost database may have sent it."""
    statements.name_mail(connection, id=mail_id, message_id=message_id)
