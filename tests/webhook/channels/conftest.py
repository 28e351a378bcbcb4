"""A scripted relay, and channels to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatepost_webhook.channels.smtp import SmtpRelay
from tests.webhook.channels.scripted import PATIENT, ScriptedRelay, Spoken, smtp_settings

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from gatepost_webhook.channels.smtp import Timeouts


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    server = ScriptedRelay()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def channel_to(request: pytest.FixtureRequest) -> Callable[..., Spoken]:
    """Open a channel to a port of this machine, closed when the test ends."""

    def opened(port: int, *, timeouts: Timeouts = PATIENT, tls: ssl.SSLContext | None = None, **more: Any) -> Spoken:
        channel = Spoken(SmtpRelay(smtp_settings(port, **more), timeouts=timeouts, tls=tls))
        request.addfinalizer(channel.close)
        return channel

    return opened
