"""`gatepost review`: the leads in Datasette, on a copy that holds nothing which must not be seen."""

from __future__ import annotations

import importlib
import signal
import threading
import webbrowser
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.leads.times import local_time, zone_name
from gatepost_webhook.options import data_option
from gatepost_webhook.progress import progress
from gatepost_webhook.review.metadata import DATABASE, review_metadata
from gatepost_webhook.review.safe_copy import Copied, make_copy
from gatepost_webhook.review.scratch import scratch_folder
from gatepost_webhook.serving import listen, serve
from gatepost_webhook.store.owner import count_rows

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType


class NotInstalledError(GatepostError):
    """An extra of the package is not installed."""


@click.command("review")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default="a free one", help="Port to use.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@data_option
def command(*, port: int, no_browser: bool, data: Path | None) -> None:
    """Look at the leads in Datasette: tables, search, questions with answers, your own SQL.

    It shows a copy, made now: without tokens, network addresses and the text of mails, and with cells that no
    spreadsheet takes for formulas. Only this machine can open it, and only with the address that it prints, which
    works once. When it stops, the copy is removed.

    \b
    Example:
      gatepost review --data data
    """
    if find_spec("datasette") is None:
        raise NotInstalledError("review needs Datasette, which is not installed; run: pip install 'gatepost[review]'")
    with suppress(KeyboardInterrupt), _stoppable(), scratch_folder() as folder:
        copy = folder / f"{DATABASE}.db"
        taken_at = SystemClock().now()
        copied = _copied(data, copy)
        with listen("127.0.0.1", port) as listener:
            _show(copy, copied, listener, taken_at=taken_at, browse=not no_browser)
    click.echo("\nStopped. The copy is removed.")


def _copied(data: Path | None, copy: Path) -> Copied:
    with leads_read(data) as source, progress("Copying", sum(count_rows(source).values())) as step:
        return make_copy(source, copy, step=step)


def _show(copy: Path, copied: Copied, listener: socket.socket, *, taken_at: int, browse: bool) -> None:
    # Datasette takes a second to import, and is an extra that may not be there: only a review needs it.
    pages = importlib.import_module("gatepost_webhook.review.pages")
    metadata = review_metadata(copied, taken_at=taken_at)
    app, address = pages.review_app(copy, metadata, port=listener.getsockname()[1])

    def announce() -> None:
        click.echo(_words(copied, address, taken_at))
        if browse:
            # A browser in the terminal would hold up the server.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    serve(app, listener, ready=announce)


def _words(copied: Copied, address: str, taken_at: int) -> str:
    count = copied.rows["leads"]
    leads = "no leads yet" if count == 0 else f"{count:,} {'lead' if count == 1 else 'leads'}"
    return f"""\
Shows {leads} and everything that happened with them, as of {local_time(taken_at)} {zone_name()}.
It is a copy: start it again to see what came later; nothing in it changes or sends anything.

  {address}

The address works once, on this machine. Ctrl-C stops, and removes the copy."""


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM, and a closed terminal, end the program as Ctrl-C does: the copy must go in every case."""
    handlers: dict[int, Callable[[int, FrameType | None], object]] = {signal.SIGTERM: signal.default_int_handler}
    if (hang_up := getattr(signal, "SIGHUP", None)) is not None:
        # By way of SIGTERM, which the server knows how to obey while it serves.
        handlers[hang_up] = lambda *_: signal.raise_signal(signal.SIGTERM)
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
