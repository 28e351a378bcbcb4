"""/d/<token>: the file itself, as often as it is asked for while the link is good."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from gatepost_webhook.errors import LinkExpiredError
from gatepost_webhook.intake.editions import edition
from gatepost_webhook.intake.files import GatedFile, unchanged
from gatepost_webhook.intake.handover import behind_link
from gatepost_webhook.intake.tokens import expired_page, new_link, subject_of
from gatepost_webhook.links import Purpose
from gatepost_webhook.store import submissions

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gatepost_webhook.intake.desk import Desk


class Downloading:
    """The endpoint behind the link of a delivery mail."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def get(self, request: Request) -> Response:
        """Send the file, or the part of it that was asked for. Changes nothing."""
        desk = self._desk
        try:
            _, row = subject_of(desk, request, [Purpose.DOWNLOAD])
        except LinkExpiredError as error:
            return await expired_page(desk, error.subject)
        submission = await desk.read(functools.partial(submissions.find_submission, submission_id=row))
        if submission is None or submission.magnet not in desk.magnets:
            raise HTTPException(404)
        pages = desk.pages.speaking(submission.language)
        given = await behind_link(desk, pages, desk.version_for(submission))
        given = await edition(desk, submission, given, wanted=request.query_params.get("format", ""))
        if given is None:
            raise HTTPException(404)
        return (unchanged(request, given) if isinstance(given, GatedFile) else None) or given

    async def post(self, request: Request) -> Response:
        """Send a new link by mail: the button of the page for expired links."""
        try:
            _, row = subject_of(self._desk, request, [Purpose.DOWNLOAD])
        except LinkExpiredError as error:
            row = error.subject
        return await new_link(self._desk, row)
