"""/healthz: whether submissions can be kept right now; nothing more is told."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from gatepost_webhook.errors import StoreError
from gatepost_webhook.store.database import DatabaseError
from gatepost_webhook.store.hits import touch

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gatepost_webhook.intake.desk import Desk


class Health:
    """The endpoint that a monitor asks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def get(self, _: Request) -> Response:
        """Answer 200 after a write transaction, 503 when there was none."""
        headers = {"Cache-Control": "no-store"}
        try:
            await self._desk.commit(functools.partial(touch, now=self._desk.clock.now()))
        except (StoreError, DatabaseError):
            return PlainTextResponse("not now\n", 503, headers)
        return PlainTextResponse("ok\n", headers=headers)
