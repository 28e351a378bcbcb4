"""The way of most requests that matter, a form's, past the router: it is told by its path alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

_PREFIX = "/f/"


class Doorstep:
    """Answers POST /f/<magnet> with `post`; everything else, and what is wrong with that, is the app's as always."""

    def __init__(
        self,
        app: ASGIApp,
        post: Callable[[Request], Awaitable[Response]],
        handlers: Mapping[type[Exception], Callable[[Request, Exception], Response]],
    ) -> None:
        self._app = app
        self._post = post
        self._handlers = {kind: handler for kind, handler in handlers.items() if kind is not Exception}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        magnet = _magnet_of(scope)
        if not magnet:
            await self._app(scope, receive, send)
            return
        scope["path_params"] = {"magnet": magnet}
        request = Request(scope, receive)
        try:
            response = await self._post(request)
        except tuple(self._handlers) as error:
            response = self._handler_of(error)(request, error)
        await response(scope, receive, send)

    def _handler_of(self, error: Exception) -> Callable[[Request, Exception], Response]:
        return next(self._handlers[kind] for kind in type(error).__mro__ if kind in self._handlers)


def _magnet_of(scope: Scope) -> str:
    """Return what a form names, "" when the request is another."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return ""
    path: str = scope["path"]
    magnet = path[len(_PREFIX) :] if path.startswith(_PREFIX) else ""
    return "" if "/" in magnet else magnet
