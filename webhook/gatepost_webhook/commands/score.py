"""`gatepost score`: how many points a lead has, and which rule gave them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import click

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.reading import lead_numbered, leads_read
from gatepost_webhook.followup.naming import names_of
from gatepost_webhook.leads.history import facts_at, happenings_of
from gatepost_webhook.leads.scores import NAME, load_scoring
from gatepost_webhook.leads.scoring import score, total
from gatepost_webhook.options import data_option, project_option

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from gatepost_webhook.leads.scoring import Share

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


@click.command("score")
@click.argument("address", metavar="EMAIL")
@click.option("--at", type=click.DateTime(_DATES), help="How many they had then (UTC), by the log and today's file.")
@data_option
@project_option
def command(*, address: str, at: datetime | None, data: Path | None, root: Path) -> None:
    """Say how many points a lead has, rule by rule.

    The rules are in sequences/scores.yml. Nothing is written.

    \b
    Example:
      gatepost score anna@example.com --at 2026-11-01
    """
    project = Project.at(root)
    magnets = load_magnets(project)
    scoring = load_scoring(project, names_of(project, magnets))
    if not scoring.rules:
        raise click.UsageError(f"there are no rules; write sequences/{NAME}, as the page 'Segments' shows")
    moment = int(at.replace(tzinfo=UTC).timestamp()) if at else SystemClock().now()
    with leads_read(data) as connection:
        lead = lead_numbered(connection, address, "'EMAIL'")
        happenings = happenings_of(connection, lead, moment)
        facts = facts_at(connection, lead, moment, happenings=happenings)
    if facts is None:
        click.echo(f"{address} was no lead then.")
        return
    shares = score(scoring, facts, happenings)
    click.echo(f"{address} has {_points(total(shares))}.\n")
    if not facts.confirmed:
        click.echo("The address was never confirmed, so nothing counts.")
        return
    for line in _lines(shares):
        click.echo(line)


def _lines(shares: list[Share]) -> list[str]:
    places = [f"sequences/{NAME}:{share.rule.line}" for share in shares]
    width = max(map(len, places))
    return [
        f"{share.points:>+6}  {place:<{width}}  {share.rule}{_times(share)}"
        for place, share in zip(places, shares, strict=True)
    ]


def _times(share: Share) -> str:
    if share.rule.condition is not None:
        return "" if share.times else ": not so"
    fading = ", faded" if share.rule.half_life and share.points != share.times * share.rule.points else ""
    return f": {share.times} of at most {share.rule.at_most}{fading}"


def _points(count: int) -> str:
    return f"{count:,} {'point' if count == 1 else 'points'}"
