"""The short way of nearly every form: told by its head alone, past the router and what stands before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request

from gatepost_webhook.intake.bodies import MAX_BODY, receive_in_time, replay, too_slow
from gatepost_webhook.intake.clients import client_at
from gatepost_webhook.intake.forms import urlencoded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.intake.asking import Asking
    from gatepost_webhook.intake.desk import Desk

_PREFIX = "/f/"
_KIND = b"application/x-www-form-urlencoded"


class Doorstep:
    """Takes what browsers send from our own pages; passes on whatever else comes, and whatever looks odd in any way.

    The rules are those of the long way, where each has its refusal. Here they only tell what needs none of them.
    """

    def __init__(
        self,
        app: ASGIApp,
        desk: Desk,
        asking: Asking,
        handlers: Mapping[type[Exception], Callable[[Request, Exception], Response]],
    ) -> None:
        self._app = app
        self._desk = desk
        self._asking = asking
        self._hosts = frozenset(host.encode("latin-1") for host in desk.settings.hosts)
        self._origins = frozenset(origin.encode("latin-1") for origin in asking.origins)
        self._handlers = {kind: handler for kind, handler in handlers.items() if kind is not Exception}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        magnet = self._magnet_of(scope)
        told = self._told(scope) if magnet else None
        if magnet is None or told is None:
            await self._app(scope, receive, send)
            return
        try:
            message = await receive_in_time(receive)
        except TimeoutError:
            await too_slow(self._desk.pages)(scope, receive, send)
            return
        form = _form_in(message)
        if form is None:
            await self._app(scope, replay(message, receive), send)
            return
        response = await self._answer(magnet, form, self._client(scope, told), scope)
        await response(scope, receive, send)

    def _magnet_of(self, scope: Scope) -> Magnet | None:
        """Return what a form asks for, None when the request is another."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return None
        path: str = scope["path"]
        return self._desk.magnet(path[len(_PREFIX) :]) if path.startswith(_PREFIX) else None

    def _told(self, scope: Scope) -> dict[bytes, bytes] | None:
        """Return the headers by name, None unless each is there once and all are as they ought to be."""
        told = dict(scope["headers"])
        length = told.get(b"content-length", b"")
        fits = (
            len(told) == len(scope["headers"])
            and told.get(b"host") in self._hosts
            and told.get(b"content-type") == _KIND
            and told.get(b"origin") in self._origins
            and len(length) <= len(str(MAX_BODY))
            and length.isdigit()
            and int(length) <= MAX_BODY
            and b"transfer-encoding" not in told
        )
        return told if fits else None

    def _client(self, scope: Scope, told: Mapping[bytes, bytes]) -> str:
        peer = scope["client"]
        hops = told.get(b"x-forwarded-for", b"").decode("latin-1")
        return client_at(peer[0] if peer else "", hops, self._desk.settings.trusted_proxies)

    async def _answer(self, magnet: Magnet, form: Mapping[str, str], client: str, scope: Scope) -> Response:
        try:
            return await self._asking.take(magnet, form, client)
        except tuple(self._handlers) as error:
            handler = next(self._handlers[kind] for kind in type(error).__mro__ if kind in self._handlers)
            return handler(Request(scope), error)


def _form_in(message: Message) -> dict[str, str] | None:
    """Return what a form says that came in one piece, None when it did not, or makes no sense."""
    if message["type"] != "http.request" or message.get("more_body", False):
        return None
    body = message.get("body", b"")
    try:
        return urlencoded(body) if len(body) <= MAX_BODY else None
    except HTTPException:
        return None
