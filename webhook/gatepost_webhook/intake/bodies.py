"""How much anyone may send, and how long that may take: counted as it comes in, before anything looks at it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gatepost_webhook.pages import Pages

#: Bytes. Twenty fields of ordinary length fit many times over.
MAX_BODY = 16 * 1024
#: Seconds from the head of a request to the end of its body.
_BODY_SECONDS = 10
#: Where a request's scope keeps its body, for those who want it in one piece.
BODY = "gatepost.body"
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
# The rest of a refused body is not read.
_CLOSE = {"Connection": "close"}


class _TooLargeError(Exception):
    pass


class BoundedBodies:
    """Reads the whole body of a request that may have one, then hands it on; too much is 413, too slow 408."""

    def __init__(self, app: ASGIApp, *, pages: Pages, larger: Mapping[str, int] | None = None) -> None:
        """`larger`: paths whose bodies may be larger, with their bytes."""
        self._app = app
        self._pages = pages
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small enough."""
        if scope["type"] != "http" or scope["method"] in _WITHOUT_BODY:
            await self._app(scope, receive, send)
            return
        say = self._pages.words.say
        most = self._larger.get(scope["path"], MAX_BODY)
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await _read(scope, receive, most)
        except _TooLargeError:
            words = say("failure.large_why", most=most // 1024)
            await self._pages.message(413, say("failure.large"), words, headers=_CLOSE)(scope, receive, send)
            return
        except TimeoutError:
            words = say("failure.slow_why")
            await self._pages.message(408, say("failure.slow"), words, headers=_CLOSE)(scope, receive, send)
            return
        if body is not None:
            scope[BODY] = body
            await self._app(scope, _replay(body, receive), send)


async def _read(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """Return the body, None when the client has gone."""
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not announced.isdigit() or int(announced[:20]) > most:
        raise _TooLargeError
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > most:
            raise _TooLargeError
        more = message.get("more_body", False)
    return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    message: Message | None = {"type": "http.request", "body": body, "more_body": False}

    async def again() -> Message:
        nonlocal message
        if message is None:
            return await receive()
        given, message = message, None
        return given

    return again
