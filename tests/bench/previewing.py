"""How soon `gatepost serve` shows what was saved."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from statistics import median
from typing import TYPE_CHECKING

from tests.bench import corpus
from tests.bench.builders import BIN, environment

if TYPE_CHECKING:
    from pathlib import Path

_PORT = 8971
_TRIES = 5


def seconds_until_shown(root: Path) -> float:
    """Return the median time from a saved file until an open page is told to load again and gets the new text."""
    command = [str(BIN / "gatepost"), "serve", "--project", str(root), "--port", str(_PORT)]
    server = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until(lambda: "article" in _fetch("part-002/article-00123/"), 300)
        return median(_shown(root, 1000 + turn) for turn in range(_TRIES))
    finally:
        server.terminate()
        server.wait(timeout=30)


def _shown(root: Path, turn: int) -> float:
    build = _fetch("_preview/build")
    # A person looks at the page before they go on writing.
    time.sleep(1)
    number = build.partition(":")[2].rstrip("}").strip()
    started = time.perf_counter()
    corpus.edit(root, 123, turn)
    _until(lambda: _fetch(f"_preview/build?after={number}") != build, 60)
    _until(lambda: f"round {turn}." in _fetch("part-002/article-00123/"), 60)
    return time.perf_counter() - started


def _fetch(path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{_PORT}/{path}", timeout=30) as answer:
            text: str = answer.read().decode()
            return text
    except OSError:
        time.sleep(0.2)
        return ""


def _until(true: object, seconds: float) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the preview does not show it")
