"""Leads who come into sequences: many at once, and those of whom time alone has made something true."""

from __future__ import annotations

import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost_webhook.clock import MovableClock
from gatepost_webhook.followup.crowds import enrol_all, portions
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.sweeping import PAUSE, Sweep
from gatepost_webhook.store.writer import Writer
from tests.bench.queue import fill_leads
from tests.bench.worker import outfit_in
from tests.webhook.followup.desk import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.followup.outfit import Outfit

#: Looks that are taken together, so that one is not lost in the noise.
LOOKS = 200
#: Rows written in one statement's run.
_CHUNK = 50_000
ENTERING = """\
title: After a while
fallbacks: {first_name: there}
enter: [{when: came more than 30 days ago and not downloaded}]
steps: [{key: first, wait: 1 day, message: first.md}]
"""


@contextmanager
def leads(count: int) -> Iterator[Outfit]:
    """Open a database with so many willing leads who are in no sequence."""
    with tempfile.TemporaryDirectory() as name, Writer(Path(name) / "leads.db") as writer:
        outfit = outfit_in(Path(name), writer, 25, smtp=False)
        for first in range(0, count, _CHUNK):
            writer.run(lambda c, first=first: fill_leads(c, first, min(_CHUNK, count - first)))  # type: ignore[misc]
        yield outfit


def enrolled_per_second(count: int) -> float:
    """Return how many leads are enrolled in a second of this process's time, the writer's included."""
    with leads(count) as outfit:
        sequence, now = outfit.sequences["after"], outfit.clock.now()
        done, started = 0, time.process_time()
        for some in portions(range(1, count + 1)):
            done += outfit.writer.run(
                lambda c, some=some: enrol_all(  # type: ignore[misc]
                    c, some, sequence, hash_of=outfit.hash_of, about=outfit.surroundings, cause="when", now=now
                )
            )
        if done != count:
            raise RuntimeError(f"{done} leads came in, not {count}")
        return count / (time.process_time() - started)


def looking_round_seconds(count: int) -> float:
    """Return the seconds of this process's time for a look among so many leads of whom nothing has become true."""
    with leads(count) as without:
        file = without.project.sequences / "after" / "sequence.yml"
        file.write_text(ENTERING, encoding="utf-8")
        outfit = replace(without, sequences=load_sequences(without.project, without.magnets))
        clock = outfit.clock
        assert isinstance(clock, MovableClock)
        sweep = Sweep()
        while sweep.is_due(outfit):
            sweep.go_on(outfit.writer.run, outfit)
        clock.advance(DAY)
        started = time.process_time()
        for _ in range(LOOKS):
            clock.advance(PAUSE)
            sweep.go_on(outfit.writer.run, outfit)
        return (time.process_time() - started) / LOOKS


def main() -> None:
    """Print what coming in costs."""
    print(f"  {enrolled_per_second(100_000):,.0f} leads enrolled in bulk a second of processor time", flush=True)
    for count in (10_000, 100_000, 1_000_000):
        print(f"  {looking_round_seconds(count) * 1000:.2f} ms to look round among {count:>9,} leads", flush=True)


if __name__ == "__main__":
    main()
