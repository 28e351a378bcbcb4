"""Which Host a request may name: links and redirects come from the settings, so any other name is somebody's trick."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from gatepost_webhook.pages import Pages


class KnownHosts:
    """Answers 421 unless the request names exactly one Host, and one of ours; X-Forwarded-Host counts for nothing."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], pages: Pages) -> None:
        self._app = app
        self._hosts = frozenset(host.encode("latin-1") for host in hosts)
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what names us."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) == 1 and named[0].lower() in self._hosts:
            await self._app(scope, receive, send)
            return
        say = self._pages.words.say
        page = self._pages.message(421, say("failure.host"), say("failure.host_why"))
        await page(scope, receive, send)
