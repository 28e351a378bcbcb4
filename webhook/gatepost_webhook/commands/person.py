"""gatepost person: everything that is kept about one person, for when they ask."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.leads.named import find_person
from gatepost_webhook.leads.person import everything_about
from gatepost_webhook.leads.private_file import private_file
from gatepost_webhook.options import data_option
from gatepost_webhook.settings import load_settings


@click.command("person")
@click.argument("name", metavar="ADDRESS_OR_ID")
@click.option("--output", type=click.Path(path_type=Path), help="Write a file (mode 0600) instead.")
@click.option("--force", is_flag=True, help="Replace the file when it exists.")
@data_option
def command(*, name: str, output: Path | None, force: bool, data: Path | None) -> None:
    """Write everything that is kept about one person, and about nobody else, as JSON.

    Every row of every table that is about them, the exact words that they agreed to, the mails whose bytes are kept,
    and the names of files. It is what the person gets by 'Download my data' on the preferences page.

    \b
    Example:
      gatepost person ada@example.com --output ada.json
    """
    settings = load_settings(**({"data": data} if data else {}))
    with leads_read(data) as connection:
        person = find_person(connection, name, settings.address_key)
        found = everything_about(connection, settings, person, now=SystemClock().now())
    text = json.dumps(found, ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
    else:
        with private_file(output, force=force) as file:
            file.write(text + "\n")
        click.echo(f"{person.email}: written to {output}.")
    if not found["kept"]:
        click.echo(f"Nothing is kept about {person.email}.", err=True)
