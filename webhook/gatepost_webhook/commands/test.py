"""`gatepost test`: the tests beside the sequences, alone and in a second."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.commands.names import instead_of
from gatepost_webhook.commands.timelines import table
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.foresight.trials import magnet_of, run_trials
from gatepost_webhook.options import project_option

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.foresight.trials import Trial

_RULER = 72


@click.command("test")
@click.argument("name", metavar="[SEQUENCE]", required=False)
@click.option("-v", "--verbose", is_flag=True, help="Name every test, not only those that fail.")
@project_option
def command(*, name: str | None, verbose: bool, root: Path) -> None:
    """Run the tests in sequences/*/tests.yml: of one SEQUENCE, or of all.

    Nothing is sent and nothing is written. 'gatepost check' runs them too. Exit code 1 when one fails.

    \b
    Example:
      gatepost test nurturing-playbook
    """
    project = Project.at(root)
    magnets = load_magnets(project)
    sequences = load_sequences(project, magnets)
    trials: list[Trial] = []
    for slug in _asked(name, sequences):
        done = run_trials(sequences[slug], magnet_of(slug, magnets), project)
        _show_progress(slug, done, verbose=verbose)
        trials += done
    failed = [trial for trial in trials if trial.findings]
    for trial in failed:
        _explain(trial)
    click.echo(_summary(len(trials), len(failed)))
    if failed:
        sys.exit(1)


def _asked(name: str | None, sequences: Mapping[str, Sequence]) -> list[str]:
    if name is None:
        return list(sequences)
    if name not in sequences:
        raise click.UsageError(f"no such sequence, found {name!r}; {instead_of(name, list(sequences))}")
    return [name]


def _show_progress(slug: str, trials: list[Trial], *, verbose: bool) -> None:
    if not trials:
        click.echo(f"sequences/{slug}: no tests; write some into sequences/{slug}/tests.yml")
        return
    marks = "".join("F" if trial.findings else "." for trial in trials)
    click.echo(f"sequences/{slug}/tests.yml {'' if verbose else marks}".rstrip())
    for trial in trials if verbose else ():
        click.echo(f"  {'FAILED' if trial.findings else 'passed'}  {trial.name}")


def _explain(trial: Trial) -> None:
    click.echo(f"\n{f' {trial.name} ':_^{_RULER}}")
    line = trial.timeline
    cells = [(f"  {line.local(row.at)}", row.step or "-", row.action, line.words(row)) for row in line.rows]
    for shown in table([(f"  {line.local(line.start)}", "-", "confirmed", line.persona.email), *cells]):
        click.echo(shown)
    click.echo()
    for finding in trial.findings:
        click.echo(str(finding))


def _summary(count: int, failed: int) -> str:
    if not count:
        return "No tests were run."
    return f"{failed} failed, {count - failed} passed" if failed else f"{count} passed"
