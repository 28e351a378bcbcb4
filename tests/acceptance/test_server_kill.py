"""An acknowledged submission survives the server's sudden death, fifty times over."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from gatepost_webhook.store.invariants import broken_invariants
from tests.acceptance.killable import settings_in
from tests.soak.sizes import report, size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = size(50, 500)
#: Submissions that are acknowledged between two kills, at least.
BETWEEN = size(1, 40)
CLIENTS = size(8, 20)
HEADERS = {
    "Host": "127.0.0.1:8000",
    "Origin": "http://127.0.0.1:8000",
    "Content-Type": "application/x-www-form-urlencoded",
}


class Spawner:
    """Starts one server after the other on the same port."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-m", "tests.acceptance.killable", str(root)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = self._line()

    def start(self) -> int:
        """Start a server and return its process."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._line()

    def stop(self, server: int) -> None:
        """Ask a server to stop."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(server, signal.SIGTERM)

    def close(self) -> None:
        """Start no more."""
        self._process.communicate(timeout=20)

    def _line(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())


class Visitor(threading.Thread):
    """Sends one form after the other, and writes down each address whose form was acknowledged."""

    def __init__(self, port: int, number: int, log: Path, stop: threading.Event) -> None:
        super().__init__(name=f"visitor-{number}", daemon=True)
        self._port, self._number, self._stopped = port, number, stop
        self._log = log
        self.broken_off = self.acknowledged = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        count = 0
        with contextlib.closing(connection), self._log.open("a", encoding="ascii", buffering=1) as log:
            while not self._stopped.is_set():
                count += 1
                email = f"v{self._number}.{count}@example.com"
                try:
                    connection.request("POST", "/f/guide", urlencode({"email": email}), HEADERS)
                    answer = connection.getresponse()
                    answer.read()
                except (OSError, http.client.HTTPException):
                    self.broken_off += 1
                    connection.close()
                    continue
                if answer.status == 303:
                    log.write(email + "\n")
                    self.acknowledged += 1


@pytest.fixture
def spawner(tmp_path: Path) -> Iterator[Spawner]:
    opened = Spawner(tmp_path)
    yield opened
    opened.close()


def _acknowledged(log: Path) -> list[str]:
    return log.read_text(encoding="ascii").split()


def test_no_acknowledged_submission_is_ever_lost(spawner: Spawner, tmp_path: Path) -> None:
    database, log, stop = settings_in(tmp_path).database, tmp_path / "acknowledged", threading.Event()
    log.touch()
    server = spawner.start()
    visitors = [Visitor(spawner.port, number, log, stop) for number in range(CLIENTS)]
    for visitor in visitors:
        visitor.start()
    chance = random.Random()
    last = 0
    try:
        for _ in range(KILLS):
            while sum(visitor.acknowledged for visitor in visitors) < last + BETWEEN:
                stop.wait(0.005)
            stop.wait(chance.uniform(0, 0.2))
            os.kill(server, signal.SIGKILL)
            acknowledged = _acknowledged(log)
            last = len(acknowledged)
            assert broken_invariants(database, acknowledged=acknowledged) == []
            server = spawner.start()
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join(30)
        spawner.stop(server)

    assert broken_invariants(database, acknowledged=_acknowledged(log)) == []
    assert len(_acknowledged(log)) > KILLS
    assert sum(visitor.broken_off for visitor in visitors) > KILLS / 2
    report("P01 killed servers", kills=KILLS, acknowledged=len(_acknowledged(log)), lost=0)
