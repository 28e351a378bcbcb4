"""/_mailbox/: the captured mails in the browser, for the demo and the preview. Nothing in a mail can run there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from gatepost_webhook.channels.captured import read_captured, summaries
from gatepost_webhook.intake.forms import read_form_or_nothing
from gatepost_webhook.intake.origins import Sender, sender_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gatepost_webhook.channels.captured import Captured
    from gatepost_webhook.clock import MovableClock

_HOME = "/_mailbox/"
_DAY = 24 * 3600
#: Mails that the list shows.
_MOST = 200
_PARTS = ("html", "text", "source")
# What a frame with a mail may do: follow the links that a person clicks, in a tab of their own. No script, no form.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
PAGE_HEADERS = PRIVATE | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    # The buttons' forms are judged by where they come from.
    "Referrer-Policy": "same-origin",
}
MAIL_HEADERS = PRIVATE | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
        f"frame-ancestors 'self'; sandbox {SANDBOX}"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    # A browser shows no sandboxed page that also wants a process of its own.
    "Cross-Origin-Opener-Policy": "unsafe-none",
}
_HEAD = re.compile(r"<head(?:\s[^<>]*)?>", re.IGNORECASE)
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
_LINK = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)\]'])")


def mailbox_routes(
    folder: Path, *, clock: MovableClock | None = None, skip: Callable[[], str] | None = None
) -> list[BaseRoute]:
    """Return the routes below /_mailbox/ for the mails in `folder`.

    With `clock`, the list shows its time and can move it a day ahead; with `skip` also to the next mail: `skip` moves
    the clock, lets the mail go out, and returns a sentence to show.
    """
    pages = _MailboxPages(folder, clock, skip)
    return [
        Route("/_mailbox", pages.home, methods=["GET"]),
        Route(_HOME, pages.listing, methods=["GET"]),
        Route("/_mailbox/style.css", pages.style, methods=["GET"]),
        Route("/_mailbox/clock", pages.move, methods=["POST"]),
        Route("/_mailbox/{mail:int}", pages.message, methods=["GET"]),
        Route("/_mailbox/{mail:int}/html", pages.html, methods=["GET"]),
        Route("/_mailbox/{mail:int}/eml", pages.file, methods=["GET"]),
    ]


class _MailboxPages:
    def __init__(self, folder: Path, clock: MovableClock | None, skip: Callable[[], str] | None) -> None:
        self._folder = folder
        self._clock = clock
        self._skip = skip
        #: What the last press of a button did.
        self._said = ""
        self._environment = Environment(
            loader=PackageLoader("gatepost_webhook.channels", "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update(moment=_moment, iso=_iso, linked=linked)

    def home(self, _: Request) -> Response:
        return RedirectResponse(_HOME, 307)

    def listing(self, _: Request) -> Response:
        return self._page(
            "list.html",
            mails=summaries(self._folder, most=_MOST),
            most=_MOST,
            now=self._clock.now() if self._clock else None,
            skipping=self._skip is not None,
            said=self._said,
        )

    def style(self, _: Request) -> Response:
        style = (files("gatepost_webhook.channels") / "pages" / "mailbox.css").read_text(encoding="utf-8")
        return Response(style, media_type="text/css", headers=PRIVATE)

    def message(self, request: Request) -> Response:
        mail = self._mail(request)
        parts = [part for part in _PARTS if part == "source" or getattr(mail, part)]
        part = request.query_params.get("part", parts[0])
        if part not in parts:
            raise HTTPException(404)
        return self._page("message.html", mail=mail, parts=parts, part=part, sandbox=SANDBOX)

    def html(self, request: Request) -> Response:
        return HTMLResponse(with_links_outside(self._mail(request).html), headers=MAIL_HEADERS)

    def file(self, request: Request) -> Response:
        mail = self._mail(request)
        named = {"Content-Disposition": f'attachment; filename="{mail.summary.mail:08d}.eml"'}
        return Response(mail.data, media_type="message/rfc822", headers=PRIVATE | named)

    async def move(self, request: Request) -> Response:
        own = f"{request.url.scheme}://{request.headers.get('host', '')}".lower()
        if sender_of(request.headers, {own}) is not Sender.KNOWN:
            return PlainTextResponse("The clock is moved with the buttons of the mailbox only.\n", 403)
        step = (await read_form_or_nothing(request)).get("step")
        if self._clock is not None and step == "day":
            self._clock.advance(_DAY)
            self._said = f"One day has passed: it is {_moment(self._clock.now())}."
        elif self._skip is not None and step == "next":
            self._said = await run_in_threadpool(self._skip)
        else:
            raise HTTPException(400)
        return RedirectResponse(_HOME, 303, headers=PRIVATE)

    def _mail(self, request: Request) -> Captured:
        mail = read_captured(self._folder, request.path_params["mail"])
        if mail is None:
            raise HTTPException(404)
        return mail

    def _page(self, template: str, **values: object) -> Response:
        return HTMLResponse(self._environment.get_template(template).render(values), headers=PAGE_HEADERS)


def with_links_outside(html: str) -> str:
    """Return a mail's HTML whose links open in a tab of their own, as a mail program does it."""
    place = _HEAD.search(html) or _DOCTYPE.match(html)
    end = place.end() if place else 0
    return f'{html[:end]}<base target="_blank">{html[end:]}'


def linked(text: str) -> list[tuple[str, bool]]:
    """Split text into (piece, whether it is an address to link)."""
    return [(piece, index % 2 == 1) for index, piece in enumerate(_LINK.split(text)) if piece]


def _moment(at: int) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%A}, {moment.day} {moment:%B %Y, %H:%M} UTC"


def _iso(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
