"""/c/<token>: one button that is the download, and the proof that the address belongs to who asked."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from gatepost_webhook.errors import LinkExpiredError
from gatepost_webhook.intake.budget import parcel_for, queue_mail
from gatepost_webhook.intake.consent import agree, begin_course, still_agreed, taken_back
from gatepost_webhook.intake.editions import edition
from gatepost_webhook.intake.forms import read_form_or_nothing
from gatepost_webhook.intake.handover import asking_page, file_for, file_in_hand, page_for
from gatepost_webhook.intake.tokens import expired_page, new_link, subject_of
from gatepost_webhook.links import Purpose
from gatepost_webhook.store import consents, submissions
from gatepost_webhook.store.events import add_event

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.submissions import Submission

#: Seconds. Presses within an hour are one download; requests of the last week wait for the same proof.
_HOUR = 3600
_WEEK = 7 * 24 * _HOUR
#: Other magnets that one press may set free.
_MOST_WAITING = 3


class Confirming:
    """The endpoint behind the link of a confirmation mail."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def get(self, request: Request) -> Response:
        """Show the button. Changes nothing: mail scanners follow links."""
        desk = self._desk
        try:
            _, row = subject_of(desk, request, [Purpose.CONFIRM])
        except LinkExpiredError as error:
            return await expired_page(desk, error.subject)
        submission, wording = await desk.read(functools.partial(_look, desk, submission_id=row))
        if submission is None or submission.magnet not in desk.magnets:
            raise HTTPException(404)
        return asking_page(desk, submission, agreed="" if submission.confirmed else wording)

    async def post(self, request: Request) -> Response:
        """Confirm, and hand over what was asked for; a second press hands it over again."""
        desk = self._desk
        try:
            _, row = subject_of(desk, request, [Purpose.CONFIRM])
        except LinkExpiredError as error:
            form = await read_form_or_nothing(request)
            return await (new_link if form.get("again") else expired_page)(desk, error.subject)
        submission = await desk.read(functools.partial(submissions.find_submission, submission_id=row))
        if submission is None or submission.magnet not in desk.magnets:
            raise HTTPException(404)
        file = await edition(desk, submission, await file_for(desk, desk.version_for(submission)))
        if not await desk.commit(functools.partial(confirm, desk, submission_id=row)):
            raise HTTPException(404)
        return file or await page_for(desk, submission)


def _look(desk: Desk, connection: Connection, *, submission_id: int) -> tuple[Submission | None, str]:
    """Return a submission and the consent wording that its button puts in force, "" when it does not."""
    submission = submissions.find_submission(connection, submission_id)
    if submission is None:
        return None, ""
    scopes = consents.suppressed(connection, desk.address_of(submission.lead.canonical))
    is_course = submission.magnet in desk.magnets and desk.magnets[submission.magnet].is_course
    asked = not taken_back(submission, scopes) if is_course else still_agreed(submission, scopes)
    agreed = "all" not in scopes and asked
    return submission, consents.wording_text(connection, submission.wording) if agreed else ""


def confirm(desk: Desk, connection: Connection, *, submission_id: int) -> bool:
    """Confirm a submission, once, and note a download; False when it was erased. Runs in the writer's transaction."""
    now = desk.clock.now()
    submission = submissions.find_submission(connection, submission_id)
    if submission is None:
        return False
    if submissions.confirm_submission(connection, submission, now=now):
        _first_press(desk, connection, submission, now)
    magnet = desk.magnets.get(submission.magnet)
    downloads = magnet is not None and file_in_hand(desk, magnet) is not None
    if downloads and submissions.note_download(connection, submission_id, now=now, since=now - _HOUR):
        add_event(connection, "downloaded", lead_id=submission.lead.id, now=now, magnet=submission.magnet)
    return True


def _first_press(desk: Desk, connection: Connection, submission: Submission, now: int) -> None:
    lead = submission.lead
    detail = {"method": "button"}
    add_event(connection, "confirmed", lead_id=lead.id, now=now, magnet=submission.magnet, detail=detail)
    submissions.prove_answers(connection, submission)
    scopes = consents.suppressed(connection, desk.address_of(lead.canonical))
    if "all" in scopes:
        return
    if desk.magnets[submission.magnet].is_course:
        if not taken_back(submission, scopes):
            begin_course(desk, connection, submission, now=now)
    elif still_agreed(submission, scopes):
        agree(desk, connection, submission, method="button", now=now)
    # To a person whom we knew the file has gone already, with the question that this press answers.
    if not desk.magnets[submission.magnet].is_course and not submissions.delivered(connection, submission):
        _deliver(desk, connection, submission, now)
    _set_free(desk, connection, submission, now)


def _set_free(desk: Desk, connection: Connection, submission: Submission, now: int) -> None:
    # Only one confirmation mail a day goes to an address, so what else the person asked for has waited for this press.
    for other in submissions.waiting_submissions(connection, submission, since=now - _WEEK, most=_MOST_WAITING):
        if other.magnet not in desk.magnets:
            continue
        if desk.magnets[other.magnet].is_course:
            # Its words were not on this button's page: a mail asks for a press of its own.
            if not submissions.delivered(connection, other):
                _deliver(desk, connection, other, now)
        elif submissions.confirm_submission(connection, other, now=now):
            about = {"method": "button", "of": submission.magnet}
            add_event(connection, "confirmed", lead_id=other.lead.id, now=now, magnet=other.magnet, detail=about)
            _deliver(desk, connection, other, now)


def _deliver(desk: Desk, connection: Connection, submission: Submission, now: int) -> None:
    queue_mail(connection, "delivery", parcel_for(submission, desk.settings.address_key), now=now)
