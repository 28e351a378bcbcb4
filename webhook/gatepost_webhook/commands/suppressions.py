"""`gatepost suppressions`: how many addresses get no mail, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.leads.address import AddressError, keyed_hash, normalise
from gatepost_webhook.leads.times import local_time
from gatepost_webhook.options import data_option
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store import suppressions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

_NOTE = "Addresses are kept as keyed hashes, so the list itself cannot be shown. Leads who are on it: --leads."


@click.command("suppressions")
@click.argument("address", required=False)
@click.option("--leads", is_flag=True, help="Show the leads whose addresses are on the list.")
@click.option(
    "--reason",
    type=click.Choice(["unsubscribed", "not-me", "bounced", "complained", "owner"]),
    help="With --leads: for this reason alone.",
)
@data_option
def command(*, address: str | None, leads: bool, reason: str | None, data: Path | None) -> None:
    """Say how many addresses get no mail, and why; or why one ADDRESS does not.

    \b
    marketing   no mail of sequences; what they ask for themselves is sent
    all         no mail at all
    An address is kept as a keyed hash: it can be asked about and not be read. Only leads who are still there can be
    named.

    \b
    Example:
      gatepost suppressions anna@example.com
    """
    if reason and not leads:
        raise click.UsageError("--reason goes with --leads.")
    key = (load_settings(data=data) if data else load_settings()).address_key
    with leads_read(data) as connection:
        if address:
            lines = list(_about(connection, address, key))
        elif leads:
            lines = list(_leads(connection, key, reason))
        else:
            lines = list(_counts(connection))
    click.echo("\n".join(lines))


def _about(connection: Connection, address: str, key: bytes) -> Iterator[str]:
    found = suppressions.of(connection, keyed_hash(_canonical(address), key))
    if not found:
        yield f"{address} is not suppressed."
    for one in found:
        detail = f" ({one.detail})" if one.detail not in ("", one.reason) else ""
        yield f"{address} gets {_SCOPES[one.scope]} since {local_time(one.at)}: {one.reason}{detail}."


def _counts(connection: Connection) -> Iterator[str]:
    counts = suppressions.counts(connection)
    if not counts:
        yield "No address is suppressed."
        return
    yield f"{'Scope':<11}{'Reason':<14}{'Addresses':>9}  Latest"
    for one in counts:
        yield f"{one.scope:<11}{one.reason:<14}{one.addresses:>9,}  {local_time(one.latest_at)}"
    yield ""
    yield _NOTE


def _leads(connection: Connection, key: bytes, reason: str | None) -> Iterator[str]:
    listed = suppressions.every_one(connection)
    shown = 0
    for lead in suppressions.known_addresses(connection):
        for one in listed.get(keyed_hash(lead.canonical, key), ()):
            if reason in (None, one.reason):
                shown += 1
                yield f"{lead.email}  {one.scope}  {one.reason}  {local_time(one.at)}  {one.detail}".rstrip()
    yield f"{shown:,} of leads; {sum(map(len, listed.values())):,} on the list."


_SCOPES = {"marketing": "no mail of sequences", "all": "no mail"}


def _canonical(address: str) -> str:
    try:
        return normalise(address)[1]
    except AddressError as error:
        raise click.BadParameter(str(error), param_hint="'ADDRESS'") from error
