"""gatepost purge: deletes what has been kept for long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.leads.retention import PORTION, foreseen, purge, said
from gatepost_webhook.options import data_option
from gatepost_webhook.progress import progress
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from pathlib import Path


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@data_option
def command(*, dry_run: bool, data: Path | None) -> None:
    """Delete what has been kept for long enough: 'gatepost run' and 'gatepost work' do it once a day by themselves.

    Leads who never confirmed, leads who did nothing any more (off unless GATEPOST_KEEP_INACTIVE_DAYS is set), the bytes
    of mails that were sent, proofs of the consent of people who were erased. How long each is kept is a setting.

    \b
    Example:
      gatepost purge --dry-run
    """
    settings = load_settings(**({"data": data} if data else {}))
    now = SystemClock().now()
    with leads_read(data) as connection:
        counts = foreseen(connection, settings, now=now)
    if not dry_run and counts:
        portions = sum(-(-count // PORTION) for count in counts.values())
        with Writer(settings.database) as writer, progress("Deleting", portions) as step:
            counts = purge(writer, settings, now=now, step=step)
    words = said(counts)
    click.echo(f"{'Would delete' if dry_run else 'Deleted'}: {words}." if words else "Nothing is old enough.")
