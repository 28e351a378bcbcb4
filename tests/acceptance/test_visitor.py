"""A visitor's whole way through the running demo, in a real browser, with JavaScript and without."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from gatepost_site.documents import read_document
from gatepost_webhook.followup.formats import MessageMeta
from tests.acceptance.example import REPOSITORY, copy_example

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

SUBJECTS = [
    read_document(path, MessageMeta, root=REPOSITORY).meta.subject
    for path in sorted((REPOSITORY / "sequences/nurturing-playbook").glob("0*[a-z].md"))
    if not path.stem.endswith(".de")
]
GATEPOST = (sys.executable, "-m", "gatepost_webhook")


@contextmanager
def running_demo(root: Path, port: int) -> Iterator[str]:
    """Run `gatepost demo` in a folder until the block ends, then stop it as Ctrl-C does."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEPOST_")}
    process = subprocess.Popen(
        [*GATEPOST, "demo", "--port", str(port)],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(process, address)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert "Traceback" not in output
    assert output.rstrip().endswith("Stopped. The demo's leads stay in .gatepost/demo.")


def _wait(process: subprocess.Popen[str], address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the demo ended by itself:\n{process.stdout.read() if process.stdout else ''}")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the demo did not answer within two minutes")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """One running demo for the module: its address and its folder."""
    root = copy_example(tmp_path_factory.mktemp("demo") / "site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running_demo(root, port) as address:
        yield address, root


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who was never here, with JavaScript on or off."""
    context = browser.new_context(java_script_enabled=request.param, accept_downloads=True)
    yield context
    context.close()


def test_a_visitor_gets_the_book_and_the_follow_up(
    demo: tuple[str, Path], visitor: BrowserContext, request: pytest.FixtureRequest
) -> None:
    address, root = demo
    person = f"reader-{'js' if 'with JavaScript' in request.node.name else 'plain'}@bakery.example"
    asked: set[str] = set()
    visitor.on("request", lambda sent: asked.add(sent.url))
    page = visitor.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

    # From an article to the landing page, by the offer.
    page.goto(f"{address}/drip-campaigns/")
    page.locator(".gatepost-offer a").first.click()
    expect(page.locator("h1")).to_have_text("The Nurturing Playbook")
    assert page.locator("input[name=marketing]").first.is_checked() is False
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).first.fill(person)
    page.get_by_label("First name").first.fill("Ada")
    page.get_by_label("Company").first.fill("Loaf & Sons")
    page.locator("input[name=marketing]").first.check()
    page.get_by_role("button", name="Send me the playbook").first.click()
    page.wait_for_url("**/get/nurturing-playbook/thanks/")
    assert "inbox" in page.locator("main").inner_text().lower()

    # The mail arrives, and its button leads to one button.
    _open_newest_mail(page, address, "Your copy of")
    with visitor.expect_page() as opened:
        page.frame_locator("iframe").locator("a[href*='/c/']").first.click()
    page = opened.value
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    buttons = page.get_by_role("button")
    expect(buttons).to_have_count(1)
    with page.expect_download() as waiting:
        buttons.first.click()
    book = Path(waiting.value.path()).read_bytes()
    assert book == (root / ".gatepost/ebooks/nurturing-playbook.pdf").read_bytes()
    assert waiting.value.suggested_filename == "nurturing-playbook.pdf"

    # The follow-up plays out as the clock is moved.
    for subject in SUBJECTS:
        page.goto(f"{address}/_mailbox/")
        with page.expect_navigation():
            page.get_by_role("button", name=re.compile("next mail", re.IGNORECASE)).click()
        _open_newest_mail(page, address, subject)
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("Hi Ada,")
    page.goto(page.url + "?part=text")
    leave = str(page.locator("pre a[href*='/u/']").get_attribute("href"))
    page.goto(leave)
    assert person not in page.content()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("stop everything", re.IGNORECASE)).click()
    expect(page.locator("h1")).to_be_visible()

    foreign = {url for url in asked if not url.startswith((address, "data:", "blob:", "about:"))}
    assert foreign == set()
    assert visitor.cookies() == []
    assert errors == []


def _open_newest_mail(page: Page, address: str, subject: str) -> None:
    """Wait until the newest mail has a subject, and open it."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        page.goto(f"{address}/_mailbox/")
        newest = page.locator("ol a").first
        if newest.count() and subject in newest.inner_text():
            newest.click()
            page.wait_for_url(re.compile(r"/_mailbox/\d+$"))
            return
        time.sleep(0.2)
    pytest.fail(f"no mail {subject!r} came within 15 seconds; the newest page was:\n{page.inner_text('main')}")


def test_the_owner_sees_the_lead(demo: tuple[str, Path]) -> None:
    _, root = demo
    run = subprocess.run(
        [*GATEPOST, "leads", "--data", ".gatepost/demo"], cwd=root, capture_output=True, text=True, check=True
    )
    assert "reader-js@bakery.example" in run.stdout
    assert "nurturing-playbook" in run.stdout
