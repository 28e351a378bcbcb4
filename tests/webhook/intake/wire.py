"""Requests as they arrive, octet by octet: what no browser and no client library would send."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.types import ASGIApp, Message

Headers = list[tuple[bytes, bytes]]
HOST: Headers = [(b"host", b"127.0.0.1:8000")]


@dataclass(frozen=True)
class Sent:
    """One request."""

    method: str
    path: str
    headers: Sequence[tuple[bytes, bytes]] = ()
    #: The pieces in which the body arrives.
    body: Iterable[bytes] = (b"",)


@dataclass(frozen=True)
class Got:
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask_all(app: ASGIApp, requests: Iterable[Sent]) -> list[Got]:
    """Send requests one after the other, straight to the app."""

    async def run() -> list[Got]:
        return [await _ask(app, request) for request in requests]

    return asyncio.run(run())


async def _ask(app: ASGIApp, request: Sent) -> Got:
    pieces = list(request.body)
    answers: list[Message] = []
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode("utf-8", "replace"),
        "query_string": b"",
        "root_path": "",
        "headers": list(request.headers),
        "client": ("203.0.113.9", 50000),
        "server": ("127.0.0.1", 8000),
    }

    async def receive() -> Message:
        if not pieces:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        answers.append(message)

    await app(scope, receive, send)
    start = answers[0]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return Got(start["status"], headers, b"".join(message.get("body", b"") for message in answers[1:]))
