"""gatepost backup: a whole copy of the leads."""

from __future__ import annotations

import time
from pathlib import Path

import click

from gatepost_webhook.clock import SystemClock
from gatepost_webhook.errors import StoreError
from gatepost_webhook.options import data_option
from gatepost_webhook.settings import Settings, load_settings
from gatepost_webhook.store.backups import write_backup

_PATTERN = "leads-[0-9]*T[0-9]*Z.db"


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(min=1), help="In a folder: remove older backups, and keep so many.")
@data_option
def command(*, file: Path, keep: int | None, data: Path | None) -> None:
    """Write a whole copy of the leads to FILE, while everything runs.

    The copy is one moment's state, is read back before it gets its name, and belongs to you alone (mode 0600). When
    FILE is a folder, the copy is named by the time (UTC) in it. Copy it to another machine, and with it the two
    secrets of the data folder, unless they are in the environment: without the suppression key, everybody who has
    left would be written to again.

    \b
    Examples:
      gatepost backup leads-before-the-update.db
      gatepost backup /var/backups/gatepost/ --keep 14
    """
    settings = load_settings(**({"data": data} if data else {}))
    now = SystemClock().now()
    if keep and not file.is_dir():
        raise click.UsageError(f"--keep needs a folder, and {file} is none; make it first, or leave --keep out")
    target = file / time.strftime("leads-%Y%m%dT%H%M%SZ.db", time.gmtime(now)) if file.is_dir() else file
    if target.exists():
        raise StoreError(f"{target}: exists already; name another file, or a folder")
    size = write_backup(settings.database, target, now=now)
    removed = _rotate(file, keep) if keep else 0
    click.echo(f"{target}: {size / 1_000_000:.1f} MB, read back and whole." + _removed(removed))
    if beside := _secrets_beside(settings):
        click.echo(f"Keep with it: {' and '.join(map(str, beside))}.")


def _rotate(folder: Path, keep: int) -> int:
    old = sorted(folder.glob(_PATTERN))[:-keep]
    for path in old:
        path.unlink()
    return len(old)


def _removed(count: int) -> str:
    return f" {count} older {'one' if count == 1 else 'ones'} removed." if count else ""


def _secrets_beside(settings: Settings) -> list[Path]:
    """Return the secrets that are files of the data folder: a backup is of use only together with them."""
    return [path for path in (settings.data / "secret", settings.data / "suppression-key") if path.is_file()]
