"""A server that is made to be killed: loads everything once, then forks a server for each line on its standard input.

Run as: python -m tests.acceptance.killable FOLDER. It prints the port first, then a process id for each line.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_site.magnets import load_magnets
from gatepost_webhook.app import create_app
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.serving import listen, serve
from gatepost_webhook.settings import Settings
from gatepost_webhook.store.writer import Writer
from tests.webhook.intake.house import SECRET, build_project

if TYPE_CHECKING:
    import socket


def settings_in(root: Path) -> Settings:
    """Return the settings of the server to be killed: no limits, for all its clients are one machine."""
    return Settings(
        base_url="http://127.0.0.1:8000",
        data=root / "data",
        secret=SECRET,
        suppression_key=SECRET,
        posts_per_10_minutes=1_000_000,
        posts_per_day=1_000_000,
        _env_file=None,
    )


def _serve(root: Path, listener: socket.socket) -> None:
    project, manifest = build_project(root)
    magnets = load_magnets(project)
    sequences = load_sequences(project, magnets)
    settings = settings_in(root)
    with Writer(settings.database) as writer:
        app = create_app(
            settings,
            project=project,
            manifest=manifest,
            magnets=magnets,
            sequences=sequences,
            writer=writer,
            clock=SystemClock(),
        )
        serve(app, listener)


def main(root: Path) -> None:
    """Fork a server for each line, until the input ends."""
    # The socket outlives each server, so a client's next connection waits for the next server.
    listener = listen("127.0.0.1", 0)
    listener.listen(128)
    print(listener.getsockname()[1], flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _serve(root, listener)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
