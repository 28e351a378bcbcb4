"""Opens the port, and serves an app under uvicorn until it is asked to stop."""

from __future__ import annotations

import gc
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from gatepost_webhook.errors import GatepostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

#: Seconds that open requests may take once the process was asked to stop.
_GRACE_SECONDS = 10
#: Seconds after which an idle connection is closed.
_KEEP_ALIVE_SECONDS = 5
#: New objects between two looks for garbage that refers to itself.
_COLLECT_EVERY = 10_000


class PortInUseError(GatepostError):
    """Something listens on that port already."""


def listen(host: str, port: int) -> socket.socket:
    """Open the port. Raises PortInUseError with the way out."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortInUseError(
            f"port {port} on {host} cannot be opened ({error.strerror}); stop what uses it, or write --port {port + 1}"
        ) from error
    return listener


def serve(app: ASGIApp, listener: socket.socket, *, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGINT or SIGTERM, then let open requests finish and return."""
    server = _Server(_config(app), ready)
    _settle()
    # uvicorn raises the signal again after it has shut down, so that programs die of it; this ends with code 0.
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _settle() -> None:
    """Let the collection of garbage leave alone what was loaded: it lives as long as the process."""
    gc.collect()
    gc.freeze()
    # Requests that wait for the same commit are no garbage: looking at them every 700 objects finds nothing.
    gc.set_threshold(_COLLECT_EVERY)


@contextmanager
def served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve in a thread while the context is open."""
    started = threading.Event()
    server = _Server(_config(app), started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="gatepost-server", daemon=True)
    thread.start()
    if not started.wait(_GRACE_SECONDS):
        raise GatepostError("the server did not start within 10 seconds")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


class _Server(uvicorn.Server):
    """uvicorn, telling when it accepts connections."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        # Access logs would hold tokens; the app logs what matters without them.
        access_log=False,
        # Its own would write to another place, and in another way than ours.
        log_config=None,
        log_level="warning",
        server_header=False,
        # The app itself judges forwarded headers, by the networks that the settings name.
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        lifespan="off",
    )
