"""The built site under the webhook's own address, for who runs both in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.responses import Response
    from starlette.types import Message, Receive, Scope, Send

_HEADERS = (
    # With "no-referrer", as on the webhook's pages, browsers would keep the form's origin to themselves.
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    # Feed readers and link previews show a site's pictures on their own pages.
    (b"cross-origin-resource-policy", b"cross-origin"),
)


class BuiltSite(StaticFiles):
    """public/ with its own 404 page."""

    def __init__(self, public: Path) -> None:
        # The first build may still be to come: the folder is looked for when it is asked for.
        super().__init__(directory=public, html=True, check_dir=False)

    async def check_config(self) -> None:
        """Nothing: a missing folder is a page that is not there."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or the way from a folder's name to its page: by path alone, whatever Host and scheme say."""
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
                message = {**message, "headers": [*message["headers"], *_HEADERS]}
            await send(message)

        await super().__call__(scope, receive, add)
