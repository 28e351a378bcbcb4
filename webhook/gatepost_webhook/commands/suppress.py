"""`gatepost suppress`: see that addresses get no mail."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from gatepost_webhook.bounces.deeds import Office, suppress_by_owner
from gatepost_webhook.bounces.lists import read_list
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.leads.address import AddressError, normalise
from gatepost_webhook.options import data_option
from gatepost_webhook.progress import progress
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.bounces.lists import Entry
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.suppressions import Reason

#: Addresses in one transaction.
_BATCH = 500


@click.command("suppress")
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1)
@click.option(
    "--reason",
    type=click.Choice(["owner", "unsubscribed", "not-me", "bounced", "complained"]),
    default="owner",
    show_default=True,
    help="Why; with --import, for lines that give no reason. unsubscribed still lets through what they ask for.",
)
@click.option(
    "--import",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list: an address a line, or CSV with a column email and perhaps a column reason.",
)
@data_option
def command(*, addresses: tuple[str, ...], reason: str, file: Path | None, data: Path | None) -> None:
    """Send no mail to an ADDRESS any more: what waits is cancelled, sequences end.

    Bring the list of your former tool along before you send anything, or people who left there hear from you again.
    A line that is no address is named; all others are taken. Only hashes are kept of addresses that are no lead's.

    \b
    Example:
      gatepost suppress --import former-tool.csv --reason unsubscribed
    """
    if not addresses and file is None:
        raise click.UsageError("Name an address, or a list with --import.")
    known = [_canonical(address) for address in addresses]
    settings = load_settings(**({"data": data} if data else {}))
    office, why = Office.of(settings, SystemClock()), cast("Reason", reason)
    with Writer(settings.database) as writer:
        changed = writer.run(partial(_suppress, office=office, entries=[(one, why) for one in known]))
        mistakes = _import(writer, office, file, why) if file else []
    if known:
        _say(changed, len(known))
    for mistake in mistakes:
        click.echo(mistake, err=True)
    if mistakes:
        sys.exit(1)


def _suppress(connection: Connection, *, office: Office, entries: list[tuple[str, Reason]]) -> int:
    return sum(suppress_by_owner(connection, office, canonical, reason) for canonical, reason in entries)


def _import(writer: Writer, office: Office, file: Path, reason: Reason) -> list[str]:
    """Take a list over, and return what is wrong with it."""
    mistakes: list[str] = []
    taken = changed = 0
    with progress("Suppressing", _lines(file)) as step:
        for batch in _batches(read_list(file, step=step)):
            mistakes += [f"{file}:{entry.line}: {entry.mistake}" for entry in batch if entry.mistake]
            good = [(entry.canonical, entry.reason or reason) for entry in batch if not entry.mistake]
            changed += writer.run(partial(_suppress, office=office, entries=good))
            taken += len(good)
    _say(changed, taken)
    return mistakes


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _lines(file: Path) -> int:
    with file.open("rb") as opened:
        return sum(1 for _ in opened)


def _say(changed: int, named: int) -> None:
    already = f"; {named - changed:,} were already" if changed < named else ""
    click.echo(f"{changed:,} {'address is' if changed == 1 else 'addresses are'} suppressed now{already}.")


def _canonical(address: str) -> str:
    try:
        return normalise(address)[1]
    except AddressError as error:
        raise click.BadParameter(f"{error} Found {address!r}.", param_hint="'ADDRESS'") from error
