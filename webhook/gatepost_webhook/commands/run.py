"""gatepost run: site, webhook and worker in one process."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from gatepost_webhook.clock import SystemClock
from gatepost_webhook.followup.reload import last_known
from gatepost_webhook.front import front_of
from gatepost_webhook.household import Household
from gatepost_webhook.logs import keep_logs
from gatepost_webhook.options import data_option, project_option
from gatepost_webhook.parts import load_parts
from gatepost_webhook.serving import listen, serve
from gatepost_webhook.settings import load_settings, unknown_variables

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.settings import Settings


@click.command(short_help="Serve site, webhook and worker in one process.")
@project_option
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--no-worker", is_flag=True, help="Send nothing; 'gatepost work' does it elsewhere.")
@click.option("--no-site", is_flag=True, help="Serve the webhook alone; the site is hosted elsewhere.")
def command(root: Path, data: Path | None, host: str, port: int, *, no_worker: bool, no_site: bool) -> None:
    """Serve the built site, take submissions and send what is due, until Ctrl-C or SIGTERM.

    \b
    Example, behind a proxy that speaks TLS:
      GATEPOST_BASE_URL=https://leads.example.com gatepost run --port 8000
    """
    for sentence in unknown_variables():
        click.echo(f"gatepost: {sentence}", err=True)
    settings = load_settings(**({"data": data} if data else {}))
    if "base_url" not in settings.model_fields_set:
        # Nobody said under which address people come, so it is the one that we listen on; for the site too, if it is
        # served here, or the thank-you page would be looked for where nothing may be yet.
        here = _own_address(host, port)
        site = {} if no_site or settings.site_url else {"site_url": here}
        settings = settings.model_copy(update={"base_url": here, **site})
    keep_logs(logging.INFO)
    parts = load_parts(root, last_good=last_known(settings.database))
    with ExitStack() as stack:
        listener = stack.enter_context(listen(host, port))
        household = stack.enter_context(Household(settings, parts, SystemClock(), working=not no_worker))
        app = front_of(household, serve_site=not no_site)
        serve(app, listener, ready=lambda: click.echo(_ready(settings, host, port, working=not no_worker)))
    click.echo("Stopped.")


def _own_address(host: str, port: int) -> str:
    """Return the address under which a browser on this machine finds us."""
    names = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - listening everywhere is the operator's choice
    return f"http://{names.get(host, f'[{host}]' if ':' in host else host)}:{port}"


def _ready(settings: Settings, host: str, port: int, *, working: bool) -> str:
    roads = {"mailbox": f"mail is kept in {settings.mailbox}/", "smtp": f"mail goes to {settings.smtp_host}"}
    sending = roads[settings.channel] if working else "nothing is sent (--no-worker)"
    return f"Gatepost listens on http://{host}:{port} as {settings.base_url}; {sending}. Ctrl-C stops it."
