"""Submissions per second of the real app, beside a bare Starlette endpoint that parses the same form."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from gatepost_site.magnets import load_magnets, wording_hash
from gatepost_webhook.app import create_app
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.intake.headers import GENERAL
from gatepost_webhook.serving import listen, serve
from gatepost_webhook.settings import Settings
from gatepost_webhook.store.database import open_reader
from gatepost_webhook.store.writer import Writer
from tests.webhook.intake.house import CONSENT, SECRET, build_project

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from starlette.requests import Request
    from starlette.types import ASGIApp

CONNECTIONS = 64
SECONDS = 2.5
WARM_UP = 0.5
ROUNDS = 5


@dataclass(frozen=True)
class Figures:
    """One run."""

    per_second: float
    #: Milliseconds.
    median: float
    p99: float
    #: Microseconds of the server's processor time that a request took: what a busy machine changes least.
    work: float


def main() -> None:
    """Print both, and their ratio, over alternating runs."""
    compare()


def compare() -> tuple[float, float]:
    """Print both; return the medians of the share of requests and of the ratio of the slowest hundredth's times."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        build_project(root)
        bare, real = [], []
        for number in range(ROUNDS):
            bare.append(_measure(_serve_bare, root, number))
            real.append(_measure(_serve_real, root, number))
            ratio = real[-1].per_second / bare[-1].per_second
            print(f"  round {number + 1}: bare {_said(bare[-1])}; the app {_said(real[-1])}; {ratio:.0%}", flush=True)
        # The load of the machine changes from run to run, so each ratio is of two runs side by side.
        share = statistics.median(r.per_second / b.per_second for r, b in zip(real, bare, strict=True))
        load = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
        print(
            f"  {CONNECTIONS} connections, medians of {ROUNDS} runs: "
            f"bare {_said(_middle(bare))}; the app {_said(_middle(real))}; "
            f"{share:.0%} of the bare endpoint; load {load}"
        )
        return share, statistics.median(r.p99 / b.p99 for r, b in zip(real, bare, strict=True))


def _said(figures: Figures) -> str:
    times = f"p50 {figures.median:.1f} ms, p99 {figures.p99:.1f} ms"
    return f"{figures.per_second:,.0f}/s, {times}, {figures.work:.0f} us of processor time each"


def _middle(runs: list[Figures]) -> Figures:
    columns = zip(*((run.per_second, run.median, run.p99, run.work) for run in runs), strict=True)
    return Figures(*(statistics.median(column) for column in columns))


def _measure(server: Callable[[Path, socket.socket, Connection], None], root: Path, number: int) -> Figures:
    """Start a server in a process of its own, load it, stop it."""
    ours, theirs = multiprocessing.Pipe()
    with listen("127.0.0.1", 0) as listener:
        # Not "fork": the pages of memory that a fork shares with its parent make every collection of garbage dear.
        process = multiprocessing.get_context("spawn").Process(target=server, args=(root, listener, theirs))
        process.start()
        before: float = ours.recv()
        try:
            times, accepted = asyncio.run(_load(listener.getsockname()[1], number))
        finally:
            process.terminate()
        spent: float = ours.recv() - before
        process.join()
    if server is _serve_real:
        _check(root, accepted, number)
    return _figures(times, spent / accepted)


def _figures(times: list[float], seconds: float) -> Figures:
    times.sort()
    median, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
    return Figures(len(times) / SECONDS, median, p99, seconds * 1e6)


def _check(root: Path, accepted: int, number: int) -> None:
    """Make sure that what was measured was kept, too."""
    connection = open_reader(_settings(root).database)
    pattern = f"bench{number}.%"
    query = "SELECT count(*) FROM submission JOIN lead ON lead.id = lead_id WHERE canonical LIKE ?"
    (kept,) = connection.execute(query, (pattern,)).fetchone()
    connection.close()
    if kept < accepted:
        raise SystemExit(f"{accepted} submissions were acknowledged and {kept} kept")


def _settings(root: Path) -> Settings:
    return Settings(
        base_url="http://127.0.0.1:8000",
        data=root / "data",
        secret=SECRET,
        suppression_key=SECRET,
        trusted_proxies="127.0.0.1/32",
        _env_file=None,
    )


def _serve_real(root: Path, listener: socket.socket, ready: Connection) -> None:
    project, manifest = build_project(root)
    magnets = load_magnets(project)
    settings = _settings(root)
    with Writer(settings.database) as writer:
        app = create_app(
            settings,
            project=project,
            manifest=manifest,
            magnets=magnets,
            sequences=load_sequences(project, magnets),
            writer=writer,
            clock=SystemClock(),
        )
        _serve(app, listener, ready)


def _serve_bare(root: Path, listener: socket.socket, ready: Connection) -> None:
    _, manifest = build_project(root)
    thanks = _settings(root).site_at(manifest.site_url) + manifest.thanks["guide"]
    _serve(_bare(thanks), listener, ready)


def _serve(app: ASGIApp, listener: socket.socket, told: Connection) -> None:
    """Serve, and tell the processor time so far when that begins and when it has ended."""
    serve(app, listener, ready=lambda: told.send(time.process_time()))
    told.send(time.process_time())


def _bare(thanks: str) -> ASGIApp:
    """Return an app that parses the form as Starlette does it, and answers with as many bytes as the real one."""
    headers = [*GENERAL, (b"cache-control", b"no-store")]

    async def take(request: Request) -> Response:
        form = await request.form()
        response = Response(status_code=303, headers={"Location": thanks if form else "/"})
        response.raw_headers += headers
        return response

    return Starlette(routes=[Route("/f/{magnet}", take, methods=["POST"])])


async def _load(port: int, number: int) -> tuple[list[float], int]:
    """Return the seconds of each request after the warm-up, and how many forms were accepted in all."""
    requests = _requests(number, wording_hash(CONSENT))
    times: list[float] = []
    accepted = 0
    begin = time.perf_counter() + WARM_UP
    end = begin + SECONDS

    async def visit() -> None:
        nonlocal accepted
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (started := time.perf_counter()) < end:
            writer.write(next(requests))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 303"):
                raise SystemExit(f"not accepted: {head!r}")
            accepted += 1
            if started >= begin:
                times.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(visit() for _ in range(CONNECTIONS)))
    return times, accepted


def _requests(number: int, wording: str) -> Iterator[bytes]:
    """Yield requests of ever other people, from ever other addresses; each second one ticks the box."""
    chance = random.Random(number)
    for count in itertools.count():
        email = f"bench{number}.{count}@example.com"
        answers = {"email": email, "first_name": "Ada", "page": "/get/guide/", "website": "", "wording": wording}
        form = urlencode(answers | ({"marketing": "yes"} if count % 2 else {}))
        client = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
        yield (
            f"POST /f/guide HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nOrigin: http://127.0.0.1:8000\r\n"
            f"X-Forwarded-For: {client}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(form)}\r\n\r\n{form}"
        ).encode()


if __name__ == "__main__":
    main()
