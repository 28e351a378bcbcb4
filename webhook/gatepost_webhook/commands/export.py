"""`gatepost export`: the leads in a file of their own, safe to open in a spreadsheet."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.leads import export
from gatepost_webhook.leads.private_file import private_file
from gatepost_webhook.options import data_option
from gatepost_webhook.progress import progress
from gatepost_webhook.store.owner import count_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gatepost_webhook.store.database import Connection

FORMATS = ("csv", "json", "ndjson")


@dataclass(frozen=True)
class _Rows:
    """What a row of the export is."""

    columns: dict[str, str]
    records: Callable[[Connection], Iterator[export.Record]]
    answers: Callable[[Connection], dict[str, str]]


_ROWS = {
    "leads": _Rows(export.LEAD_COLUMNS, export.lead_records, export.lead_answers),
    "submissions": _Rows(export.SUBMISSION_COLUMNS, export.submission_records, export.submission_answers),
}


def _columns_help(columns: dict[str, str]) -> str:
    return "\n".join(f"  {name:<16}{meaning}" for name, meaning in columns.items())


_HELP = f"""\
Write the leads to FILE: CSV, JSON or NDJSON (one JSON object a line), as its ending says; - is standard output.

CSV is UTF-8 without a byte-order mark, every cell quoted. A cell that a spreadsheet could take for a formula (its
first visible character is = + - @ | or a tab or line end) has an apostrophe before it, and so has such a part of it
behind a semicolon, a tab or a line end; --raw leaves that out, for programs that read the file. JSON is always as
typed, lists and answers as lists and objects. Times are UTC.

The file belongs to you alone (mode 0600), and it appears whole or not at all.

\b
Columns of --rows leads:
{_columns_help(export.LEAD_COLUMNS)}

\b
Columns of --rows submissions:
{_columns_help(export.SUBMISSION_COLUMNS)}

After these, one column for each field that anybody answered, by its name in the form (in JSON: the object 'answers').

\b
Examples:
  gatepost export leads.csv
  gatepost export - --format ndjson --rows submissions | jq .email
"""


@click.command("export", help=_HELP)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "form", type=click.Choice(FORMATS), help="Needed for - only.")
@click.option("--rows", type=click.Choice(list(_ROWS)), default="leads", show_default=True, help="What a row is.")
@click.option("--raw", is_flag=True, help="CSV cells exactly as typed. Not for spreadsheets.")
@click.option("--force", is_flag=True, help="Replace FILE when it exists.")
@data_option
def command(*, file: Path, form: str | None, rows: str, raw: bool, force: bool, data: Path | None) -> None:
    """Write the leads to a file; the help text is above because it lists the columns."""
    form = _format_of(file, form)
    with leads_read(data) as connection, _opened(file, force=force) as target:
        count = _write(connection, rows, target, form=form, raw=raw)
    if file != Path("-"):
        click.echo(f"{count:,} {rows.removesuffix('s') if count == 1 else rows} written to {file}.")


def _format_of(file: Path, form: str | None) -> str:
    if file == Path("-"):
        if form is None:
            raise click.UsageError("- needs a format: write --format csv, --format json or --format ndjson")
        return form
    ending = file.suffix.removeprefix(".").lower()
    if form is None and ending not in FORMATS:
        raise click.UsageError(f"{file}: the ending decides the format; write a name in .csv, .json or .ndjson")
    return form or ending


@contextmanager
def _opened(file: Path, *, force: bool) -> Iterator[TextIO]:
    if file != Path("-"):
        with private_file(file, force=force) as target:
            yield target
        return
    # Its own wrapper: CSV has its own line ends, and UTF-8 is promised whatever the terminal speaks.
    wrapper = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield wrapper
        wrapper.flush()
    finally:
        wrapper.detach()


def _write(connection: Connection, rows: str, target: TextIO, *, form: str, raw: bool) -> int:
    """Write every record; return how many."""
    kind = _ROWS[rows]
    total = count_rows(connection)[rows]
    with progress(f"Writing {rows}", total) as step:
        records = _counted(kind.records(connection), step)
        if form == "json":
            export.write_json(records, target)
        elif form == "ndjson":
            export.write_ndjson(records, target)
        else:
            export.write_csv(records, target, columns=kind.columns, answers=kind.answers(connection), raw=raw)
    return total


def _counted(records: Iterable[export.Record], step: Callable[[], None]) -> Iterator[export.Record]:
    for record in records:
        yield record
        step()
