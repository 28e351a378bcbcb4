"""What the acceptance tests share: the browser, and a free port."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.browser import open_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


# Not for the whole session: while Playwright runs, its event loop counts as this thread's, and no other may run there.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running browser; each test opens its own context."""
    with open_browser() as running:
        yield running


@pytest.fixture
def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
