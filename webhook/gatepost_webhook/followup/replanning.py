"""What an edited sequence means for people inside it, and for those who have finished it: its `on_change`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.followup import enrolling
from gatepost_webhook.followup.renaming import former_keys, note_renamed
from gatepost_webhook.store import enrolments

if TYPE_CHECKING:
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.followup.surroundings import Surroundings
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.enrolments import Enrolment

#: Enrolments planned anew in one transaction.
BATCH = 100


def replan(connection: Connection, about: Surroundings, sequence: Sequence, *, now: int) -> bool:
    """Plan anew for some of those whom a new version concerns; False when all are done."""
    enrolments.put_in_force(connection, sequence, now)
    if sequence.rules.on_change == "finish-old":
        # Whoever came in before keeps to the version of then, also once it is finished.
        return False
    former = former_keys(connection, sequence)
    outdated = enrolments.outdated_enrolments(connection, sequence, BATCH)
    for enrolment in outdated:
        note_renamed(connection, sequence, enrolment, former, now=now)
        _moved(connection, about, sequence, enrolment, now)
    if outdated:
        return True
    finished = enrolments.finished_enrolments(connection, sequence, BATCH) if sequence.reopens else []
    for enrolment in finished:
        note_renamed(connection, sequence, enrolment, former, now=now)
        enrolling.reopen(connection, about, sequence, enrolment, now=now)
    return bool(finished)


def _moved(connection: Connection, about: Surroundings, sequence: Sequence, enrolment: Enrolment, now: int) -> None:
    if sequence.rules.on_change == "restart":
        enrolling.restart(connection, about, sequence, enrolment, now=now)
    else:
        enrolments.set_version(connection, enrolment.id, sequence, now)
        enrolling.queue_next(connection, about, sequence, enrolment, now=now)
