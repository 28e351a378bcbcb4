"""gatepost consent: what a person agreed to, and the proof of it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.leads.consent_story import as_json, as_text, consent_story
from gatepost_webhook.leads.named import find_person
from gatepost_webhook.options import data_option
from gatepost_webhook.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path


@click.command("consent")
@click.argument("name", metavar="ADDRESS_OR_ID")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For programs."
)
@data_option
def command(*, name: str, form: str, data: Path | None) -> None:
    """Show what a person agreed to: when, on which page, how, in exactly which words, and every later change.

    Of who was erased it shows what is kept as proof, found by the keyed hash of the address. The exit code is 1 when
    nothing is known of the address, or when words in the database are not those that were shown.

    \b
    Example:
      gatepost consent ada@example.com
    """
    settings = load_settings(**({"data": data} if data else {}))
    with leads_read(data) as connection:
        story = consent_story(connection, find_person(connection, name, settings.address_key))
    if form == "json":
        click.echo(json.dumps(as_json(story), ensure_ascii=False, indent=2))
    elif story.is_empty:
        click.echo(f"Nothing is known of {story.email}.")
    else:
        for line in as_text(story):
            click.echo(line)
    if story.is_empty or not all(turn.is_intact for turn in story.turns):
        sys.exit(1)
