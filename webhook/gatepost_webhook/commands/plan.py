"""`gatepost plan`: what publishing the sequences as they stand would do to the leads who are inside."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.surroundings import Surroundings
from gatepost_webhook.foresight import forecast_text
from gatepost_webhook.foresight.forecast import forecast
from gatepost_webhook.leads.listing import visible
from gatepost_webhook.options import data_option, project_option
from gatepost_webhook.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gatepost_webhook.foresight.forecast import Forecast


@click.command("plan")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Sentences for people, JSON for programs, or Markdown for a pull request.",
)
@click.option("-v", "--verbose", is_flag=True, help="List the leads of each consequence, their addresses masked.")
@click.option("--show-addresses", is_flag=True, help="List them, and mask nothing.")
@click.option("--may-repeat", is_flag=True, help="Do not refuse that somebody gets a message again.")
@data_option
@project_option
def command(
    *, style: str, verbose: bool, show_addresses: bool, may_repeat: bool, data: Path | None, root: Path
) -> None:
    """Say what publishing the sequences as they stand would do to the leads inside, before it is published.

    Compares the files with what each lead was planned with, and counts who would get what again, who misses what, who
    waits how long. The database is only read. Ends with code 1 when it refuses: when somebody would get a message
    again, and when a sequence with leads inside changed without an 'on_change'.

    \b
    Examples:
      gatepost plan
      gatepost plan --verbose
      gatepost plan --format markdown > comment.md
    """
    project = Project.at(root)
    sequences = load_sequences(project, load_magnets(project))
    settings = load_settings() if data is None else load_settings(data=data)
    about = Surroundings(settings.zone)
    with leads_read(data) as connection:
        found = forecast(connection, sequences, project, about, SystemClock().now(), may_repeat=may_repeat)
    shown = visible if show_addresses else forecast_text.masked if verbose else None
    _show(found, style, shown)
    if any(one.refusals for one in found):
        sys.exit(1)


def _show(found: list[Forecast], style: str, shown: Callable[[str], str] | None) -> None:
    if style == "json":
        click.echo(json.dumps(forecast_text.data(found, shown=shown), indent=2, ensure_ascii=False))
        return
    written = forecast_text.markdown if style == "markdown" else forecast_text.text
    for line in written(found, shown=shown):
        click.echo(line)
    if style == "text":
        for refusal in (refusal for one in found for refusal in one.refusals):
            click.echo(f"refused: {refusal}")
