"""Starts workers that are there to be killed: imports everything once, then forks one for each line that it reads.

A line is the number of seconds by which that worker's clock is ahead; the answer is the worker's process id, and,
when it ended by itself, "done". Run by test_worker_kill.py with the settings in its environment.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing
from pathlib import Path

from gatepost_webhook.channels.choose import open_channel
from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup.worker import Worker
from gatepost_webhook.household import Household
from gatepost_webhook.parts import load_parts
from gatepost_webhook.settings import load_settings


def work(root: Path, ahead: int) -> None:
    """Send what is due, with the clock ahead."""
    settings = load_settings()
    clock = MovableClock(int(time.time()) + ahead, running=True)
    # Who was stopped may hold the lock on the database, and does not give it back by being waited for.
    household = Household(settings, load_parts(root), clock, working=False, patience=1)
    with household, closing(Worker(household.outfit(open_channel(settings)))) as worker:
        worker.run_once()


def main() -> None:
    """Fork a worker for each line."""
    root = Path(sys.argv[1])
    while line := sys.stdin.readline():
        child = os.fork()
        if not child:
            status = 1
            try:
                work(root, int(line))
                status = 0
            finally:
                os._exit(status)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print("done" if status == 0 else f"ended {status}", flush=True)


if __name__ == "__main__":
    main()
