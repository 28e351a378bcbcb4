"""What a visitor sees when something cannot be done: a page in our words, and nothing of the machine."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from gatepost_webhook.errors import NotBuiltError, StoreError
from gatepost_webhook.store.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gatepost_webhook.pages import Pages

_log = logging.getLogger("gatepost.webhook")
#: Seconds after which a visitor may try again.
_RETRY_AFTER = "300"
#: Where a request's scope keeps the number of its failure.
_REFERENCE = "gatepost.reference"

#: Status -> the words for what happened, and for what to do.
_WORDS: Mapping[int, tuple[str, str]] = {
    400: ("failure.unreadable", "failure.unreadable_form"),
    403: ("failure.foreign", "failure.foreign_form"),
    404: ("failure.nothing", "failure.nothing_why"),
    405: ("failure.method", "failure.method_why"),
    415: ("failure.unreadable", "failure.unreadable_kind"),
}


class Failures:
    """Last resort: an exception that nobody handled becomes a page with a number, and a line in the log."""

    def __init__(self, app: ASGIApp, *, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer 500 when that fails and nothing was answered yet."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:  # noqa: BLE001 - the last resort
            reference = scope.get(_REFERENCE) or secrets.token_hex(4)
            _log.exception("failure %s in %s", reference, _place(scope))
            if not begun:
                await _failed(self._pages, reference)(scope, receive, send)


def _failed(pages: Pages, reference: str) -> Response:
    say = pages.words.say
    return pages.message(500, say("failure.ours"), say("failure.ours_why"), reference=reference)


def refusal(pages: Pages, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return the page for a request that can never work."""
    heading, words = map(pages.words.say, _WORDS.get(status, _WORDS[400]))
    return pages.message(status, heading, words, headers=headers)


def _not_now(pages: Pages) -> Response:
    """Return the page for what was not kept: never a success."""
    say, headers = pages.words.say, {"Retry-After": _RETRY_AFTER}
    return pages.message(503, say("failure.later"), say("failure.later_why"), headers=headers)


def handlers(pages: Pages) -> dict[type[Exception], Callable[[Request, Exception], Response]]:
    """Return the exception handlers of the app."""

    def http(_: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        return refusal(pages, error.status_code, error.headers)

    def not_now(request: Request, error: Exception) -> Response:
        _log.error("nothing was done in %s: %s", _place(request.scope), error)
        return _not_now(pages)

    def mistake(request: Request, _: Exception) -> Response:
        # Starlette raises the exception again after this answer; Failures then logs it under the same number.
        request.scope[_REFERENCE] = secrets.token_hex(4)
        return _failed(pages, request.scope[_REFERENCE])

    return {
        HTTPException: http,
        StoreError: not_now,
        DatabaseError: not_now,
        NotBuiltError: not_now,
        Exception: mistake,
    }


def _place(scope: Scope) -> str:
    """Name where it happened, without tokens: the method, and the path's first part if it is one of ours."""
    first = scope["path"].split("/")[1:2]
    known = first[0] if first and first[0] in ("f", "c", "d", "u", "hooks", "healthz") else "*"
    return f"{scope['method'][:10]!r} /{known}"
