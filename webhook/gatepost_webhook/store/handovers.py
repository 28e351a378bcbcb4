"""When a mail was handed over for the first time: from then on a copy of it may be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.mails import Mail


def handed_at(connection: Connection, mail_id: int) -> int | None:
    """Return the epoch second at which a mail was handed over first, None when it never was."""
    row = statements.handed_at_of(connection, id=mail_id)
    return row["handed_at"] if row else None


def bytes_to_repeat(connection: Connection, mail: Mail) -> bytes | None:
    """Return the bytes that a due mail must go out with, because they may have arrived before; None to write it anew.

    Steps of sequences are read without their bytes, which only those need that are repeated.
    """
    if mail.mime is not None or not mail.reason.startswith("repeated:"):
        return mail.mime
    row = statements.bytes_of_mail(connection, id=mail.id)
    return row["mime"] if row else None
