"""What another thread has done comes back to who waits for it, in whichever loop."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from gatepost_webhook.store.arrivals import Arrivals


def _waiting(arrivals: Arrivals, jobs: list[Future[int]], finish: threading.Thread) -> list[int | BaseException]:
    async def run() -> list[int | BaseException]:
        waits = [asyncio.ensure_future(arrivals.wait_for(job, 10)) for job in jobs]
        await asyncio.sleep(0)
        finish.start()
        return await asyncio.gather(*waits, return_exceptions=True)

    return asyncio.run(run())


def test_each_gets_its_own_result_or_exception() -> None:
    jobs: list[Future[int]] = [Future() for _ in range(300)]
    mistake = ValueError("a bad job")

    def finish() -> None:
        for number, job in enumerate(jobs):
            if number % 7:
                job.set_result(number)
            else:
                job.set_exception(mistake)

    found = _waiting(Arrivals(), jobs, threading.Thread(target=finish))

    assert found == [number if number % 7 else mistake for number in range(300)]


def test_what_was_done_before_anybody_waits_arrives_too() -> None:
    job: Future[int] = Future()
    job.set_result(7)

    assert asyncio.run(Arrivals().wait_for(job, 10)) == 7


def test_several_loops_may_wait_at_once() -> None:
    arrivals = Arrivals()
    with ThreadPoolExecutor(4) as work, ThreadPoolExecutor(4) as loops:

        def run(number: int) -> list[int]:
            async def wait() -> list[int]:
                jobs = [work.submit(pow, number, power) for power in range(50)]
                return list(await asyncio.gather(*(arrivals.wait_for(job, 10) for job in jobs)))

            return asyncio.run(wait())

        found = list(loops.map(run, range(1, 9)))

    assert found == [[number**power for power in range(50)] for number in range(1, 9)]


def test_who_waits_too_long_is_told_so_and_the_job_is_left() -> None:
    job: Future[int] = Future()

    with pytest.raises(TimeoutError):
        asyncio.run(Arrivals().wait_for(job, 0.01))

    assert job.cancelled()
