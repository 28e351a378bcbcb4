"""What another thread has done comes back to who waits for it, in whichever loop."""

from __future__ import annotations

import asyncio
import functools
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from gatepost_webhook.errors import StoreBusyError
from gatepost_webhook.store.arrivals import Arrivals, Ticket


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


def test_a_ticket_brings_a_result_or_an_exception_from_another_thread() -> None:
    mistake = ValueError("a bad job")

    async def run() -> list[object]:
        arrivals = Arrivals()
        with ThreadPoolExecutor(4) as work:

            def begin(ticket: Ticket[int], number: int) -> None:
                if number % 7:
                    work.submit(ticket.set_result, number)
                else:
                    work.submit(ticket.set_exception, mistake)

            waits = [arrivals.ask(functools.partial(begin, number=number), 10) for number in range(300)]
            return list(await asyncio.gather(*waits, return_exceptions=True))

    assert asyncio.run(run()) == [number if number % 7 else mistake for number in range(300)]


def test_who_waits_too_long_for_a_ticket_is_told_and_the_result_that_comes_later_harms_nobody() -> None:
    async def run() -> tuple[bool, bool]:
        tickets: list[Ticket[int]] = []
        with pytest.raises(TimeoutError):
            await Arrivals().ask(tickets.append, 0.01)
        still_wanted = tickets[0].set_running_or_notify_cancel()
        tickets[0].set_result(1)
        await asyncio.sleep(0.01)
        return still_wanted, tickets[0].done()

    assert asyncio.run(run()) == (False, True)


def test_what_cannot_be_begun_is_said_at_once() -> None:
    def refuse(_: Ticket[int]) -> None:
        raise StoreBusyError("too many wait")

    with pytest.raises(StoreBusyError):
        asyncio.run(Arrivals().ask(refuse, 10))
