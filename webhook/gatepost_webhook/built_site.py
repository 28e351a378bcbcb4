"""The built site under the webhook's own address, for who runs both in one process."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.responses import Response
    from starlette.types import Message, Receive, Scope, Send

_HEADERS = (
    # With "no-referrer", as on the webhook's pages, browsers would keep the form's origin to themselves.
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    # Feed readers and link previews show a site's pictures on their own pages.
    (b"cross-origin-resource-policy", b"cross-origin"),
)
#: Names that change with what is in the file, as those of smaller pictures, and of Material's styles and scripts.
_LASTING = re.compile(r"\.[0-9a-f]{8}\.(?:min\.)?[a-z0-9]+$")
_FOR_GOOD = (b"cache-control", b"public, max-age=31536000, immutable")
#: Browsers may keep a page, and ask each time whether it is still the one.
_ASK_AGAIN = (b"cache-control", b"no-cache")
#: Answers that are a file, a part of one, or the word that it has not changed.
_HELD = frozenset({200, 206, 304})
#: Seconds for which a browser remembers where a page has moved: without a limit, it would do so for ever.
_MOVED_SECONDS = 3600


class BuiltSite(StaticFiles):
    """public/ with its own 404 page; addresses of pages that have moved answer 301."""

    def __init__(self, public: Path, moved: Mapping[str, str] | None = None) -> None:
        """Take the folder, and old path -> new path below the site, as the manifest of its build has them."""
        # An old address stands for itself with and without its last slash.
        self._moved = {old.rstrip("/"): new for old, new in (moved or {}).items()}
        # The first build may still be to come: the folder is looked for when it is asked for.
        super().__init__(directory=public, html=True, check_dir=False)

    async def check_config(self) -> None:
        """Nothing: a missing folder is a page that is not there."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or the way from a folder's name to its page: by path alone, whatever Host and scheme say."""
        if scope["method"] in {"GET", "HEAD"} and (new := self._moved.get(_asked(scope))) is not None:
            return _permanent(new, scope)
        response = await super().get_response(path, scope)
        if isinstance(response, RedirectResponse):
            target = urlsplit(response.headers["location"])
            query = f"?{target.query}" if target.query else ""
            response.headers["location"] = "/" + target.path.lstrip("/") + query
        return response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = _kept(scope["path"]) if message["status"] in _HELD else ()
                message = {**message, "headers": [*message["headers"], *_HEADERS, *kept]}
            await send(message)

        await super().__call__(scope, receive, add)


def _kept(path: str) -> tuple[tuple[bytes, bytes]]:
    """Return for how long a file may be kept."""
    return (_FOR_GOOD if _LASTING.search(path) else _ASK_AGAIN,)


def _asked(scope: Scope) -> str:
    """Return the path of a request as the manifest writes paths."""
    return str(scope["path"]).strip("/").removesuffix("index.html").rstrip("/")


def _permanent(new: str, scope: Scope) -> Response:
    query = scope["query_string"].decode("latin-1")
    # A second slash at the start would name a host.
    target = "/" + new.lstrip("/") + (f"?{query}" if query else "")
    return RedirectResponse(target, 301, {"Cache-Control": f"max-age={_MOVED_SECONDS}"})
