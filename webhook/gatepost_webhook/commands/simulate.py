"""gatepost simulate: the timeline of a sequence for an invented person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.names import instead_of
from gatepost_webhook.commands.timelines import find_persona, persona_option, said_when, timeline_lines
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.simulate import simulate
from gatepost_webhook.options import project_option

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.steps import Sequence

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


@click.command()
@click.argument("name", metavar="SEQUENCE")
@persona_option
@click.option("--from", "start", type=click.DateTime(_DATES), help="When they confirm (UTC); now when left out.")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far to look ahead.")
@project_option
def command(*, name: str, persona: str | None, start: datetime | None, days: int, root: Path) -> None:
    """Show what a sequence would send to a persona, and when.

    Nothing is sent and nothing is written. Without a persona, it is somebody who gave only an address.

    \b
    Example:
      gatepost simulate nurturing-playbook --persona full --from 2026-12-01 --days 30
    """
    project = Project.at(root)
    magnets = load_magnets(project)
    sequences = load_sequences(project, magnets)
    sequence = sequences.get(name)
    if sequence is None:
        raise click.UsageError(_unknown(name, sequences, magnets))
    someone = find_persona(project, name, persona)
    begin = int(start.replace(tzinfo=UTC).timestamp()) if start else SystemClock().now()
    magnet = next((magnet for magnet in magnets.values() if magnet.meta.sequence == name), None)
    rows = simulate(sequence, someone, begin, days, magnet=magnet)
    click.echo(f"{sequence.title}: {someone.email}, confirmed {said_when(begin)}")
    for line in timeline_lines(rows, sequence, someone, magnet, start=begin):
        click.echo(line)
    if not rows or rows[-1].step:
        click.echo(f"({days} days are over; the sequence is not.)")


def _unknown(name: str, sequences: Mapping[str, Sequence], magnets: Mapping[str, Magnet]) -> str:
    if name not in magnets:
        return f"no such sequence, found {name!r}; {instead_of(name, list(sequences))}"
    own = magnets[name].meta.sequence
    write = (
        f"write its sequence: {own!r}"
        if own in sequences
        else f"it has no sequence; {instead_of(name, list(sequences))}"
    )
    return f"simulate takes a sequence, and {name!r} is a magnet; {write}"
