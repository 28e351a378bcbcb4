"""gatepost resume: what would be sent after a pause, and sending it."""

from __future__ import annotations

import functools
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from gatepost_webhook.clock import SystemClock
from gatepost_webhook.leads.times import local_time
from gatepost_webhook.options import data_option
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.counters import HighWater
from gatepost_webhook.store.database import open_reader
from gatepost_webhook.store.pauses import EVERYTHING, pauses
from gatepost_webhook.store.resuming import due_mails_by_kind, resume
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.store.pauses import Pause
    from gatepost_webhook.store.resuming import Due

_KINDS = {"confirm": "confirmations", "delivery": "files"}
_HOUR, _DAY = 3600, 86_400


@click.command("resume")
@click.argument("sequence", required=False, default=EVERYTHING)
@click.option(
    "--overdue",
    type=click.Choice(["send", "hold"]),
    help="Steps that are due already. Hold them when they may have been sent by a database that is lost.",
    show_default="hold when what was sent is not known, else send",
)
@click.option("--yes", is_flag=True, help="Do it; without it you are asked, or only told.")
@data_option
def command(*, sequence: str, overdue: str | None, yes: bool, data: Path | None) -> None:
    """Go on with sending after a pause: of SEQUENCE, or of everything after a restored backup.

    First it says what would be sent, how late it is, and what is known of mails that went out since. A step that is
    later than its max_late allows is passed over, as always.

    \b
    Examples:
      gatepost resume
      gatepost resume --overdue hold --yes
      gatepost resume nurturing-playbook --yes
    """
    settings = load_settings(**({"data": data} if data else {}))
    now = SystemClock().now()
    with closing(open_reader(settings.database)) as connection:
        found = pauses(connection)
        due = due_mails_by_kind(connection, now=now)
    chosen = next((pause for pause in found if pause.sequence == sequence), None)
    if chosen is None:
        _nothing(sequence, found)
        return
    hold = overdue == "hold" or (overdue is None and chosen.cause == "copied")
    for line in _outlook(chosen, due, now=now, hold=hold):
        click.echo(line)
    if not (yes or _agreed()):
        sys.exit(1)
    sent = HighWater(settings.database).read()
    with Writer(settings.database) as writer:
        act = functools.partial(resume, pause=chosen, hold_doubtful=hold, sent=sent, now=now)
        done = writer.run(act)
    click.echo("Sending goes on." if done else "It was resumed already.")


def _nothing(sequence: str, found: list[Pause]) -> None:
    names = [pause.sequence for pause in found if pause.sequence]
    if sequence and names:
        raise click.UsageError(f"{sequence!r} is not paused; paused are: {', '.join(names)}")
    if sequence or not names:
        click.echo(f"{sequence or 'Nothing'} is {'not ' if sequence else ''}paused.")
        return
    click.echo(f"Paused are: {', '.join(names)}. Name one, as in: gatepost resume {names[0]}")


def _agreed() -> bool:
    if sys.stdin.isatty():
        return click.confirm("Go on with sending?")
    click.echo("Nothing was changed. To go on with sending, write --yes.")
    return False


def _outlook(pause: Pause, due: list[Due], *, now: int, hold: bool) -> list[str]:
    what = f"sequence {pause.sequence}" if pause.sequence else "all mail"
    lines = [f"Paused since {local_time(pause.at)}: {what}; {pause.reason}."]
    concerned = [one for one in due if one.sequence == pause.sequence or not pause.sequence]
    lines += [_line(one, now, hold=hold) for one in concerned]
    if not concerned:
        lines.append("  Nothing is due.")
    if pause.cause == "copied" and not hold:
        lines.append("What was sent since is not known here: some people may get a mail a second time.")
    return lines


def _line(due: Due, now: int, *, hold: bool) -> str:
    name = f"steps of {due.sequence}" if due.kind == "drip" else _KINDS.get(due.kind, "mails to the owner")
    fate = "would be held, for you to decide" if hold and due.kind == "drip" else "would be sent"
    return f"  {due.count:>7,} {name} {fate}, the oldest {_late(now - due.oldest)} late"


def _late(seconds: int) -> str:
    if seconds >= 2 * _DAY:
        return f"{seconds // _DAY} days"
    return f"{seconds // _HOUR} hours" if seconds >= 2 * _HOUR else f"{seconds // 60} minutes"
