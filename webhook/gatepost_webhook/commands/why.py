"""`gatepost why`: what a lead got and did not get, by which rule, and what comes next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.followup.reload import sequences_in_force
from gatepost_webhook.followup.surroundings import Surroundings
from gatepost_webhook.foresight.account import chapters_of
from gatepost_webhook.foresight.account_text import account_data, account_lines
from gatepost_webhook.foresight.person import find_person
from gatepost_webhook.options import data_option, project_option
from gatepost_webhook.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path


@click.command("why")
@click.argument("lead", metavar="LEAD")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Sentences for people, or JSON for programs.",
)
@data_option
@project_option
def command(*, lead: str, style: str, data: Path | None, root: Path) -> None:
    """Explain what a LEAD (an address, or a number) got and did not get, and what comes next.

    Each decision stands with its rule, and with file, line and column of the step or condition that decided. The rule
    is the one of the version that was in force; when the file reads otherwise now, that is said. Nothing is written.

    \b
    Examples:
      gatepost why anna@example.com
      gatepost why 12 --format json
    """
    project = Project.at(root)
    sequences, _ = sequences_in_force(project, load_magnets(project), lambda _: None)
    settings = load_settings() if data is None else load_settings(data=data)
    now = SystemClock().now()
    with leads_read(data) as connection:
        person = find_person(connection, lead, settings.address_key)
        if person is None:
            raise click.UsageError(
                f"there is no such lead, found {lead!r}; write an address or a number; 'gatepost leads --search' finds"
            )
        chapters = chapters_of(connection, person.id, sequences, project, Surroundings(settings.zone), now)
    if style == "json":
        click.echo(json.dumps(account_data(person, chapters), indent=2, ensure_ascii=False))
        return
    for line in account_lines(person, chapters, now):
        click.echo(line)
