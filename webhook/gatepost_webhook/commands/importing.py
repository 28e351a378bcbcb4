"""`gatepost import`: take leads over who confirmed elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gatepost_site.documents import suggestion
from gatepost_site.magnets import load_magnets, wording_hash
from gatepost_site.project import Project
from gatepost_site.words.languages import load_languages
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.followup.crowds import enrol_all
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.surroundings import Surroundings
from gatepost_webhook.intake.importing import Reception
from gatepost_webhook.leads.address import keyed_hash
from gatepost_webhook.options import data_option, project_option
from gatepost_webhook.progress import progress
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.consents import keep_wording
from gatepost_webhook.store.imports import take_over
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Row

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.steps import Sequence
    from gatepost_webhook.intake.importing import Arrival
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.imports import Imported

#: Leads in one transaction: forms wait for the writer meanwhile.
_BATCH = 1000


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--magnet", "slug", required=True, metavar="NAME", help="What they are taken to have asked for.")
@click.option(
    "--wording", required=True, metavar="TEXT", help="The words that they agreed to; with @ before it, a file's."
)
@click.option("--enrol", is_flag=True, help="Begin the magnet's sequence for those who are new.")
@click.option("--dry-run", is_flag=True, help="Only judge the file; take nobody over.")
@project_option
@data_option
def command(*, file: Path, slug: str, wording: str, enrol: bool, dry_run: bool, root: Path, data: Path | None) -> None:
    """Take leads over from a CSV FILE, who agreed to your mails and confirmed that elsewhere.

    Columns are email and confirmed_at (when they confirmed), perhaps zone (Europe/Berlin) and language (de), and the
    fields of the magnet's form. Each lead gets a receipt with the words and the time. Who is a lead already stays as
    they are, and who is suppressed is left out: bring your former tool's list of those along first, with
    'gatepost suppress --import'. Nothing is taken over from a file with a mistake in it.

    \b
    Example:
      gatepost import readers.csv --magnet nurturing-playbook --wording "Yes, write to me." --enrol
    """
    settings = load_settings(**({"data": data} if data else {}))
    project = Project.at(root)
    magnets = load_magnets(project)
    magnet = _magnet(magnets, slug)
    sequence = _sequence(load_sequences(project, magnets), magnet) if enrol else None
    now = SystemClock().now()
    reception = Reception(magnet, load_languages(project), now)
    with progress("Reading", _lines(file)) as step:
        arrivals = reception.arrivals(file, step=step)
    if dry_run:
        click.echo(f"{_people(len(arrivals))} could be taken over. Nothing was changed.")
        return
    text = _words(wording)
    desk = _Desk(settings, wording_hash(text), sequence, magnet.slug, now)
    with Writer(settings.database) as writer, progress("Taking over", len(arrivals)) as step:
        writer.run(lambda connection: keep_wording(connection, desk.wording, text, now=desk.now))
        done = []
        for some in _batches(arrivals):
            done.append(writer.run(partial(desk.take, arrivals=some)))
            for _ in some:
                step()
    _say(done, sequence)


@dataclass(frozen=True)
class _Desk:
    """What each batch is taken over with."""

    settings: Settings
    wording: str
    #: None enrols nobody.
    sequence: Sequence | None
    magnet: str
    now: int

    def take(self, connection: Connection, *, arrivals: Row[Arrival]) -> tuple[Imported, int]:
        """Take some people over; return what became of them, and how many of them begin the sequence."""
        taken = take_over(connection, arrivals, wording=self.wording, hash_of=self._hash_of, now=self.now)
        if self.sequence is None:
            return taken, 0
        enrolled = enrol_all(
            connection,
            taken.leads,
            self.sequence,
            hash_of=self._hash_of,
            about=Surroundings(self.settings.zone),
            cause="import",
            magnet=self.magnet,
            now=self.now,
        )
        return taken, enrolled

    def _hash_of(self, canonical: str) -> str:
        return keyed_hash(canonical, self.settings.address_key)


def _magnet(magnets: Mapping[str, Magnet], slug: str) -> Magnet:
    magnet = magnets.get(slug)
    if magnet is None:
        raise click.UsageError(f"no such magnet, found {slug!r}; write {suggestion(slug, sorted(magnets))}")
    if magnet.is_course:
        raise click.UsageError(f"{slug!r} is a course, whose lessons have to be asked for; name another magnet")
    return magnet


def _sequence(sequences: Mapping[str, Sequence], magnet: Magnet) -> Sequence:
    sequence = sequences.get(magnet.meta.sequence)
    if sequence is None:
        raise click.UsageError(f"magnet {magnet.slug!r} names no sequence; leave --enrol out, or name another magnet")
    return sequence


def _words(wording: str) -> str:
    text = Path(wording[1:]).read_text(encoding="utf-8") if wording.startswith("@") else wording
    if not text.strip():
        raise click.UsageError("--wording is empty; write the words that they agreed to")
    return text.strip()


def _lines(file: Path) -> int:
    with file.open("rb") as opened:
        return sum(1 for _ in opened)


def _batches(arrivals: list[Arrival]) -> list[list[Arrival]]:
    return [arrivals[first : first + _BATCH] for first in range(0, len(arrivals), _BATCH)]


def _say(done: list[tuple[Imported, int]], sequence: Sequence | None) -> None:
    new = sum(len(taken.leads) for taken, _ in done)
    told = [f"{_people(new)} taken over"]
    told += [f"{known:,} known already"] if (known := sum(taken.known for taken, _ in done)) else []
    told += [f"{none:,} suppressed"] if (none := sum(taken.suppressed for taken, _ in done)) else []
    told += [f"{sum(count for _, count in done):,} begin {sequence.slug}"] if sequence else []
    click.echo(f"{'; '.join(told)}.")


def _people(count: int) -> str:
    return f"{count:,} {'lead' if count == 1 else 'leads'}"
