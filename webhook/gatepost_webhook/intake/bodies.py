"""How much anyone may send, and how long that may take: counted as it comes in, before anything looks at it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
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
            await too_slow(self._pages)(scope, receive, send)
            return
        if body is not None:
            scope[BODY] = body
            whole = {"type": "http.request", "body": body, "more_body": False}
            await self._app(scope, replay(whole, receive), send)


async def receive_in_time(receive: Receive) -> Message:
    """Return the first of a body. Raises TimeoutError when the client dawdles."""
    async with asyncio.timeout(_BODY_SECONDS):
        return await receive()


def too_slow(pages: Pages) -> Response:
    """Return the page for a body that did not come in time."""
    say = pages.words.say
    return pages.message(408, say("failure.slow"), say("failure.slow_why"), headers=_CLOSE)


def replay(message: Message, receive: Receive) -> Receive:
    """Return what receives a message that was received before, and then whatever follows it."""
    first: Message | None = message

    async def again() -> Message:
        nonlocal first
        if first is None:
            return await receive()
        given, first = first, None
        return given

    return again


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
