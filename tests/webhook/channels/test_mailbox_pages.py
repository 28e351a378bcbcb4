"""The captured mailbox in the browser: what it shows, how it moves the clock, and how it shuts mails in."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gatepost_webhook.channels.mailbox import Mailbox
from gatepost_webhook.channels.mailbox_pages import mailbox_routes
from gatepost_webhook.clock import MovableClock
from tests.webhook.channels.scripted import hand_over, outgoing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOME = "/_mailbox/"
NOON = 1_780_315_200  # Monday, 1 June 2026, 12:00 UTC


def keep(
    folder: Path,
    mail: int,
    *,
    subject: str = "Hello",
    date: str = "Mon, 01 Jun 2026 12:00:00 +0000",
    html: str = "<!doctype html><html><head><title>No</title></head><body><div>First words</div><p>More</p></body>",
    text: str = "Look at https://example.org/d/token?x=1, please.\n",
) -> None:
    message = EmailMessage()
    message["From"] = "Gatepost <hello@example.com>"
    message["To"] = "ann@example.org"
    message["Date"] = date
    message["Subject"] = subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    data = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    hand_over(Mailbox(folder), outgoing(data, mail=mail), lambda: True)


def client(
    folder: Path, *, clock: MovableClock | None = None, skip: Callable[[], str] | None = None, **more: bool
) -> TestClient:
    return TestClient(Starlette(routes=mailbox_routes(folder, clock=clock, skip=skip)), "http://127.0.0.1:8000", **more)  # type: ignore[arg-type]


OWN = {"Origin": "http://127.0.0.1:8000"}


def test_an_empty_mailbox_says_what_to_do(tmp_path: Path) -> None:
    page = client(tmp_path / "nothing").get(HOME)
    assert page.status_code == 200
    assert "No mail yet" in page.text
    assert '<meta http-equiv="refresh" content="3">' in page.text


def test_the_newest_mail_stands_first(tmp_path: Path) -> None:
    keep(tmp_path, 1, subject="Oldest", date="Mon, 01 Jun 2026 12:00:00 +0000")
    keep(tmp_path, 2, subject="Waited longest", date="Wed, 03 Jun 2026 12:00:00 +0000")
    keep(tmp_path, 3, subject="Between", date="Tue, 02 Jun 2026 12:00:00 +0000")
    text = client(tmp_path).get(HOME).text
    assert text.index("Waited longest") < text.index("Between") < text.index("Oldest")
    assert "First words" in text
    assert "Wednesday, 3 June 2026, 12:00 UTC" in text
    assert "More" not in text


def test_the_address_without_its_slash_leads_there(tmp_path: Path) -> None:
    assert client(tmp_path).get("/_mailbox").url.path == HOME


def test_a_mail_is_shown_in_a_frame_that_can_do_nothing(tmp_path: Path) -> None:
    keep(tmp_path, 7)
    page = client(tmp_path).get("/_mailbox/7")
    assert '<iframe src="/_mailbox/7/html"' in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"' in page.text
    assert "http-equiv" not in page.text
    frame = client(tmp_path).get("/_mailbox/7/html")
    policy = frame.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script" not in policy
    assert "sandbox allow-popups" in policy
    assert frame.headers["x-frame-options"] == "SAMEORIGIN"
    assert frame.text.startswith('<!doctype html><html><head><base target="_blank"><title>')


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<!doctype html><p>x</p>", '<!doctype html><base target="_blank"><p>x</p>'),
        ("<p>x</p>", '<base target="_blank"><p>x</p>'),
        ('<HTML><HEAD lang="en"><p>', '<HTML><HEAD lang="en"><base target="_blank"><p>'),
        ("<header>x</header>", '<base target="_blank"><header>x</header>'),
    ],
)
def test_links_open_in_a_tab_of_their_own(tmp_path: Path, html: str, shown: str) -> None:
    keep(tmp_path, 1, html=html)
    assert client(tmp_path).get("/_mailbox/1/html").text.rstrip() == shown


def test_the_text_has_working_links(tmp_path: Path) -> None:
    keep(tmp_path, 1)
    text = client(tmp_path).get("/_mailbox/1?part=text").text
    link = (
        '<a href="https://example.org/d/token?x=1" target="_blank" rel="noopener">https://example.org/d/token?x=1</a>,'
    )
    assert link in text


def test_the_source_has_every_header(tmp_path: Path) -> None:
    keep(tmp_path, 1, subject="Grüße")
    page = client(tmp_path).get("/_mailbox/1?part=source").text
    assert "From: Gatepost &lt;hello@example.com&gt;" in page
    assert "<h1>Grüße</h1>" in page
    assert "Subject: =?utf-8?" in page


def test_a_mail_without_html_shows_its_text(tmp_path: Path) -> None:
    keep(tmp_path, 1, html="")
    page = client(tmp_path).get("/_mailbox/1")
    assert "Look at" in page.text
    assert "As shown" not in page.text
    assert client(tmp_path).get("/_mailbox/1?part=html").status_code == 404


def test_the_file_is_the_message_itself(tmp_path: Path) -> None:
    keep(tmp_path, 1)
    saved = client(tmp_path).get("/_mailbox/1/eml")
    assert saved.content == (tmp_path / "00000001.eml").read_bytes()
    assert saved.headers["content-disposition"] == 'attachment; filename="00000001.eml"'


@pytest.mark.parametrize("path", ["9", "9/html", "9/eml", "1?part=other", "x"])
def test_what_is_not_there_is_not_found(tmp_path: Path, path: str) -> None:
    keep(tmp_path, 1)
    assert client(tmp_path).get(HOME + path).status_code == 404


def test_strange_files_do_not_disturb_the_list(tmp_path: Path) -> None:
    keep(tmp_path, 1)
    (tmp_path / "notes.eml").write_text("not ours")
    (tmp_path / "00000002.eml").write_bytes(
        b"Subject: =?x-unknown?q?=FF?=\r\nDate: never\r\nContent-Type: text/html; charset=\x00\r\n\r\n<\xff"
    )
    page = client(tmp_path).get(HOME)
    assert page.status_code == 200
    assert page.text.count("<li>") == 2
    assert client(tmp_path).get("/_mailbox/2").status_code == 200


def test_without_a_clock_there_is_nothing_to_move(tmp_path: Path) -> None:
    box = client(tmp_path)
    assert "1 day ahead" not in box.get(HOME).text
    assert box.post("/_mailbox/clock", data={"step": "day"}, headers=OWN).status_code == 400


def test_the_clock_moves_a_day_ahead(tmp_path: Path) -> None:
    clock = MovableClock(NOON)
    page = client(tmp_path, clock=clock).post("/_mailbox/clock", data={"step": "day"}, headers=OWN)
    assert clock.now() == NOON + 86400
    assert page.url.path == HOME
    assert "One day has passed: it is Tuesday, 2 June 2026, 12:00 UTC." in page.text
    assert "To the next mail" not in page.text


def test_the_clock_moves_to_the_next_mail(tmp_path: Path) -> None:
    clock = MovableClock(NOON)

    def skip() -> str:
        clock.advance(3600)
        return "The next <mail> is here."

    box = client(tmp_path, clock=clock, skip=skip)
    page = box.post("/_mailbox/clock", data={"step": "next"}, headers=OWN)
    assert '<p class="said" role="status">The next &lt;mail&gt; is here.</p>' in page.text
    assert '<time datetime="2026-06-01T13:00:00Z">Monday, 1 June 2026, 13:00 UTC</time>' in page.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}],
)
def test_another_site_cannot_move_the_clock(tmp_path: Path, headers: dict[str, str]) -> None:
    clock = MovableClock(NOON)
    answer = client(tmp_path, clock=clock).post("/_mailbox/clock", data={"step": "day"}, headers=headers)
    assert answer.status_code == 403
    assert clock.now() == NOON


def test_get_does_not_move_the_clock(tmp_path: Path) -> None:
    clock = MovableClock(NOON)
    assert client(tmp_path, clock=clock).get("/_mailbox/clock?step=day").status_code == 405
    assert clock.now() == NOON
