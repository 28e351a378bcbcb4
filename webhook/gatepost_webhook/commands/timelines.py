"""What simulate and rehearse share: finding the persona, and showing a timeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gatepost_webhook.commands.names import instead_of
from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.personas import Persona, read_persona
from gatepost_webhook.foresight.moments import said_local

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Row

    from gatepost_site.project import Project
    from gatepost_webhook.followup.simulate import TimelineRow
    from gatepost_webhook.foresight.timeline import Timeline

persona_option = click.option(
    "--persona", metavar="FILE|NAME", help="Who: a file, or a name in the sequence's folder personas/."
)


def find_persona(project: Project, sequence: str, name: str | None) -> Persona:
    """Return the persona of a file or name; without one, somebody who gave only an address. Raises UsageError."""
    if name is None:
        return Persona()
    folder = project.sequences / sequence / "personas"
    for path in (folder / f"{name}.yml", Path(name)):
        if path.is_file():
            return read_persona(path.resolve(), root=project.root)
    raise click.UsageError(f"no such persona, found {name!r}; {instead_of(name, persona_names(project, sequence))}")


def persona_names(project: Project, sequence: str) -> list[str]:
    """Return the names of the personas in a sequence's folder."""
    return sorted(path.stem for path in (project.sequences / sequence / "personas").glob("*.yml"))


def timeline_lines(line: Timeline) -> list[str]:
    """Return a timeline as the lines of a table, each mail with its subject."""
    cells = [(row.at, _cells(line, row)) for row in line.rows]
    cells += [
        (change.at, (line.local(change.at), _day(line, change.at), "-", "clocks", change.words))
        for change in line.clock_changes
    ]
    return table([row for _, row in sorted(cells, key=lambda cell: cell[0])])


def timeline_json(lines: Iterable[tuple[str, Timeline]]) -> str:
    """Return the timelines of named personas as JSON."""
    return json.dumps([_as_json(name, line) for name, line in lines], indent=2, ensure_ascii=False)


def said_when(at: int) -> str:
    """Return an epoch second as "Tue 2026-12-01 09:00" (UTC)."""
    return said_local(at)


def table(rows: Row[tuple[str, ...]]) -> list[str]:
    """Return rows as lines whose columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cells(line: Timeline, row: TimelineRow) -> tuple[str, ...]:
    return line.local(row.at), _day(line, row.at), row.step or "-", row.action, line.words(row)


def _day(line: Timeline, at: int) -> str:
    return f"day {(at - line.start) // DAY}"


def _as_json(name: str, line: Timeline) -> dict[str, Any]:
    return {
        "sequence": line.sequence.slug,
        "title": line.sequence.title,
        "persona": name,
        "email": line.persona.email,
        "zone": str(line.zone),
        "start": line.iso(line.start),
        "days": line.days,
        "is_over": line.is_over,
        "rows": [
            {
                "at": line.iso(row.at),
                "after_seconds": row.at - line.start,
                "step": row.step,
                "action": row.action,
                "reason": row.reason,
                "way": row.way,
                "subject": line.subject(row),
            }
            for row in line.rows
        ],
        "clock_changes": [{"at": line.iso(change.at), "what": change.words} for change in line.clock_changes],
    }
