"""`gatepost segments`: how many leads are in which segment, who they are, and why."""

from __future__ import annotations

import io
import shutil
import sys
from datetime import UTC
from typing import TYPE_CHECKING

import click

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.names import instead_of
from gatepost_webhook.commands.reading import lead_numbered, leads_read
from gatepost_webhook.followup.naming import names_of
from gatepost_webhook.leads import export
from gatepost_webhook.leads.explaining import explain
from gatepost_webhook.leads.facts import facts_of
from gatepost_webhook.leads.history import facts_at, leads_at
from gatepost_webhook.leads.listing import list_leads, render, visible
from gatepost_webhook.leads.members import members, members_at
from gatepost_webhook.leads.segments import NAME, conditions_of, load_segments
from gatepost_webhook.options import data_option, project_option
from gatepost_webhook.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from gatepost_webhook.leads.conditions import Condition
    from gatepost_webhook.leads.facts import Facts
    from gatepost_webhook.leads.segments import Segment
    from gatepost_webhook.store.database import Connection

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
_NONE = f"""\
There are no segments yet.
They are kept in sequences/{NAME}; the page "Segments" of the documentation has the words. A beginning:

segments:
  readers:
    title: Readers
    condition: downloaded"""


@click.command("segments")
@click.argument("name", metavar="[SEGMENT]", default="")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True,
    help="How the people are written: for a terminal, or with every column of 'gatepost export'.",
)  # fmt: skip
@click.option("--explain", "address", default="", metavar="EMAIL", help="Say why this lead is in the segment or not.")
@click.option("--at", type=click.DateTime(_DATES), help="Who was in it then (UTC), by the log and today's file.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many the table shows.")
@data_option
@project_option
def command(
    *, name: str, form: str, address: str, at: datetime | None, limit: int, data: Path | None, root: Path
) -> None:
    """Count the leads of every segment, or show those of one.

    Segments are conditions in sequences/segments.yml. Nothing is written.

    \b
    Examples:
      gatepost segments
      gatepost segments readers-with-a-company --format csv > companies.csv
      gatepost segments gone-quiet --explain anna@example.com --at 2026-11-01
    """
    project = Project.at(root)
    magnets = load_magnets(project)
    segments = load_segments(project, names_of(project, magnets))
    if name and name not in segments:
        raise click.UsageError(f"no such segment, found {name!r}; {instead_of(name, list(segments))}")
    if not name and (address or form != "table"):
        raise click.UsageError("--explain and --format are about one segment; write its name before them")
    moment = int(at.replace(tzinfo=UTC).timestamp()) if at else None
    with leads_read(data) as connection:
        look = _Look(connection, conditions_of(segments), moment)
        if not name:
            _list(segments, look)
        elif address:
            _explain(segments[name], look, address)
        else:
            _show(segments[name], look, form, limit)


class _Look:
    """The leads as they are now, or as they were at a moment."""

    def __init__(self, connection: Connection, conditions: Mapping[str, Condition], at: int | None) -> None:
        self.connection = connection
        self._conditions = conditions
        self._at = at

    def members(self, name: str) -> list[int]:
        """Return the numbers of the leads in a segment."""
        condition = self._conditions[name]
        if self._at is None:
            return members(self.connection, condition, SystemClock().now(), segments=self._conditions)
        leads = list(leads_at(self.connection, self._at))
        with progress("Reading the log", len(leads)) as step:
            return members_at(self.connection, condition, self._at, _counted(leads, step), segments=self._conditions)

    def facts(self, lead: int) -> Facts | None:
        """Return what is or was known of a lead."""
        if self._at is None:
            return facts_of(self.connection, lead, SystemClock().now(), segments=self._conditions)
        return facts_at(self.connection, lead, self._at, segments=self._conditions)


def _list(segments: Mapping[str, Segment], look: _Look) -> None:
    if not segments:
        click.echo(_NONE)
        return
    width = max(map(len, (*segments, "Segment")))
    click.echo(click.style(f"{'Segment':<{width}}  {'Leads':>9}  Title", bold=True))
    for name, segment in segments.items():
        click.echo(f"{name:<{width}}  {len(look.members(name)):>9,}  {segment.title}")


def _show(segment: Segment, look: _Look, form: str, limit: int) -> None:
    found = look.members(segment.name)
    if form != "table":
        _write(look.connection, set(found), form)
        return
    click.echo(f"{segment.title}: {segment.condition}")
    if found:
        leads = list_leads(look.connection, found, limit=limit)
        click.echo(f"\n{render(leads, width=shutil.get_terminal_size().columns if sys.stdout.isatty() else None)}\n")
    more = f", {limit:,} newest shown; more with --limit" if len(found) > limit else ""
    click.echo(f"{len(found):,} {'lead' if len(found) == 1 else 'leads'}{more}.")


def _write(connection: Connection, found: set[int], form: str) -> None:
    records = (record for record in export.lead_records(connection) if record["id"] in found)
    # Its own wrapper: CSV has its own line ends, and UTF-8 is promised whatever the terminal speaks.
    target = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        if form == "json":
            export.write_json(records, target)
        else:
            answers = export.lead_answers(connection)
            export.write_csv(records, target, columns=export.LEAD_COLUMNS, answers=answers, raw=False)
        target.flush()
    finally:
        target.detach()


def _explain(segment: Segment, look: _Look, address: str) -> None:
    lead = lead_numbered(look.connection, address, "'--explain'")
    facts = look.facts(lead)
    if facts is None:
        click.echo(f"{address} was no lead then.")
        return
    parts = explain(segment.condition, facts)
    click.echo(f"{address} is {'in' if parts[0].holds else 'not in'} {segment.name}.\n")
    width = max(len(part.text) + 2 * part.depth for part in parts)
    for part in parts:
        text = f"{'  ' * part.depth}{part.text}"
        found = f"{text:<{width}}  {visible(part.found)}" if part.found else text
        click.echo(f"{click.style('yes', fg='green') if part.holds else click.style('no ', fg='red')}  {found}")


def _counted(leads: list[int], step: Callable[[], None]) -> Iterator[int]:
    for lead in leads:
        yield lead
        step()
