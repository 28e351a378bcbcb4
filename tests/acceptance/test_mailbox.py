"""Hostile mails in a real browser: whatever is in them, nothing runs, and their honest links work."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from starlette import routing
from starlette.applications import Starlette
from starlette.responses import HTMLResponse

from gatepost_webhook.channels.channel import Outgoing
from gatepost_webhook.channels.mailbox import Mailbox
from gatepost_webhook.channels.mailbox_pages import mailbox_routes
from gatepost_webhook.serving import listen, served
from tests.webhook.channels.scripted import hand_over

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page, Route

#: Each would call alert(), or leave the mailbox, somewhere.
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">click</a>',
    '<a href="javascript:alert(1)" target="_top">click</a>',
    '<a href="javascript:alert(1)" target="_self">click</a>',
    '<a href="&#106;avascript:alert(1)">click</a>',
    '<a href="data:text/html,<script>alert(1)</script>">click</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<object data="javascript:alert(1)"></object><embed src="javascript:alert(1)">',
    '<form action="javascript:alert(1)"><button>click</button></form>',
    "<body onload=alert(1)><input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
    '<meta http-equiv="refresh" content="0;url=/gone">',
    '<base href="https://evil.invalid/" target="_top"><p>x</p>',
    '<style>@import "//evil.invalid/x.css"; *{background:url(javascript:alert(1))}</style>',
    "</style></iframe></pre></title></textarea><script>alert(1)</script>",
    '<link rel="stylesheet" href="//evil.invalid/x.css"><img src="https://evil.invalid/x.png">',
    "<math><mtext></mtext><mglyph><svg><style><img src=x onerror=alert(1)></style></svg></mglyph></math>",
    '"><script>alert(1)</script><a title="',
    "'\"--!><svg/onload=alert(1)>{{7*7}}{% raw %}",
]


def keep(folder: Path, mail: int, hostile: str) -> None:
    message = EmailMessage()
    message["Subject"] = hostile.replace("\n", " ")
    message.set_content(f"{hostile}\nhttps://example.org/{hostile}\n")
    message.add_alternative(f"<!doctype html><html><head></head><body>{hostile}</body></html>", subtype="html")
    line = hostile.replace("\n", " ")
    names = f"From: {line}\nTo: {line}\n".encode()
    data = (names + message.as_bytes()).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    hand_over(Mailbox(folder), Outgoing(mail, "a@example.com", "b@example.org", data, ""), lambda: True)


@pytest.fixture
def mailbox(tmp_path: Path, free_port: int) -> Iterator[str]:
    """A mailbox on a real server; its address."""

    def offer(_: object) -> HTMLResponse:
        return HTMLResponse("<title>The offer</title>")

    app = Starlette(routes=[*mailbox_routes(tmp_path), routing.Route("/offer", offer)])
    with listen("127.0.0.1", free_port) as listener, served(app, listener):
        yield f"http://127.0.0.1:{free_port}"


def watched(browser: Browser, happened: list[str]) -> Page:
    """Open a page that writes down every dialog, and every request that would leave the machine."""
    context = browser.new_context()

    def dismiss(dialog: Dialog) -> None:
        happened.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def refuse(route: Route) -> None:
        happened.append(route.request.url)
        route.abort()

    context.on("dialog", dismiss)
    context.route("**://evil.invalid/**", refuse)
    return context.new_page()


def test_no_mail_runs_anything(mailbox: str, tmp_path: Path, browser: Browser) -> None:
    for number, hostile in enumerate([*HOSTILE, "\n".join(HOSTILE)], start=1):
        keep(tmp_path, number, hostile)
    happened: list[str] = []
    page = watched(browser, happened)
    page.goto(f"{mailbox}/_mailbox/")
    assert page.locator(".mails li").count() == len(HOSTILE) + 1
    assert page.locator("script, .mails img, .mails svg, .mails style").count() == 0
    for number in range(1, len(HOSTILE) + 1):
        page.goto(f"{mailbox}/_mailbox/{number}")
        assert page.locator("script").count() == 0
        for target in page.frame_locator("iframe").locator("a:has-text('click'), button:has-text('click')").all():
            target.click()
        assert page.url == f"{mailbox}/_mailbox/{number}"
        # The mail by itself, without the frame around it.
        page.goto(f"{mailbox}/_mailbox/{number}/html")
    for part in ("text", "source"):
        page.goto(f"{mailbox}/_mailbox/{len(HOSTILE) + 1}?part={part}")
        assert page.locator("script, pre img, pre svg, pre style, pre iframe").count() == 0
    assert happened == []
    page.context.close()


def test_honest_links_work(mailbox: str, tmp_path: Path, browser: Browser) -> None:
    keep(tmp_path, 1, f'<a href="{mailbox}/offer">click</a>')
    page = watched(browser, [])
    page.goto(f"{mailbox}/_mailbox/1")
    with page.expect_popup() as opened:
        page.frame_locator("iframe").locator("a").click()
    opened.value.wait_for_load_state()
    assert opened.value.title() == "The offer"
    assert page.url == f"{mailbox}/_mailbox/1"
    page.context.close()
