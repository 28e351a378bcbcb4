"""A review as its owner starts it: the installed command in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator

GATEPOST = Path(sys.executable).with_name("gatepost")


@dataclass(frozen=True)
class Review:
    """A running review."""

    process: subprocess.Popen[str]
    #: The address that opens it once.
    entrance: str
    #: Everything that was printed before it, and the lines after it that came at once.
    said: str
    #: Where it keeps its copy.
    scratch: Path

    @property
    def base(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.entrance)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return urlsplit(self.entrance).port or 0

    def client(self) -> httpx2.Client:
        """Return a client without a session."""
        return httpx2.Client(base_url=self.base, timeout=90)

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal; return the exit code and what was still said."""
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=90)
        return self.process.returncode, said


@contextmanager
def running_review(data: Path, scratch: Path) -> Iterator[Review]:
    """Start a review, and end it when the block ends."""
    scratch.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(scratch), "TZ": "UTC"}
    command = [str(GATEPOST), "review", "--no-browser", "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    assert process.stdout is not None
    said = ""
    # The address is followed by two lines; then it is silent.
    while "Ctrl-C" not in said and (line := process.stdout.readline()):
        said += line
    found = re.search(r"http://\S+", said)
    try:
        assert found, said
        yield Review(process, found[0], said, scratch)
    finally:
        process.kill()
        process.communicate()
