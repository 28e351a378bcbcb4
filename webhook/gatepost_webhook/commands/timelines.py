"""What simulate and rehearse share: finding the persona, and showing a timeline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gatepost_webhook.commands.names import instead_of
from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.messages import step_subject
from gatepost_webhook.followup.personas import Persona, read_persona

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Row

    from gatepost_site.magnets import Magnet
    from gatepost_site.project import Project
    from gatepost_webhook.followup.simulate import TimelineRow
    from gatepost_webhook.followup.steps import Sequence

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
    known = sorted(path.stem for path in folder.glob("*.yml"))
    raise click.UsageError(f"no such persona, found {name!r}; {instead_of(name, known)}")


def timeline_lines(
    rows: Row[TimelineRow], sequence: Sequence, persona: Persona, magnet: Magnet | None, *, start: int
) -> list[str]:
    """Return a timeline as the lines of a table, each mail with its subject; `start` is day 0."""
    return _table([_cells(row, start, _text(row, sequence, persona, magnet)) for row in rows])


def said_when(at: int) -> str:
    """Return an epoch second as "Tue 2026-12-01 09:00" (UTC)."""
    return f"{datetime.fromtimestamp(at, UTC):%a %Y-%m-%d %H:%M}"


def _text(row: TimelineRow, sequence: Sequence, persona: Persona, magnet: Magnet | None) -> str:
    step = sequence.step(row.step)
    if step is None or row.action != "sent":
        return row.reason
    answers: Mapping[str, str] = {field.name: "" for field in magnet.meta.fields} if magnet else {}
    return step_subject(sequence, step, {**answers, **persona.fields}, magnet.meta.title if magnet else sequence.title)


def _cells(row: TimelineRow, start: int, text: str) -> tuple[str, ...]:
    return said_when(row.at), f"day {(row.at - start) // DAY}", row.step or "-", row.action, text


def _table(rows: Row[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
