"""What is not sent for now, and why: all mail, or one sequence. Only the owner lifts a pause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

#: A relay's refusals, a restored backup, or a database that somebody has put in place by hand.
Cause: TypeAlias = Literal["refused", "restored", "copied"]
#: Stands for all mail where a sequence is named.
EVERYTHING = ""
#: Why a step waits whose sequence is paused.
WAITING = "the sequence is paused"


@dataclass(frozen=True)
class Pause:
    """One pause."""

    #: "" is all mail.
    sequence: str
    cause: Cause
    #: A sentence for the owner.
    reason: str
    #: Epoch second.
    at: int


def pause(connection: Connection, sequence: str, cause: Cause, reason: str, *, now: int) -> bool:
    """Pause a sequence, or everything; False when it is paused already."""
    return bool(statements.add_pause(connection, sequence=sequence, cause=cause, reason=reason, now=now))


def pauses(connection: Connection) -> list[Pause]:
    """Return every pause; the one of all mail first."""
    return [Pause(**row) for row in statements.all_pauses(connection)]


def paused(connection: Connection, sequence: str = EVERYTHING) -> Pause | None:
    """Return the pause of a sequence, or of all mail."""
    row = statements.pause_of(connection, sequence=sequence)
    return Pause(**row) if row else None


def pause_of_enrolment(connection: Connection, enrolment: int | None) -> Pause | None:
    """Return the pause that keeps an enrolment's step, or (None) any other mail, from being sent."""
    row = statements.pause_of_enrolment(connection, id=enrolment)
    return Pause(**row) if row else None


def lift(connection: Connection, found: Pause, *, now: int) -> bool:
    """End a pause, and make due what waited for it; False when somebody else has ended it."""
    if not statements.lift_pause(connection, sequence=found.sequence, cause=found.cause):
        return False
    statements.end_waiting_for_pause(connection, sequence=found.sequence, reason=WAITING, now=now)
    return True


def delay(connection: Connection, mail_id: int, *, due_at: int, reason: str, now: int) -> None:
    """Let a due mail wait, and say why."""
    statements.delay_mail(connection, id=mail_id, due_at=due_at, reason=reason, now=now)
