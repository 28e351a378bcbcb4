"""What the pages behind a link share: reading the token, and offering a new one."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from gatepost_webhook.errors import LinkError, LinkExpiredError
from gatepost_webhook.intake.budget import parcel_for, queue_mail
from gatepost_webhook.store import consents, submissions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from gatepost_webhook.intake.desk import Desk
    from gatepost_webhook.links import Purpose
    from gatepost_webhook.store.database import Connection


def subject_of(desk: Desk, request: Request, purposes: Sequence[Purpose]) -> tuple[Purpose, int]:
    """Return (purpose, row) of the token in the path.

    Raises LinkExpiredError, or HTTPException 404 for whatever is not ours: the visitor sees one and the same page.
    """
    try:
        return desk.links.read(request.path_params["token"], purposes, now=desk.clock.now())
    except LinkExpiredError:
        raise
    except LinkError as error:
        raise HTTPException(404) from error


async def expired_page(desk: Desk, submission_id: int) -> Response:
    """Return the page that offers a new link."""
    submission = await desk.read(functools.partial(submissions.find_submission, submission_id=submission_id))
    return desk.pages.speaking(submission.language if submission else "").page("expired", status=410)


async def new_link(desk: Desk, submission_id: int) -> Response:
    """Queue a mail with a new link if its mailbox has room for one; the answer is always the same."""
    language = await desk.commit(functools.partial(_again, desk, submission_id=submission_id))
    pages = desk.pages.speaking(language)
    say = pages.words.say
    return pages.message(200, say("expired.sent"), say("expired.sent_where"), say("expired.sent_nothing"))


def _again(desk: Desk, connection: Connection, *, submission_id: int) -> str:
    """Queue the mail, and return the language of whoever asked; "" when that is not known."""
    submission = submissions.find_submission(connection, submission_id)
    if submission is None:
        return ""
    suppressed = consents.suppressed(connection, desk.address_of(submission.lead.canonical))
    magnet = desk.magnets.get(submission.magnet)
    # Of a course that has begun there is no link to send.
    if magnet and "all" not in suppressed and not (submission.confirmed and magnet.is_course):
        parcel = parcel_for(submission, desk.settings.address_key)
        queue_mail(connection, "delivery" if submission.confirmed else "confirm", parcel, now=desk.clock.now())
    return submission.language
