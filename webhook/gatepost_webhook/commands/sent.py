"""gatepost sent: the mails that went out; of one where it came from, and its exact bytes."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from datetime import UTC, datetime
from email import policy
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

import click

from gatepost_site.findings import ContentError
from gatepost_site.project import Project
from gatepost_webhook.clock import SystemClock
from gatepost_webhook.commands.reading import leads_read
from gatepost_webhook.errors import GatepostError
from gatepost_webhook.followup.again import GoneError, bytes_again, kept_bytes
from gatepost_webhook.followup.letterhead_files import read_letterhead
from gatepost_webhook.followup.outfit import Stationery
from gatepost_webhook.followup.worker import BYTES_KEPT
from gatepost_webhook.leads.address import AddressError, normalise
from gatepost_webhook.leads.cells import neutral
from gatepost_webhook.links import Links
from gatepost_webhook.options import data_option, project_option
from gatepost_webhook.parts import load_parts
from gatepost_webhook.settings import load_settings
from gatepost_webhook.store.letters import written_mail, written_mails

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.store.database import Connection
    from gatepost_webhook.store.letters import WrittenMail

_STATES = ("due", "claimed", "talking", "sent", "failed", "held", "skipped", "cancelled")
_COLUMNS = (
    "id", "kind", "email", "sequence", "step", "state", "reason", "subject", "variant", "language", "file",
    "revision", "version", "content_hash", "data_hash", "message_id", "attempts", "due", "written", "changed",
)  # fmt: skip
_SHORT = 12


@click.command(short_help="List the mails that went out, or show one with where it came from.")
@click.argument("mail", required=False, type=click.IntRange(1, 2**63 - 1), metavar="[ID]")
@click.option("--to", default="", metavar="ADDRESS", help="Only mails to this address.")
@click.option("--sequence", default="", metavar="SLUG", help="Only mails of this sequence.")
@click.option(
    "--state", default="", type=click.Choice(["", *_STATES]), metavar="STATE", help=f"One of {', '.join(_STATES)}."
)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many to list.")
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True,
    help="How a list is written.",
)  # fmt: skip
@click.option("--raw", is_flag=True, help="Of one mail, the exact bytes and nothing else.")
@data_option
@project_option
def command(
    *,
    mail: int | None,
    to: str,
    sequence: str,
    state: str,
    limit: int,
    style: str,
    raw: bool,
    data: Path | None,
    root: Path,
) -> None:
    """List the mails that were written, newest first; with ID, show one: its headers, its text's file, commit and hash.

    A mail's bytes are kept for 7 days after it went out. Later they are made again from the version of the sequence
    that is in the database, and compared with the hash of what was sent; where that is not possible any more, it says
    why. Times are UTC.

    \b
    Examples:
      gatepost sent --to anna@example.com
      gatepost sent 118
      gatepost sent 118 --raw > mail.eml
    """
    if raw and mail is None:
        raise click.UsageError("--raw shows one mail; write its number, as in: gatepost sent 118 --raw")
    with leads_read(data) as connection:
        if mail is None:
            found = written_mails(connection, canonical=_canonical(to), sequence=sequence, state=state, most=limit)
            _list(found, style)
            return
        one = written_mail(connection, mail)
        if one is None:
            raise GatepostError(f"there is no mail {mail}; 'gatepost sent' lists them")
        if raw:
            _write_bytes(_bytes(connection, one, root, data))
            return
        for line in _described(connection, one, root, data):
            click.echo(line)


def _canonical(address: str) -> str:
    if not address:
        return ""
    try:
        return normalise(address)[1]
    except AddressError as error:
        raise click.BadParameter(f"is not an address ({error}), found {address!r}", param_hint="'--to'") from error


def _list(found: list[WrittenMail], style: str) -> None:
    if style == "json":
        click.echo(json.dumps([_record(one) for one in found], indent=2, ensure_ascii=False))
    elif style == "csv":
        rows = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL)
        rows.writerow(_COLUMNS)
        rows.writerows([neutral(str(value)) for value in _record(one).values()] for one in found)
    elif not found:
        click.echo("No such mail. Mails are written when they go out: 'gatepost leads' shows what comes next.")
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        for line in _table([("id", "when (UTC)", "state", "to", "mail", "subject"), *map(_cells, found)]):
            click.echo(line[:width])


def _record(mail: WrittenMail) -> dict[str, object]:
    values = mail._asdict() | {
        "due": _iso(mail.due_at), "written": _iso(mail.written_at), "changed": _iso(mail.changed_at),
        "sequence": mail.sequence or "",
    }  # fmt: skip
    return {name: values[name] for name in _COLUMNS}


def _cells(mail: WrittenMail) -> tuple[str, ...]:
    what = f"{mail.sequence}/{mail.step}" if mail.sequence else f"{mail.kind} {mail.step}".strip()
    what += f" [{mail.variant}]" if mail.variant else ""
    return str(mail.id), _when(mail.changed_at), mail.state, mail.email, what, mail.subject


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _described(connection: Connection, mail: WrittenMail, root: Path, data: Path | None) -> list[str]:
    lines = [f"Mail {mail.id}: {mail.state}" + (f" ({mail.reason})" if mail.reason else "")]
    lines += [f"  {name:<9} {value}" for name, value in _facts(mail) if value]
    try:
        message = _bytes(connection, mail, root, data)
    except GatepostError as error:
        return [*lines, f"  Bytes     {str(error).removeprefix(f'mail {mail.id}: ')}"]
    except ContentError as error:
        return [*lines, f"  Bytes     the project cannot be read: {error.findings[0]}"]
    until = mail.changed_at + BYTES_KEPT
    kept = "kept as long as it is not over" if mail.state not in ("sent", "failed") else f"kept until {_when(until)}"
    told = kept if mail.kept else "let go, and made again with the same hash"
    lines.append(f"  Bytes     {len(message):,}, {told}; sha256 {mail.data_hash or 'not kept'}")
    headers = BytesHeaderParser(policy=policy.compat32).parsebytes(message).items()
    return [*lines, "", *(f"{name}: {value}" for name, value in headers)]


def _facts(mail: WrittenMail) -> list[tuple[str, str]]:
    text = f"{mail.file} ({mail.language})" if mail.file else ""
    text += f", subject {mail.variant!r}" if mail.variant else ""
    show = f"git show {mail.revision[:_SHORT]}:{mail.file}" if mail.file.startswith("sequences/") else ""
    return [
        ("To", f"the owner, about {mail.email}" if mail.kind == "notify" else mail.email),
        ("Subject", mail.subject),
        ("What", f"step {mail.step!r} of {mail.sequence}" if mail.sequence else mail.kind),
        ("Text", text),
        ("Hash", f"{mail.content_hash} of the text" if mail.content_hash else ""),
        ("Commit", (f"{mail.revision}" + (f"   {show}" if show else "")) if mail.revision else "not in a repository"),
        ("Version", mail.version),
        ("Due", _when(mail.due_at)),
        ("Written", _when(mail.written_at) if mail.written_at else ""),
        (mail.state.title(), f"{_when(mail.changed_at)}, attempt {mail.attempts + 1}"),
    ]


def _bytes(connection: Connection, mail: WrittenMail, root: Path, data: Path | None) -> bytes:
    """Return a mail's bytes, kept or made again. Raises GoneError."""
    kept = kept_bytes(connection, mail)
    if kept is not None:
        return kept
    if not mail.message_id:
        raise GoneError(f"mail {mail.id}: was never written: {mail.reason or mail.state}")
    return bytes_again(connection, _stationery(root, data), mail)


def _stationery(root: Path, data: Path | None) -> Stationery:
    settings = load_settings(**({"data": data} if data else {}))
    # The sequence comes from the database, so that a broken one in the files is in nobody's way.
    parts = load_parts(root, last_good=lambda _: None)
    return Stationery(
        settings=settings,
        project=Project.at(root),
        manifest=parts.manifest,
        magnets=parts.magnets,
        links=Links(settings.base_url, settings.signing_secrets),
        clock=SystemClock(),
        languages=parts.languages,
        letterhead=read_letterhead(parts.project),
    )


def _write_bytes(message: bytes) -> None:
    sys.stdout.buffer.write(message)
    sys.stdout.buffer.flush()


def _when(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"


def _iso(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""
