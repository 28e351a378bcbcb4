"""How long builds take, against MkDocs and others on the same pages: python -m tests.bench.site [--quick].

One line a target: its name, the ratio, the target, and whether it is met. All ratios are medians of runs in turn, A B A
B, of the time on the clock; the time that processors worked stands beside, for machines that others use too.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.bench import builders, corpus
from tests.bench.ebooks import books_made_again
from tests.bench.loading import kilobytes_loaded
from tests.bench.previewing import seconds_until_shown
from tests.bench.targets import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.bench.builders import Builder

_turns = itertools.count(1)


@dataclass(frozen=True)
class Run:
    """What one run of a program took."""

    #: Seconds on the clock, and seconds that processors worked for it and its children.
    wall: float
    cpu: float
    #: MB that all its processes hold at their peak, shared memory counted once; 0 when nobody looked.
    memory: float = 0


def main() -> None:
    """Measure all targets; exit with 1 when one falls short."""
    runs = 1 if "--quick" in sys.argv else 3
    report = Report()
    ours, pruned = builders.gatepost(1000), builders.mkdocs(1000, pruned=True)
    _cold(
        report,
        "cold, 1,000 pages, MkDocs as scaffolded",
        ours,
        builders.mkdocs(1000, pruned=False),
        target=0.25,
        runs=1,
    )
    _cold(report, "cold, 1,000 pages, MkDocs pruned", ours, pruned, target=0.6, runs=runs)
    _edited(report, "one page of 1,000 edited, MkDocs pruned", ours, pruned, target=0.09, runs=runs)
    for peer in builders.PEERS:
        other = peer(1000)
        _edited(report, f"one page of 1,000 edited, {other.name}", ours, other, target=1.0, runs=runs)
        _cold(Told(), f"(cold, 1,000 pages, {other.name})", ours, other, target=1.0, runs=1)
    large = builders.gatepost(5000)
    _edited(
        report,
        "one page of 5,000 edited, MkDocs pruned",
        large,
        builders.mkdocs(5000, pruned=True),
        target=0.05,
        runs=1,
    )
    _memory(report, ours, pruned)
    report.line("books made again after editing one of two", books_made_again(), 1)
    report.line("a saved page of 1,000 shown by gatepost serve", seconds_until_shown(ours.root), 1.0, " s")
    report.line("first load of a page of 1,000", kilobytes_loaded(ours), 100, " kB")
    sys.exit(1 if report.short else 0)


class Told(Report):
    """Prints a comparison that is no target."""

    def line(self, name: str, value: float, target: float, unit: str = "", note: str = "") -> None:
        """Print the figure alone."""
        print(f"{name:<58} {value:8.3f}{unit}{'':<20}{note}", flush=True)


def _cold(report: Report, name: str, ours: Builder, other: Builder, *, target: float, runs: int) -> None:
    pairs = [(_run(ours, cold=True), _run(other, cold=True)) for _ in range(runs)]
    _ratio(report, name, pairs, target)


def _edited(report: Report, name: str, ours: Builder, other: Builder, *, target: float, runs: int) -> None:
    for builder in (ours, other):
        _run(builder)
    # Ours takes a fraction of the time: more runs of it cost little, and steady the figure.
    pairs = [(_after_edit(ours, 3), _after_edit(other, 1)) for _ in range(runs)]
    _ratio(report, name, pairs, target)


def _after_edit(builder: Builder, times: int) -> Run:
    runs = []
    for _ in range(times):
        corpus.edit(builder.root, 123, next(_turns))
        runs.append(_run(builder))
    return Run(median(run.wall for run in runs), median(run.cpu for run in runs))


def _ratio(report: Report, name: str, pairs: Sequence[tuple[Run, Run]], target: float) -> None:
    ours, theirs = (median(run.wall for run in side) for side in zip(*pairs, strict=True))
    work = median(our.cpu / their.cpu for our, their in pairs)
    note = f"  {ours:.2f} s : {theirs:.2f} s, processors {work:.3f}"
    report.line(name, median(our.wall / their.wall for our, their in pairs), target, note=note)


def _memory(report: Report, ours: Builder, other: Builder) -> None:
    peaks = [_run(builder, cold=True, watch=True).memory for builder in (ours, other)]
    report.line(
        "memory of a cold build, 1,000 pages", peaks[0] / peaks[1], 1.2, note="  {:.0f} MB : {:.0f} MB".format(*peaks)
    )


def _run(builder: Builder, *, cold: bool = False, watch: bool = False) -> Run:
    if cold:
        builder.forget()
    started = time.perf_counter()
    process = subprocess.Popen(
        builder.command, cwd=builder.root, env=builders.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    peak = _Peak(process.pid) if watch else None
    assert process.stderr
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"{builder.name} failed:\n{said.decode(errors='replace')}")
    return Run(wall, usage.ru_utime + usage.ru_stime, peak.stop() if peak else 0)


class _Peak:
    """Looks at the memory of a process and its children every tenth of a second."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._most = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> float:
        """Return the most that was seen, in MB."""
        self._end.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._end.wait(0.1):
            self._most = max(self._most, sum(_proportional(process) for process in _tree(self._process)))


def _tree(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in _text(task).split():
            yield from _tree(int(child))


def _proportional(process: int) -> float:
    lines = _text(Path(f"/proc/{process}/smaps_rollup")).splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
