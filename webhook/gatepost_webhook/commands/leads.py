"""`gatepost leads`: who asked for what, who confirmed, and what each will get next."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import click

from gatepost_site.project import Project
from gatepost_webhook.commands.names import instead_of
from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.leads.listing import find_leads, render
from gatepost_webhook.options import data_option, project_option
from gatepost_webhook.store.owner import count_leads, magnets_asked_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gatepost_webhook.leads.listing import Listed
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.owner import LeadCounts

_EMPTY = """\
No leads yet.
A lead comes to be when somebody sends the form of a magnet's landing page. Try it: run 'gatepost demo', open the
address that it prints, and ask for a file."""


@click.command("leads")
@click.option("--magnet", default="", metavar="SLUG", help="Only who asked for this magnet.")
@click.option(
    "--search", default="", metavar="TEXT", help="Only leads with every word in their address or in an answer."
)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many to show.")
@data_option
@project_option
def command(*, magnet: str, search: str, limit: int, data: Path | None, root: Path) -> None:
    """List the leads, newest first.

    \b
    Marketing   yes: consent confirmed and in force; withdrawn; no: never given
    Follow-up   where the lead is in which sequence, and when its next mail is due
    Times are this machine's. A pipe gets whole lines, a terminal what fits.

    \b
    Example:
      gatepost leads --magnet nurturing-playbook --search example.com
    """
    with leads_read(data) as connection:
        _refuse_unknown(magnet, connection, root)
        counts = count_leads(connection, magnet=magnet)
        leads, found = find_leads(connection, magnet=magnet, search=search, limit=limit)
    if not counts.all:
        click.echo(f"Nobody asked for {magnet!r} yet." if magnet else _EMPTY)
        return
    if leads:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(render(leads, width=width))
        click.echo()
    click.echo(_summary(leads, counts, found=found, search=search, magnet=magnet))


def _refuse_unknown(magnet: str, connection: Connection, root: Path) -> None:
    """Raise when no lead asked for the magnet and the project has none of that name: it is misspelt."""
    if not magnet:
        return
    folder = Project.at(root).magnets
    known = {*magnets_asked_for(connection), *(path.parent.name for path in folder.glob("*/magnet.md"))}
    if magnet in known:
        return
    advice = f"; {instead_of(magnet, sorted(known))}" if known else "; nobody asked for anything yet"
    raise click.BadParameter(f"there is no magnet {magnet!r}{advice}", param_hint="'--magnet'")


def _summary(leads: Sequence[Listed], counts: LeadCounts, *, found: int | None, search: str, magnet: str) -> str:
    whose = f" for {magnet}" if magnet else ""
    if found == 0:
        return f"None of {_leads(counts.all)}{whose} has {search!r} in its address or answers."
    total = counts.all if found is None else found
    tail = f"{counts.confirmed:,} confirmed, {counts.marketing:,} with marketing consent"
    if found is not None:
        tail = f"found in {counts.all:,} by {search!r}"
    if len(leads) < total:
        more = total - len(leads)
        return f"{len(leads):,} newest of {_leads(total)}{whose}: {tail}. {more:,} more: --limit, --search, --magnet."
    return f"{_leads(total)}{whose}: {tail}."


def _leads(count: int) -> str:
    return f"{count:,} {'lead' if count == 1 else 'leads'}"
