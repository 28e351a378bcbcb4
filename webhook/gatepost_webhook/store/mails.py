"""The outbox: one row a mail, from due to sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

#: Seconds. A lease that would last longer was given by a clock that has been set back since.
LONGEST_LEASE = 3600


def add_mail(  # noqa: PLR0913 - a row's columns, all by name
    connection: Connection,
    *,
    kind: str,
    lead_id: int,
    due_at: int,
    now: int,
    submission_id: int | None = None,
    enrolment_id: int | None = None,
    step: str = "",
) -> int | None:
    """Queue a mail ('confirm', 'delivery' or 'drip'), or another 'step' of a sequence, and return its row.

    None when its step has one already.
    """
    row = statements.add_due_mail(
        connection,
        kind=kind,
        lead_id=lead_id,
        submission_id=submission_id,
        enrolment_id=enrolment_id,
        step=step,
        due_at=due_at,
        now=now,
    )
    return row["id"] if row else None


@dataclass(frozen=True)
class Mail:
    """A row of the outbox, as far as sending it goes."""

    id: int
    #: confirm, delivery or drip; step for one of a sequence that is no mail.
    kind: str
    lead_id: int
    submission_id: int | None
    enrolment_id: int | None
    step: str
    #: Why it is due again, when it is.
    reason: str
    due_at: int
    fence: int
    attempts: int
    created_at: int
    message_id: str
    subject: str
    #: The bytes of an earlier attempt; never read for drips, which are written afresh.
    mime: bytes | None
    #: Name of the subject, when several compete and one was chosen.
    variant: str = ""


def is_known(connection: Connection, mail_id: int) -> bool:
    """Tell whether a mail is there still; it is not when its lead was erased."""
    return statements.mail_known(connection, id=mail_id) is not None


def due_mails(connection: Connection, now: int, limit: int, *, drips: bool) -> list[Mail]:
    """Return what is due, confirmations and deliveries first; steps of sequences only when `drips`."""
    found = [Mail(**row) for row in statements.due_transactional_mails(connection, now=now, limit=limit)]
    if drips and len(found) < limit:
        found += due_drips(connection, now, limit - len(found))
    return found


def due_drips(connection: Connection, now: int, limit: int) -> list[Mail]:
    """Return steps of sequences that are due."""
    return [Mail(**row) for row in statements.due_drips(connection, now=now, limit=limit)]


def due_mail(connection: Connection, mail_id: int) -> Mail | None:
    """Return one step of a sequence that is due, None when it is not any more."""
    row = statements.due_mail_by_id(connection, id=mail_id)
    return Mail(**row) if row else None


def drip_is_due(connection: Connection, now: int) -> bool:
    """Return whether a step of a sequence is due."""
    return statements.mail_due_of_kind(connection, now=now) is not None


def any_mail(connection: Connection) -> bool:
    """Return whether there is any mail at all."""
    return statements.any_mail(connection) is not None


def abandoned_conversations(connection: Connection, now: int, limit: int) -> list[Mail]:
    """Return mails whose worker vanished while the relay may have accepted them."""
    rows = statements.abandoned_conversations(connection, now=now, latest=now + LONGEST_LEASE, limit=limit)
    return [Mail(**row) for row in rows]


class Origin(Protocol):
    """Where a mail's text came from; columns of its row."""

    @property
    def file(self) -> str:
        """Relative to the project."""
        ...

    @property
    def revision(self) -> str:
        """Commit of the project's files."""
        ...

    @property
    def version(self) -> str:
        """Of the sequence."""
        ...

    @property
    def variant(self) -> str:
        """Name of the subject."""
        ...

    @property
    def language(self) -> str:
        """Of the text (BCP 47)."""
        ...


class Written(Protocol):
    """A mail's bytes, and what is kept beside them."""

    @property
    def data(self) -> bytes:
        """The whole message."""
        ...

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        ...

    @property
    def subject(self) -> str:
        """Its subject."""
        ...

    @property
    def content_hash(self) -> str:
        """Of the text it was made from."""
        ...

    @property
    def origin(self) -> Origin:
        """Where that text came from."""
        ...


def claim(connection: Connection, mail: Mail, written: Written, *, lease_until: int, now: int) -> bool:
    """Take a due mail in hand and keep its bytes, and where they came from."""
    return bool(statements.claim_mail(connection, **written_columns(mail, written, lease_until=lease_until, now=now)))


def written_columns(mail: Mail, written: Written, *, lease_until: int, now: int) -> dict[str, object]:
    """Return what the row of a claimed mail says."""
    origin = written.origin
    return {
        "id": mail.id,
        "fence": mail.fence,
        "lease_until": lease_until,
        "message_id": written.message_id,
        "subject": written.subject,
        "mime": written.data,
        "content_hash": written.content_hash,
        "data_hash": hashlib.sha256(written.data).hexdigest(),
        "file": origin.file,
        "revision": origin.revision,
        "version": origin.version,
        "variant": origin.variant,
        "language": origin.language,
        "now": now,
    }


def reclaim(connection: Connection, mail: Mail, *, lease_until: int, now: int) -> bool:
    """Take a due mail in hand whose bytes exist already."""
    return bool(statements.reclaim_mail(connection, id=mail.id, fence=mail.fence, lease_until=lease_until, now=now))


def begin_talking(connection: Connection, mail_id: int, fence: int, *, lease_until: int, now: int) -> bool:
    """Make a claimed mail 'talking'; False when the claim is lost."""
    return bool(statements.mail_is_talking(connection, id=mail_id, fence=fence, lease_until=lease_until, now=now))


def end(  # noqa: PLR0913 - a row's columns
    connection: Connection, mail_id: int, fence: int, state: str, *, reason: str, now: int
) -> bool:
    """Make a mail in hand 'sent', 'failed', 'held' or 'cancelled'; False when the claim is lost."""
    return bool(statements.end_mail(connection, id=mail_id, fence=fence, state=state, reason=reason, now=now))


def end_due(connection: Connection, mail_id: int, state: str, reason: str, now: int) -> bool:
    """Make a due mail 'skipped', 'cancelled' or 'failed', or a step 'acted'; False when it is not due any more."""
    return bool(statements.end_due_mail(connection, id=mail_id, state=state, reason=reason, now=now))


def give_back(  # noqa: PLR0913 - a row's columns, all by name
    connection: Connection, mail: Mail, fence: int, *, due_at: int, reason: str, attempts: int, now: int
) -> bool:
    """Make a mail in hand due again; False when the claim is lost."""
    return bool(
        statements.return_mail(
            connection, id=mail.id, fence=fence, due_at=due_at, reason=reason, attempts=attempts, now=now
        )
    )


def postpone(connection: Connection, mail_id: int, *, due_at: int, now: int) -> None:
    """Give a due mail another time."""
    statements.move_due_mail(connection, id=mail_id, due_at=due_at, now=now)


def return_abandoned(connection: Connection, now: int) -> int:
    """Make due again what a worker claimed and let go without a word; return how many."""
    count: int = statements.return_abandoned_mails(connection, now=now, latest=now + LONGEST_LEASE)
    return count


def forget_bytes(connection: Connection, before: int, limit: int) -> int:
    """Let the bytes go of mails that ended before an epoch second, a batch at a time; return how many."""
    count: int = statements.forget_mail_bytes(connection, before=before, limit=limit)
    return count
