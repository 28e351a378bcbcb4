"""Intake, queue and sending against their targets: python -m tests.bench.engine [--quick]."""

from __future__ import annotations

import sys

from tests.bench import intake, worker
from tests.bench.queue import claim_seconds, memory_while_sending
from tests.bench.targets import Report


def main() -> None:
    """Measure all targets; exit with 1 when one falls short. `--quick` leaves out what takes millions of leads."""
    report = Report()
    _intake(report)
    _sending(report)
    quick = "--quick" in sys.argv
    _claims(report, 1_000_000 if quick else 3_000_000)
    mails = 10_000 if quick else 100_000
    early, late = memory_while_sending(mails)
    report.line(f"memory after {mails:,} mails, to that after a tenth", late / early, 1.1, note=f"  {late:.0f} MB")
    sys.exit(1 if report.short else 0)


def _intake(report: Report) -> None:
    share, slowest = intake.compare()
    report.at_least("submissions, share of a bare endpoint's", share * 100, 60, " %")
    report.line("p99 of submissions, to a bare endpoint's", slowest, 3)


def _sending(report: Report) -> None:
    with worker.relay() as port, worker.relay(worker.DELAY) as slow:
        name = f"mails a second into a fast sink, {worker.FAST} connections"
        report.at_least(name, worker.sending(port), 2500, "/s")
        allowed = worker.CONNECTIONS / (worker.REPLIES * worker.DELAY)
        share = worker.sending(slow, connections=worker.CONNECTIONS) / allowed
        name = f"{worker.CONNECTIONS} connections, {worker.DELAY * 1000:.0f} ms a reply, share of what that allows"
        report.at_least(name, share * 100, 80, " %")


def _claims(report: Report, most: int) -> None:
    seconds = {waiting: claim_seconds(waiting) for waiting in (100_000, 1_000_000, most)}
    note = f"  {seconds[most]:.1f} s for 10,000"
    report.line(f"claims among {most:,} leads, to 100,000", seconds[most] / seconds[100_000], 2, note=note)
    report.line(f"claims among {most:,} leads, to 1,000,000", seconds[most] / seconds[1_000_000], 1.2)


if __name__ == "__main__":
    main()
