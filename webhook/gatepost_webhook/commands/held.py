"""gatepost held: the mails of unknown fate, and what to do about them."""

from __future__ import annotations

import functools
import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from gatepost_webhook.channels.choose import open_channel
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.followup.second_copy import SecondCopies
from gatepost_webhook.leads.times import local_time, utc_time
from gatepost_webhook.options import data_option
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store import held
from gatepost_webhook.store.database import open_reader
from gatepost_webhook.store.held import Held, held_mails
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gatepost_webhook.settings import Settings

_EMPTY = "Nothing is held."
_ADVICE = """\
Look each Message-ID up in your relay's log or on its web page. If it arrived:  gatepost held deliver ID
If it did not:  gatepost held drop ID  gives it up;  gatepost held deliver --again ID  sends the same bytes again."""

numbers = click.argument("numbers", metavar="[ID]...", type=int, nargs=-1)
everything = click.option("--all", "every", is_flag=True, help="Every held mail.")


@click.group("held")
def command() -> None:
    """Decide about mails of unknown fate.

    A mail is held when it was handed to the relay and no answer came: it may have arrived. A step of a sequence is
    then never repeated by itself, a confirmation or a file once. The reader's sequence goes on without waiting for
    your decision.

    \b
    Examples:
      gatepost held list
      gatepost held deliver 17 18
      gatepost held drop --all
    """


@command.command("list")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For programs."
)
@data_option
def listed(*, form: str, data: Path | None) -> None:
    """List the held mails, oldest first, with what to look for at the relay.

    \b
    Example:
      gatepost held list --format json
    """
    with leads_read(data) as connection:
        found = held_mails(connection)
    if form == "json":
        click.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(_lines(one))
    click.echo(_ADVICE if found else _EMPTY)


@command.command("deliver")
@numbers
@everything
@click.option("--again", is_flag=True, help="Send the same bytes again: who has the first copy gets a second.")
@data_option
def deliver(*, numbers: Sequence[int], every: bool, again: bool, data: Path | None) -> None:
    """Count held mails as delivered; with --again, send them once more.

    \b
    Examples:
      gatepost held deliver 17
      gatepost held deliver --again 18
    """
    settings = load_settings(**({"data": data} if data else {}))
    chosen = _chosen(settings, numbers, every=every)
    if not again:
        _decide(settings, chosen, held.deliver, "counts as delivered")
        return
    channel = open_channel(settings)
    with Writer(settings.database) as writer:
        results = SecondCopies(settings, writer, channel, SystemClock()).send(chosen)
    for one, result in results:
        click.echo(f"{one.id}: {result}")
    if not all(result.startswith("sent again") for _, result in results):
        sys.exit(1)


@command.command("drop")
@numbers
@everything
@data_option
def dropped(*, numbers: Sequence[int], every: bool, data: Path | None) -> None:
    """Give held mails up: they count as failed, and are not sent again.

    \b
    Examples:
      gatepost held drop 17
      gatepost held drop --all
    """
    settings = load_settings(**({"data": data} if data else {}))
    _decide(settings, _chosen(settings, numbers, every=every), held.drop, "is given up")


def _chosen(settings: Settings, numbers: Sequence[int], *, every: bool) -> list[Held]:
    if every == bool(numbers):
        raise click.UsageError("name the mails by their ID, or write --all; 'gatepost held list' shows them")
    with closing(open_reader(settings.database)) as connection:
        found = {one.id: one for one in held_mails(connection)}
    if strange := [number for number in numbers if number not in found]:
        known = ", ".join(map(str, found)) or "none"
        raise click.UsageError(f"mail {strange[0]} is not held; held are: {known}")
    return list(found.values()) if every else [found[number] for number in dict.fromkeys(numbers)]


def _decide(settings: Settings, chosen: list[Held], act: Callable[..., bool], words: str) -> None:
    now = SystemClock().now()
    with Writer(settings.database) as writer:
        for one in chosen:
            done = writer.run(functools.partial(act, held=one, now=now))
            click.echo(f"{one.id}: {words if done else 'is not held any more'}")
    if not chosen:
        click.echo(_EMPTY)


def _lines(one: Held) -> str:
    what = f"step {one.step} of {one.sequence}" if one.sequence else one.kind
    return (
        f"{one.id}  {what} to {one.email}\n"
        f"    Subject     {one.subject}\n"
        f"    Message-ID  {one.message_id}\n"
        f"    Phase       {one.phase}\n"
        f"    Handed over {local_time(one.handed_at)}, held since {local_time(one.held_at)}\n"
        f"    Last reply  {one.reason}\n"
    )


def _as_json(one: Held) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "email": one.email,
        "sequence": one.sequence,
        "step": one.step,
        "subject": one.subject,
        "message_id": one.message_id,
        "phase": one.phase,
        "handed_over_at": utc_time(one.handed_at),
        "held_since": utc_time(one.held_at),
        "last_reply": one.reason,
    }
