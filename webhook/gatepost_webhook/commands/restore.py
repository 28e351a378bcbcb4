"""gatepost restore: a backup in the place of the leads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gatepost_webhook.clock import SystemClock
from gatepost_webhook.doctor.verdicts import counted
from gatepost_webhook.leads.times import local_time
from gatepost_webhook.options import data_option
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.backups import restore_backup

if TYPE_CHECKING:
    from gatepost_webhook.store.backups import Restored


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def command(*, file: Path, data: Path | None) -> None:
    """Put the backup FILE in the place of the leads' database.

    Nothing is sent afterwards until you say so: look at what would be sent with 'gatepost resume'. The database that
    was there is kept beside it. While it can be read, what happened since the backup is taken over from it: mails that
    went out, people who left or came, and erasures. Stop 'gatepost run' and 'gatepost work' before.

    \b
    Example:
      gatepost restore /var/backups/gatepost/leads-20261125T030000Z.db
    """
    settings = load_settings(**({"data": data} if data else {}))
    restored = restore_backup(file, settings.database, key=settings.address_key, now=SystemClock().now())
    made = f" of {local_time(restored.made_at)}" if restored.made_at else ""
    click.echo(f"The backup{made} is in place: {settings.database}")
    if restored.aside:
        click.echo(
            f"The database that was there is kept: {restored.aside}. Delete it when you need it no more: "
            "erasing somebody does not reach into it."
        )
    for line in _taken_over(restored):
        click.echo(line)
    click.echo("Nothing is sent until you say so. See what would be sent with: gatepost resume")


def _taken_over(restored: Restored) -> list[str]:
    carried = restored.carried
    if carried is None:
        return ["What happened since the backup is not known: nothing could be taken over."]
    erased = f"{carried.erased} {'person' if carried.erased == 1 else 'people'} erased again"
    if not carried.related:
        other = "the database that was there is not this backup's, its history is another"
        return [f"Taken over: {erased}, and who gets no mail. Nothing else: {other}."]
    mails = f"{counted(carried.mails, 'mail')} sent or given up since"
    leads = f"{counted(carried.leads, 'lead')} who came since"
    return [f"Taken over from it: {mails}, {leads}, {erased}, and who has left."]
