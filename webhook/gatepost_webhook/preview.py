"""The live preview: watches what people write, builds again, and tells the open page."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
import time
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gatepost_site.project import Project

logger = logging.getLogger(__name__)

#: Seconds between two looks at the files, and how much longer it is at least than such a look takes.
_LOOK_SECONDS = 0.1
_LOOK_SHARE = 10
#: Seconds for which a question for the next build is left open; as long as that, stopping may take.
_HOLD_SECONDS = 1.0
_HELD_SECONDS = 0.02
_ADDRESS = "/_preview/build"
# Asks for a build newer than the one that it knows; a page in the background asks nothing.
_SCRIPT = f"""<script>
(function ask(build, pause) {{
  setTimeout(function () {{
    if (document.hidden) return ask(build, 250)
    fetch("{_ADDRESS}?after=" + build).then(function (answer) {{ return answer.json() }}).then(function (newest) {{
      if (build && build !== newest.build) location.reload()
      else ask(newest.build, 0)
    }}).catch(function () {{ ask(build, 1000) }})
  }}, pause)
}})(0, 0)
</script>""".encode()


class Switch:
    """An app that can be exchanged for another while requests come in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over to the app of the moment."""
        await self.app(scope, receive, send)


class Watcher:
    """Calls `rebuild` in a thread of its own whenever a file of the project changes; it returns whether that worked."""

    def __init__(self, project: Project, rebuild: Callable[[], bool]) -> None:
        #: Number of the last build that succeeded.
        self.build = 1
        self._project = project
        self._rebuild = rebuild
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="gatepost-watcher", daemon=True)

    def __enter__(self) -> Watcher:
        self._seen = dict(watched(self._project))
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def routes(self) -> list[Route]:
        """Return the address at which an open page asks for the build's number."""

        async def number(request: Request) -> JSONResponse:
            known, end = request.query_params.get("after", ""), time.monotonic() + _HOLD_SECONDS
            # Builds end in another thread, which knows no events of this one.
            while str(self.build) == known and time.monotonic() < end and not self._stop.is_set():  # noqa: ASYNC110
                await asyncio.sleep(_HELD_SECONDS)
            return JSONResponse({"build": self.build}, headers={"Cache-Control": "no-store"})

        return [Route(_ADDRESS, number, methods=["GET"])]

    def _watch(self) -> None:
        pause = _LOOK_SECONDS
        while not self._stop.wait(pause):
            try:
                started = time.process_time()
                now = dict(watched(self._project))
                pause = max(_LOOK_SECONDS, _LOOK_SHARE * (time.process_time() - started))
                self._look(now)
            except Exception:
                # A thread that ends in silence would leave people waiting for what they saved.
                logger.exception("not built again; save a file to try once more")

    def _look(self, now: dict[str, int]) -> None:
        if now == self._seen:
            return
        # An editor may be half-way through saving; what changes meanwhile is seen at the next look.
        self._seen = now
        if self._rebuild():
            self.build += 1


def watched(project: Project) -> Iterator[tuple[str, int]]:
    """Yield (path, modification time in ns) of everything that people write."""
    yield from _modified(str(project.root / "mkdocs.yml"))
    for folder in (project.content, project.magnets, project.sequences, project.languages):
        for place, _, names in os.walk(folder, followlinks=True):
            for name in names:
                if not name.startswith("."):
                    yield from _modified(f"{place}{os.sep}{name}")


def _modified(path: str) -> Iterator[tuple[str, int]]:
    # What goes between two looks is not there, and that is a change.
    with contextlib.suppress(OSError):
        yield path, os.stat(path).st_mtime_ns  # noqa: PTH116 - a thousand times a look


class Reloading:
    """Adds to the site's pages the few lines that load a page again after a build."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; to whole HTML pages append the script."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith("/_"):
            await self._app(scope, receive, send)
            return
        # A compressed or partial page could not be added to, and a page from the cache would be an old one.
        unwanted = {b"accept-encoding", b"range", b"if-none-match", b"if-modified-since"}
        headers = [(name, value) for name, value in scope["headers"] if name not in unwanted]
        adding = False

        async def add(message: Message) -> None:
            nonlocal adding
            if message["type"] == "http.response.start":
                adding = _is_site_page(message)
                if adding:
                    kept = [(name, value) for name, value in message["headers"] if name.lower() != b"content-length"]
                    message = {**message, "headers": [*kept, (b"cache-control", b"no-store")]}
            elif adding and not message.get("more_body", False):
                message = {**message, "body": message.get("body", b"") + _SCRIPT}
            await send(message)

        await self._app({**scope, "headers": headers}, receive, add)


def _is_site_page(message: Message) -> bool:
    headers = {name.lower(): value for name, value in message["headers"]}
    # The webhook's own pages forbid scripts and need no reloading.
    return headers.get(b"content-type", b"").startswith(b"text/html") and b"content-security-policy" not in headers
