"""Stands before Datasette: the right Host, the one-time token, a session, and headers on every answer."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Who asks, for Datasette. Not its "root", whom it also offers pages about itself.
OWNER = {"id": "owner"}
#: Path of the address that the terminal shows.
ENTRANCE = "/-/auth-token"
_CLOSED = "This review is open only to whoever started it: use the address that the terminal shows. It works once.\n"


class Guard:
    """An ASGI app around another one, which gets only what the owner's own browser asks, with the owner as actor."""

    def __init__(self, app: ASGIApp, *, port: int, token: str, policy: str) -> None:
        self._app = app
        # DNS rebinding: a foreign name that resolves to this machine is not one of these.
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._token = token
        # Cookies do not tell ports apart: with the port in its name, two reviews do not end each other's sessions.
        self._cookie = f"gatepost_review_{port}"
        self._session = secrets.token_urlsafe(32)
        self._headers = {
            "content-security-policy": policy,
            "x-frame-options": "DENY",
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "cache-control": "no-store",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        request = Request(scope)
        if answer := self._answer(request):
            await answer(scope, receive, send_guarded)
            return
        await self._app({**scope, "actor": OWNER}, receive, send_guarded)

    def _answer(self, request: Request) -> Response | None:
        """Return the guard's own answer; None when the request may pass."""
        # Two Host headers are no Host at all: who reads the first and who the last must not differ.
        if request.headers.getlist("host") not in [[host] for host in self._hosts]:
            return PlainTextResponse("This address is not served here.\n", 421)
        known = hmac.compare_digest(request.cookies.get(self._cookie, "").encode(), self._session.encode())
        if request.scope["path"] == ENTRANCE:
            return RedirectResponse("/", 303) if known else self._enter(request)
        return None if known else PlainTextResponse(_CLOSED, 403)

    def _enter(self, request: Request) -> Response:
        given = request.query_params.get("token", "").encode()
        if request.method != "GET" or not self._token or not hmac.compare_digest(given, self._token.encode()):
            return PlainTextResponse(_CLOSED, 403)
        self._token = ""
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict")
        return answer
