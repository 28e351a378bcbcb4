"""gatepost rehearse: a visitor played through the real parts, with the clock moved forward."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gatepost_webhook.commands.names import instead_of
from gatepost_webhook.commands.timelines import find_persona, persona_option, said_when, timeline_lines
from gatepost_webhook.followup.rehearse import rehearse
from gatepost_webhook.foresight.timeline import Timeline
from gatepost_webhook.options import project_option
from gatepost_webhook.parts import load_parts

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.followup.rehearse import Rehearsal
    from gatepost_webhook.parts import Parts


@click.command(short_help="Play a visitor through the real site, webhook and mail, with the clock moved forward.")
@click.argument("name", metavar="[MAGNET]", required=False)
@persona_option
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far to go.")
@project_option
def command(*, name: str | None, persona: str | None, days: int, root: Path) -> None:
    """Play a persona who asks for a magnet, confirms, downloads, and lives with the sequence for some days.

    The built site, the webhook, an SMTP server and the worker really run, in a temporary folder and with a clock that
    is moved from one mail to the next. No mail leaves this machine. Without MAGNET it is the first one that has a
    sequence. Ends with code 1 when what happened is not what 'gatepost simulate' says.

    \b
    Example:
      gatepost rehearse nurturing-playbook --persona full --days 30
    """
    parts = load_parts(root)
    slug = _magnet(parts, name)
    magnet = parts.magnets[slug]
    sequence = parts.sequences[magnet.meta.sequence]
    someone = find_persona(parts.project, sequence.slug, persona)
    click.echo(f"{magnet.meta.title}: {someone.email}")
    done = rehearse(parts, slug, someone, days, tell=lambda line: click.echo(f"  {line}"))
    click.echo(f"{sequence.title}: {someone.email}, confirmed {said_when(done.start)}")
    for line in timeline_lines(Timeline(sequence, someone, done.start, days, done.rows, magnet)):
        click.echo(line)
    if not done.rows or done.rows[-1].step:
        click.echo(f"({days} days are over; the sequence is not.)")
    judge(done)


def _magnet(parts: Parts, name: str | None) -> str:
    following = [slug for slug, magnet in parts.magnets.items() if magnet.meta.sequence]
    if name is None:
        if not following:
            raise click.UsageError("no magnet has a sequence; write 'sequence: ...' into a magnet.md")
        return following[0]
    if name in parts.sequences and name not in parts.magnets:
        using = [slug for slug in following if parts.magnets[slug].meta.sequence == name]
        write = f"write {using[0]!r}, which leads to it" if using else "no magnet leads to it"
        raise click.UsageError(f"rehearse takes a magnet, and {name!r} is a sequence; {write}")
    if name not in parts.magnets:
        raise click.UsageError(f"no such magnet, found {name!r}; {instead_of(name, list(parts.magnets))}")
    if name not in following:
        raise click.UsageError(
            f"magnet {name!r} has no sequence; write 'sequence: ...' into magnets/{name}/magnet.md, "
            f"or rehearse another: {', '.join(following) or 'none has one'}"
        )
    return name


def judge(done: Rehearsal) -> None:
    """Say whether the simulation agrees; end with code 1 when it does not."""
    if not done.differences:
        click.echo("The simulation says the same.")
        return
    click.echo("The simulation says something else:", err=True)
    for here, there in done.differences:
        click.echo(f"  rehearsed: {here or 'nothing'}\n  simulated: {there or 'nothing'}", err=True)
    sys.exit(1)
