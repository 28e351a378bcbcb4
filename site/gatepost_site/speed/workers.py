"""Spreads work over the cores with forked processes, where the machine can; what a process fails to do stays undone."""

from __future__ import annotations

import gc
import os
import pickle
import sys
import tempfile
import threading
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Job = TypeVar("Job")
Result = TypeVar("Result")

#: With fewer jobs, starting processes costs more than it saves.
ENOUGH = 100
#: Batches fit a pipe that nobody has read from yet: 4 bytes each, 16 KiB at least.
_BATCHES = 4096


def cores() -> int:
    """Return how many processes can work at once; 1 where a process cannot be forked safely."""
    # macOS has fork, but its system libraries may not survive it; a second thread may hold a lock for ever.
    if not hasattr(os, "fork") or sys.platform == "darwin" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(jobs: Sequence[Job], work: Callable[[Job], Result]) -> list[Result | None]:
    """Return the result of each job, done in this process and others; None for one that failed or was not done.

    What `work` changes in memory is lost, except its result, when another process did it.
    """
    results: list[Result | None] = [None] * len(jobs)
    number = cores()
    if len(jobs) < ENOUGH or number == 1:
        return results
    size = -(-len(jobs) // _BATCHES)
    batches = [range(start, min(start + size, len(jobs))) for start in range(0, len(jobs), size)]
    with tempfile.TemporaryDirectory(prefix="gatepost-") as folder, _steady_memory():
        queue = _Queue(len(batches))
        children = [_fork(Path(folder, str(child)), batches, queue, jobs, work) for child in range(number - 1)]
        try:
            for index, result in _done(batches, queue, jobs, work):
                results[index] = result
        finally:
            queue.close()
            finished = [os.waitpid(child, 0)[1] == 0 for child in children]
        for child, done in enumerate(finished):
            for index, result in _read(Path(folder, str(child))) if done else ():
                results[index] = result
    return results


@contextmanager
def _steady_memory() -> Iterator[None]:
    """Have no process look for garbage in what all of them share: each would get a copy of all that it looks at."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class _Queue:
    """Numbers of batches in a pipe, from which every process takes the next."""

    def __init__(self, length: int) -> None:
        self._out, write = os.pipe()
        os.write(write, b"".join(number.to_bytes(4, "big") for number in range(length)))
        os.close(write)

    def __iter__(self) -> Iterator[int]:
        while data := os.read(self._out, 4):
            yield int.from_bytes(data, "big")

    def close(self) -> None:
        os.close(self._out)


def _fork(
    output: Path, batches: Sequence[range], queue: _Queue, jobs: Sequence[Job], work: Callable[[Job], Result]
) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Newer Pythons warn of threads that libraries keep; those here are idle, and the child uses none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    code = 1
    try:
        # One result after another: all of them at once would be in memory three times.
        with output.open("wb") as file:
            for pair in _done(batches, queue, jobs, work):
                pickle.dump(pair, file)
        code = 0
    finally:
        # Nothing of the parent's may run twice: no handlers at exit, no flushing of its buffers.
        os._exit(code)


def _done(
    batches: Sequence[range], queue: _Queue, jobs: Sequence[Job], work: Callable[[Job], Result]
) -> Iterator[tuple[int, Result]]:
    for batch in queue:
        for index in batches[batch]:
            try:
                yield index, work(jobs[index])
            except Exception:  # noqa: BLE001, S112 - whoever does it again meets the same error, and reports it
                continue


def _read(path: Path) -> Iterator[tuple[int, Result]]:
    size = path.stat().st_size
    with path.open("rb") as file:
        while file.tell() < size:
            # Written by our own child into a folder that only we can read.
            yield pickle.load(file)  # noqa: S301
