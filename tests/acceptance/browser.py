"""A real browser for the tests: Chromium or Chrome as the system has it."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browser_path() -> str:
    """Return the path of a browser. Fails with the line that installs one."""
    # Debian's wrapper script prints warnings of its own; the program behind it does not.
    program = Path("/usr/lib/chromium/chromium")
    if program.exists():
        return str(program)
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise RuntimeError("The browser tests need Chromium. On Debian or Ubuntu: sudo apt-get install chromium")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start the browser, and close it at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
