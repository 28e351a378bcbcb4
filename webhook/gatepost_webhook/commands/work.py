"""gatepost work: the worker in a process of its own."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from gatepost_webhook.channels.choose import open_channel
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.errors import PostboxError
from gatepost_webhook.followup.reload import last_known
from gatepost_webhook.followup.shift import Shift
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.household import Household
from gatepost_webhook.logs import keep_logs
from gatepost_webhook.options import data_option, project_option
from gatepost_webhook.parts import load_parts
from gatepost_webhook.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_webhook.bounces.rounds import PostRounds

#: Seconds to wait for other workers that write: nobody waits for this one.
_PATIENCE = 60


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, then end.")
@project_option
@data_option
def command(*, once: bool, root: Path, data: Path | None) -> None:
    """Send what is due.

    Runs until Ctrl-C or SIGTERM, and finishes the mail in hand then, if the relay answers within 20 seconds. Any
    number may run at once: each mail is sent by one of them. Ends with exit code 1 when the relay refuses our login or
    our sender, and with --once also when it cannot be reached; what was due is due still.

    \b
    Example:
      gatepost work --once
    """
    keep_logs(logging.INFO)
    settings = load_settings(**({"data": data} if data else {}))
    parts = load_parts(root, last_good=last_known(settings.database))
    household = Household(settings, parts, SystemClock(), working=False, patience=_PATIENCE)
    with _stopped_by_signals() as stop, household:
        worker = Worker(household.outfit(open_channel(settings)))
        rounds = household.post_rounds()
        if once:
            _read_post(rounds, stop)
            count = Shift(lambda asked: _once(worker, asked), stop=stop).result() or 0
            click.echo(f"{count} {'mail' if count == 1 else 'mails'} dealt with.")
        else:
            # Bounces are read beside it; whoever stops the one stops the other.
            post = Shift(rounds.run_forever, stop=stop)
            Shift(worker.run_forever, stop=stop).result()
            post.end()
    if worker.halted or (once and worker.away):
        sys.exit(1)


def _read_post(rounds: PostRounds, stop: threading.Event) -> None:
    """Read the mailboxes for bounces first: who must not be written to is known before anything is sent."""
    try:
        rounds.run_once(stop)
    except PostboxError as error:
        logging.getLogger(__name__).warning("bounces are not read: %s", error)


def _once(worker: Worker, stop: threading.Event) -> int:
    with closing(worker):
        return worker.run_once(stop)


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
