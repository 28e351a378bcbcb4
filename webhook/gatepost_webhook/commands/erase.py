"""gatepost erase: a person's data gone from everywhere, and looked for afterwards."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from gatepost_webhook.clock import SystemClock
from gatepost_webhook.leads.erasure import clean, erase, foreseen, said_counts
from gatepost_webhook.leads.named import Person, UnknownPersonError, find_person
from gatepost_webhook.options import data_option
from gatepost_webhook.review.scratch import open_reviews
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.database import open_reader
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gatepost_webhook.settings import Settings

_STAYS = """\
What stays, under a keyed hash of the address: that nothing is sent to it any more, that it was erased, and when which
consent was given. Exports and backups that you made before are yours to delete."""


@click.command("erase")
@click.argument("people", metavar="ADDRESS_OR_ID...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_option
def command(*, people: Sequence[str], yes: bool, data: Path | None) -> None:
    """Erase people: their rows in every table, captured mails, copies of files with their name.

    Afterwards every byte of the data folder is looked through for the address and for what they had answered. What is
    found is named, and the exit code is 1. It may run while 'gatepost run' does.

    \b
    Example:
      gatepost erase ada@example.com
    """
    settings = load_settings(**({"data": data} if data else {}))
    found = _found(settings, people)
    click.echo(_STAYS)
    if not yes:
        what = "this person" if len(found) == 1 else f"these {len(found)} people"
        click.confirm(f"Erase {what} for good?", abort=True)
    leads = [person.lead_id for person in found if person.lead_id is not None]
    with Writer(settings.database) as writer:
        erased = erase(writer, settings, leads, method="command", now=SystemClock().now())
    left = clean(settings, erased)
    for number in open_reviews():
        click.echo(f"A review is open (process {number}) and shows a copy from before: close it.", err=True)
    if left:
        for path in left:
            click.echo(f"{settings.data / path}: still holds what was erased; delete it, or write it anew", err=True)
        sys.exit(1)
    click.echo(f"Erased. Every file in {settings.data} was looked through, and nothing is left.")


def _found(settings: Settings, names: Sequence[str]) -> list[Person]:
    """Return who is meant, and say what there is of each. Raises UnknownPersonError before anything is done."""
    with closing(open_reader(settings.database)) as connection:
        people = {name: find_person(connection, name, settings.address_key) for name in names}
        for name, person in people.items():
            if person.lead_id is None:
                raise UnknownPersonError(f"no lead has the address {name}; nothing was erased")
            counts = foreseen(connection, settings, person.lead_id)
            click.echo(f"{person.email} (lead {person.lead_id}): {said_counts(counts)}")
    return list({person.lead_id: person for person in people.values()}.values())
