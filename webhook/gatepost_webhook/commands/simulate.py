"""gatepost simulate: the timeline of a sequence for an invented person, and the sequence as a picture."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click
from pydantic_core import PydanticCustomError

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.names import instead_of
from gatepost_webhook.commands.timelines import (
    find_persona,
    persona_names,
    persona_option,
    timeline_json,
    timeline_lines,
)
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.foresight.drawing import draw
from gatepost_webhook.foresight.mermaid import flowchart
from gatepost_webhook.foresight.moments import DATES, epoch, parse_zone, zone_of
from gatepost_webhook.foresight.sequence_picture import sequence_picture
from gatepost_webhook.foresight.timeline import timeline
from gatepost_webhook.foresight.trials import magnet_of
from gatepost_webhook.options import project_option

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.foresight.timeline import Timeline

_STYLES = ("table", "json", "mermaid", "svg")


def _zone(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    try:
        return name and parse_zone(name)
    except PydanticCustomError as error:
        context: dict[str, Any] = error.context or {}
        raise click.BadParameter(f"{name!r} {error.message()}; write {context['write']}") from error


@click.command()
@click.argument("name", metavar="SEQUENCE")
@persona_option
@click.option("--all-personas", is_flag=True, help="Everybody in the sequence's folder personas/, one after another.")
@click.option("--from", "start", type=click.DateTime(DATES), help="When they confirm, in their zone; now if left out.")
@click.option("--zone", callback=_zone, metavar="ZONE", help="Time zone of the persona, as in Europe/Berlin.  [UTC]")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far to look ahead.")
@click.option(
    "--format",
    "style",
    type=click.Choice(_STYLES),
    default="table",
    show_default=True,
    help="A table or JSON of what happens; or the sequence as a flowchart, on which a persona's way is marked.",
)
@project_option
def command(
    *,
    name: str,
    persona: str | None,
    all_personas: bool,
    start: datetime | None,
    zone: str | None,
    days: int,
    style: str,
    root: Path,
) -> None:
    """Show what a sequence would send to a persona, and when.

    Nothing is sent and nothing is written. Without a persona, it is somebody who gave only an address.

    \b
    Examples:
      gatepost simulate nurturing-playbook --persona full --from 2026-12-01 --days 30
      gatepost simulate nurturing-playbook --all-personas --from 2026-03-27 --zone Europe/Berlin
      gatepost simulate nurturing-playbook --format svg > flow.svg
    """
    if persona and all_personas:
        raise click.UsageError("--persona and --all-personas exclude each other; write one of them")
    project = Project.at(root)
    magnets = load_magnets(project)
    sequences = load_sequences(project, magnets)
    sequence = sequences.get(name)
    if sequence is None:
        raise click.UsageError(_unknown(name, sequences, magnets))
    names = persona_names(project, name) if all_personas else [persona or ""]
    if not names:
        raise click.UsageError(f"sequences/{name}/personas/ has no personas; write one, or leave --all-personas out")
    place = zone_of(zone) if zone else UTC
    begin = _begin(start, place)
    lines = {
        one: timeline(
            sequence,
            find_persona(project, name, one or None),
            start=begin,
            days=days,
            magnet=magnet_of(name, magnets),
            zone=place,
        )
        for one in names
    }
    _show(style, sequence, lines, magnets, is_followed=bool(persona))


def _begin(start: datetime | None, zone: tzinfo) -> int:
    return SystemClock().now() if start is None else epoch(start, zone)


def _show(
    style: str, sequence: Sequence, lines: Mapping[str, Timeline], magnets: Mapping[str, Magnet], *, is_followed: bool
) -> None:
    if style == "json":
        click.echo(timeline_json(lines.items()))
    elif style == "table":
        for index, line in enumerate(lines.values()):
            click.echo("\n" * bool(index) + _as_table(line))
    else:
        followed = next(iter(lines.values())) if is_followed else None
        picture = sequence_picture(sequence, magnets, followed)
        click.echo(draw(picture) if style == "svg" else flowchart(picture), nl=False)


def _as_table(line: Timeline) -> str:
    heading = f"{line.sequence.title}: {line.persona.email}, confirmed {line.local(line.start)}"
    if line.zone is not UTC:
        heading += f" ({line.zone})"
    tail = [] if line.is_over else [f"({line.days} days are over; the sequence is not.)"]
    return "\n".join([heading, *timeline_lines(line), *tail])


def _unknown(name: str, sequences: Mapping[str, Sequence], magnets: Mapping[str, Magnet]) -> str:
    if name not in magnets:
        return f"no such sequence, found {name!r}; {instead_of(name, list(sequences))}"
    own = [slug for slug, one in sequences.items() if slug == magnets[name].meta.sequence or _is_entered_by(one, name)]
    write = f"write its sequence: {', or '.join(map(repr, own))}" if own else "it has no sequence"
    write += "" if own else f"; {instead_of(name, list(sequences))}"
    return f"simulate takes a sequence, and {name!r} is a magnet; {write}"


def _is_entered_by(sequence: Sequence, magnet: str) -> bool:
    return any(trigger.kind in {"magnet", "webinar"} and trigger.name == magnet for trigger in sequence.rules.enter)
