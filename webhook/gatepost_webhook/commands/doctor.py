"""gatepost doctor: what is wrong with this installation, and what to do."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gatepost_webhook.clock import SystemClock
from gatepost_webhook.doctor.examination import examine
from gatepost_webhook.doctor.verdicts import Patient
from gatepost_webhook.options import data_option, project_option
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.invariants import broken_invariants

if TYPE_CHECKING:
    from gatepost_webhook.doctor.verdicts import Verdict
    from gatepost_webhook.settings import Settings

_COLOURS = {"ok": "green", "warn": "yellow", "bad": "red"}
_log = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Ask neither the DNS nor the public address.")
@click.option("--selector", "selectors", multiple=True, metavar="NAME", help="DKIM selector of your relay.")
@click.option("--short", is_flag=True, help="One line for monitoring; asks nobody outside.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For programs."
)
@click.option("--verify", is_flag=True, help="Check the promises in the whole database instead.")
@click.option("--sink", type=_log, help="With --verify: Message-ID of each mail that the relay took, one a line.")
@click.option("--acks", type=_log, help="With --verify: address of each form that was acknowledged, one a line.")
@project_option
@data_option
def command(
    *,
    offline: bool,
    selectors: tuple[str, ...],
    short: bool,
    form: str,
    verify: bool,
    sink: Path | None,
    acks: Path | None,
    root: Path,
    data: Path | None,
) -> None:
    """Look for what is wrong with this installation, and say what to do.

    Looks at files and their modes, disk, clock, secrets, backups, at what is late, held, paused or stuck, at the relay,
    and at SPF, DKIM, DMARC, certificate and unsubscribe address as receivers of mail see them. Changes nothing.
    Exit code 1 when something is bad; warnings leave it at 0.

    \b
    Examples:
      gatepost doctor
      gatepost doctor --offline --format json
      gatepost doctor --short
      gatepost doctor --verify --sink relay-message-ids.log
    """
    if (sink or acks) and not verify:
        raise click.UsageError("--sink and --acks go with --verify")
    settings = load_settings(**({"data": data} if data else {}))
    if verify:
        _verify(settings, sink, acks)
        return
    patient = Patient(settings, root, SystemClock().now())
    verdicts = list(examine(patient, offline=offline or short, selectors=selectors))
    if short:
        click.echo(_short(verdicts))
    elif form == "json":
        click.echo(json.dumps([dataclasses.asdict(one) for one in verdicts], ensure_ascii=False, indent=2))
    else:
        _show(verdicts)
    if any(one.level == "bad" for one in verdicts):
        sys.exit(1)


def _show(verdicts: list[Verdict]) -> None:
    width = max(len(one.check) for one in verdicts)
    for one in verdicts:
        click.echo(f"{click.style(f'{one.level:<4}', fg=_COLOURS[one.level])}  {one.check:<{width}}  {one.found}")
        if one.advice:
            click.echo(f"{'':<{width + 8}}{one.advice}")
    bad, warn = (sum(one.level == level for one in verdicts) for level in ("bad", "warn"))
    click.echo(f"{bad} bad, {warn} to look at, {len(verdicts) - bad - warn} fine.")


def _short(verdicts: list[Verdict]) -> str:
    bad = [f"{one.check}: {one.found}" for one in verdicts if one.level == "bad"]
    return f"bad: {'; '.join(bad)}" if bad else "ok"


def _verify(settings: Settings, sink: Path | None, acks: Path | None) -> None:
    problems = broken_invariants(
        settings.database,
        acknowledged=_lines(acks) if acks else (),
        sunk=_lines(sink) if sink else None,
        now=SystemClock().now() - 60,
        key=settings.address_key,
    )
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"{len(problems)} {'promise is' if len(problems) == 1 else 'promises are'} broken.", err=True)
        sys.exit(1)
    click.echo("Every promise is kept.")


def _lines(path: Path) -> list[str]:
    # What is no UTF-8 is nobody's address and no Message-ID of ours, and says so in the result.
    return [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
