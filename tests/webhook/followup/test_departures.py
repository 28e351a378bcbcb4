"""Writes of several lanes leave together: when half of the lanes wait, or a moment after the first."""

from __future__ import annotations

import asyncio

from gatepost_webhook.followup.departures import Departures


def test_half_of_the_lanes_leave_at_once_and_together() -> None:
    async def run() -> None:
        left: list[int] = []
        departures = Departures(4, lambda: left.append(len(left)))
        first = asyncio.create_task(departures.next())
        await asyncio.sleep(0)
        assert left == []
        await departures.next()
        await first
        assert left == [0]

    asyncio.run(run())


def test_one_that_waits_alone_leaves_after_a_moment() -> None:
    async def run() -> None:
        left: list[int] = []
        departures = Departures(64, lambda: left.append(len(left)))
        await asyncio.wait_for(departures.next(), 10)
        assert left == [0]
        # What nobody waits for leaves as well.
        await asyncio.wait_for(departures.announce(), 10)
        assert left == [0, 1]

    asyncio.run(run())


def test_a_single_lane_waits_for_nobody() -> None:
    async def run() -> None:
        left: list[int] = []
        departures = Departures(1, lambda: left.append(len(left)))
        departure = asyncio.create_task(departures.next())
        await asyncio.sleep(0)
        assert left == [0]
        await departure

    asyncio.run(run())
