"""Stopping: the mail in hand is finished, and a relay that never answers holds nobody up."""

from __future__ import annotations

import asyncio
import dataclasses
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from gatepost_site.project import write_manifest
from gatepost_webhook.channels.sink import Sink
from gatepost_webhook.channels.smtp import SmtpRelay
from gatepost_webhook.followup.shift import Shift
from gatepost_webhook.followup.worker import Worker
from tests.webhook.channels.scripted import PATIENT, SILENCE, ScriptedRelay, smtp_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from tests.webhook.followup.desk import Desk


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    scripted = ScriptedRelay()
    scripted.start()
    yield scripted
    scripted.stop()


@pytest.mark.parametrize(("verb", "state"), [("DOT", "talking"), ("RCPT", "claimed")])
def test_a_relay_that_never_answers_does_not_hold_up_the_end(
    desk: Desk, relay: ScriptedRelay, caplog: pytest.LogCaptureFixture, verb: str, state: str
) -> None:
    asked = threading.Event()
    relay.script = {verb: [SILENCE]}
    desk.queue("delivery", desk.add_lead())
    channel = SmtpRelay(smtp_settings(relay.port), timeouts=PATIENT)
    worker = Worker(dataclasses.replace(desk.outfit, channel=channel))
    ended = threading.Event()

    def work(stop: threading.Event) -> None:
        worker.run_forever(stop)
        ended.set()

    shift = Shift(work, patience=0.2)
    while desk.states() != [state] or not relay.commands or not relay.commands[-1].startswith(("RCPT", "DATA")):
        asked.wait(0.01)
    shift.end()
    assert desk.states() == [state]
    assert caplog.messages[-1] == "the relay does not answer; the mail in hand is left to the next start"
    relay.stop()
    relay.start()
    assert ended.wait(10)


def test_work_raises_where_its_result_is_asked_for() -> None:
    def work(_: threading.Event) -> int:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        Shift(work).result()


class SlowRelay(Sink):
    """Accepts a message when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go = threading.Event(), threading.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.asked.set()
        await asyncio.get_running_loop().run_in_executor(None, self.go.wait, 10)
        return await super().handle_DATA(server, session, envelope)


def test_a_run_of_once_that_is_asked_to_stop_finishes_the_mail_in_hand(desk: Desk, tmp_path: Path) -> None:
    write_manifest(desk.outfit.project, desk.outfit.manifest)
    for name in ("anna", "ben"):
        desk.queue("delivery", desk.add_lead(f"{name}@example.com"))
    desk.sql("UPDATE mail SET due_at = 0")
    with SlowRelay() as slow:
        process, output = stopped_at_the_dot(slow, desk, tmp_path)
    assert (process.returncode, output) == (0, "1 mail dealt with.\n")
    assert desk.states() == ["sent", "due"]


def stopped_at_the_dot(slow: SlowRelay, desk: Desk, tmp_path: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "gatepost_webhook", "work", "--once", "--project", str(desk.outfit.project.root)],
        env={
            "GATEPOST_DATA": str(tmp_path / "data"),
            "GATEPOST_CHANNEL": "smtp",
            "GATEPOST_SMTP_HOST": "127.0.0.1",
            "GATEPOST_SMTP_PORT": str(slow.port),
            "GATEPOST_SMTP_SECURITY": "none",
            "GATEPOST_SMTP_CONNECTIONS": "1",
        },
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert slow.asked.wait(30)
        process.send_signal(signal.SIGTERM)
        # The relay may answer once the signal was seen: the next mail would rightly go out before.
        assert process.stdout is not None
        assert process.stdout.readline() == "INFO stopping; a mail that is on its way is finished first\n"
        slow.go.set()
        output, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    return process, output
