"""/t/<name>: where the links of a test mail lead. Nothing is done here, whatever is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gatepost_webhook.intake.desk import Desk


class Testing:
    """The endpoint of inert links."""

    def __init__(self, desk: Desk) -> None:
        self._pages = desk.pages

    async def get(self, _: Request) -> Response:
        """Say that the mail was a test."""
        say = self._pages.words.say
        return self._pages.message(200, say("test_mail.heading"), say("test_mail.why"), say("test_mail.real"))

    async def post(self, _: Request) -> Response:
        """Answer a mail program that unsubscribes with one click (RFC 8058) as it expects, and do nothing."""
        return PlainTextResponse("This was a test: nothing was changed.\n", headers={"Cache-Control": "no-store"})
