"""Mails that were written: where each came from, and its bytes while they are kept. Nothing here writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gatepost_webhook.store.mails import Mail
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection


class WrittenMail(NamedTuple):
    """A mail and its history; times are epoch seconds, hashes hexadecimal SHA-256."""

    id: int
    #: confirm, delivery or drip.
    kind: str
    email: str
    #: None of what is no step.
    sequence: str | None
    step: str
    state: str
    reason: str
    subject: str
    #: Name of the subject, when several competed.
    variant: str
    #: BCP 47: of the text.
    language: str
    #: File of the text, relative to the project; "gatepost:confirm.md" for one of ours.
    file: str
    #: Commit of the project's files, "" when they were in no repository.
    revision: str
    #: Version of the sequence.
    version: str
    #: Of the text.
    content_hash: str
    #: Of the bytes.
    data_hash: str
    message_id: str
    attempts: int
    due_at: int
    created_at: int
    written_at: int
    #: Of the last change of state.
    changed_at: int
    #: 1 while the bytes are kept.
    kept: int


def written_mails(
    connection: Connection, *, canonical: str = "", sequence: str = "", state: str = "", most: int
) -> list[WrittenMail]:
    """Return mails, newest first: to one address, of one sequence, in one state, or ("") of all."""
    rows = statements.written_mails(connection, canonical=canonical, sequence=sequence, state=state, most=most)
    return [WrittenMail(*row) for row in rows]


def written_mail(connection: Connection, mail_id: int) -> WrittenMail | None:
    """Return one mail, None when there is none of that number."""
    row = statements.written_mail(connection, id=mail_id)
    return WrittenMail(*row) if row else None


def bytes_of(connection: Connection, mail_id: int) -> bytes | None:
    """Return the bytes of a mail, None when they are not kept any more."""
    row = statements.bytes_of_mail(connection, id=mail_id)
    return row["mime"] if row else None


def mail_of(connection: Connection, mail_id: int) -> Mail:
    """Return a mail as whoever writes it needs it. Raises LookupError."""
    row = statements.mail_to_write_again(connection, id=mail_id)
    if row is None:
        raise LookupError(f"no mail {mail_id}")
    return Mail(**row)


def source_of(connection: Connection, version: str) -> str | None:
    """Return a version of a sequence, None when it is not kept."""
    row = statements.source_of_version(connection, hash=version)
    return row["source"] if row else None
