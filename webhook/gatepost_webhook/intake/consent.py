"""A confirmed consent: its evidence, what it puts in force, and the sequence that it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.followup.enrolling import enrol
from gatepost_webhook.followup.surroundings import Surroundings
from gatepost_webhook.store import consents
from gatepost_webhook.store.events import add_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.store.consents import Method, Purpose
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.submissions import Submission


def still_agreed(submission: Submission, suppressed: Mapping[str, int]) -> bool:
    """Tell whether a submission's consent may come into force: it was given, and not taken back since.

    `suppressed` is scope -> since when, as consents.suppressed tells it.
    """
    # A button in an older mail is pressed for its file; what it would agree to has ended with the unsubscription.
    return submission.marketing and not taken_back(submission, suppressed)


def taken_back(submission: Submission, suppressed: Mapping[str, int]) -> bool:
    """Tell whether the lead unsubscribed after this request."""
    return suppressed.get("marketing", -1) >= submission.at


def purpose_of(*, is_course: bool) -> Purpose:
    """Return what the words of a form are about."""
    return "course" if is_course else "marketing"


def agree(desk: Desk, connection: Connection, submission: Submission, *, method: Method, now: int) -> None:
    """Put a submission's marketing consent in force, and enrol its lead in the magnet's sequence if there is one."""
    lead = submission.lead
    message_id = consents.confirmation_message_id(connection, lead.id, submission.id) if method == "button" else ""
    about = consents.About(lead.id, submission.id, submission.page, submission.wording, message_id)
    consents.add_receipt(connection, about, "confirmed", method=method, now=now)
    _lift(desk, connection, submission, now)
    consents.grant_marketing(connection, lead.id, now=now)
    _enrol(desk, connection, submission, now)


def begin_course(desk: Desk, connection: Connection, submission: Submission, *, now: int) -> None:
    """Start the course that somebody asked for, and has now asked for from their own mailbox.

    It is the request for these mails and for no others, so no marketing consent comes into force by it.
    """
    lead = submission.lead
    message_id = consents.confirmation_message_id(connection, lead.id, submission.id)
    about = consents.About(lead.id, submission.id, submission.page, submission.wording, message_id, purpose="course")
    consents.add_receipt(connection, about, "confirmed", method="button", now=now)
    _lift(desk, connection, submission, now)
    _enrol(desk, connection, submission, now)


def _lift(desk: Desk, connection: Connection, submission: Submission, now: int) -> None:
    """End an earlier unsubscription of the address: this is the fresh confirmation that alone can do so."""
    lead = submission.lead
    if consents.lift_unsubscription(connection, desk.address_of(lead.canonical)):
        add_event(connection, "resubscribed", lead_id=lead.id, now=now, magnet=submission.magnet)


def _enrol(desk: Desk, connection: Connection, submission: Submission, now: int) -> None:
    lead = submission.lead
    sequence = desk.sequences.get(desk.magnets[submission.magnet].meta.sequence)
    if sequence:
        about = Surroundings(desk.settings.zone)
        enrol(connection, sequence=sequence, lead_id=lead.id, submission_id=submission.id, now=now, about=about)
