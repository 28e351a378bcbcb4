"""`gatepost unsuppress`: let an address get mail again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gatepost_webhook.bounces.deeds import Office, unsuppress_by_owner
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.leads.address import AddressError, normalise
from gatepost_webhook.options import data_option
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from pathlib import Path

_WHY = {
    "complained": "they called a mail of yours spam",
    "unsubscribed": "they unsubscribed; a form that they send and confirm themselves ends that too",
    "not-me": "they said that it was not them who asked",
}


@click.command("unsuppress")
@click.argument("address")
@click.option(
    "--yes-they-asked",
    is_flag=True,
    help="They asked you themselves, and you can show it. Needed where it was their own wish to hear no more.",
)
@data_option
def command(*, address: str, yes_they_asked: bool, data: Path | None) -> None:
    """Let an ADDRESS get mail again that bounced, or that you suppressed.

    It brings no consent back, and no sequence: it only takes the address off the list.

    \b
    Example:
      gatepost unsuppress anna@example.com
    """
    try:
        canonical = normalise(address)[1]
    except AddressError as error:
        raise click.BadParameter(str(error), param_hint="'ADDRESS'") from error
    settings = load_settings(**({"data": data} if data else {}))
    office = Office.of(settings, SystemClock())
    with Writer(settings.database) as writer:
        lifted, refused = writer.run(
            lambda connection: unsuppress_by_owner(connection, office, canonical, their_wish=yes_they_asked)
        )
    for one in lifted:
        click.echo(f"{address} is not suppressed any more (it was: {one.scope}, {one.reason}).")
    for one in refused:
        click.echo(
            f"gatepost: {address} stays suppressed ({one.scope}, {one.reason}): {_WHY[one.reason]}; "
            "if they asked you to write again, add --yes-they-asked",
            err=True,
        )
    if refused:
        sys.exit(1)
    if not lifted:
        click.echo(f"{address} is not suppressed.")
