"""Suppression lists that come from elsewhere: plain lists, and the CSV files that providers export."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from gatepost_webhook.errors import GatepostError
from gatepost_webhook.leads.address import AddressError, normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gatepost_webhook.store.suppressions import Reason

#: Names of the column that holds addresses.
_ADDRESS = ("email", "e-mail", "address", "email address", "recipient", "emailaddress")
_REASON = ("reason", "suppressionreason", "type")
#: How providers call their reasons.
_REASONS: dict[str, Reason] = {
    "bounce": "bounced",
    "bounced": "bounced",
    "hardbounce": "bounced",
    "hard_bounce": "bounced",
    "hard bounce": "bounced",
    "invalid": "bounced",
    "complaint": "complained",
    "complained": "complained",
    "spam": "complained",
    "spamcomplaint": "complained",
    "spam complaint": "complained",
    "unsubscribe": "unsubscribed",
    "unsubscribed": "unsubscribed",
    "manualsuppression": "unsubscribed",
    "not-me": "not-me",
    "owner": "owner",
}
#: Bytes of a list.
_MAX_BYTES = 256 << 20


class ListError(GatepostError):
    """A list cannot be read at all."""


@dataclass(frozen=True)
class Entry:
    """One address, or what is wrong with its line."""

    line: int
    canonical: str = ""
    #: None: the file does not say.
    reason: Reason | None = None
    mistake: str = ""


def read_list(path: Path, *, step: Callable[[], None]) -> Iterator[Entry]:
    """Yield what each line says, calling `step` after each. Raises ListError.

    Lines hold an address each, or are CSV with a line of names, one of which is email, address or recipient; between
    the cells stands what the first line has most of: a comma, a semicolon or a tab.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ListError(f"{path}: is larger than {_MAX_BYTES >> 20} MiB; split it")
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _entries(csv.reader(file, delimiter=_border(file)), step)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ListError(f"{path}: cannot be read ({error}); save it as a list of addresses in UTF-8") from error


def _border(file: TextIO) -> str:
    """Return what stands between the cells of a file: a semicolon where spreadsheets write commas as decimal signs."""
    first = file.readline()
    file.seek(0)
    return max(",;\t", key=first.count)


def _entries(rows: Iterator[list[str]], step: Callable[[], None]) -> Iterator[Entry]:
    place, reasons, first = 0, None, True
    for number, row in enumerate(rows, 1):
        step()
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        names = [cell.lower() for cell in cells]
        if first and any(name in _ADDRESS for name in names):
            place = next(index for index, name in enumerate(names) if name in _ADDRESS)
            reasons = next((index for index, name in enumerate(names) if name in _REASON), None)
            first = False
            continue
        first = False
        yield _entry(number, _cell(cells, place), _cell(cells, reasons) if reasons is not None else "")


def _entry(line: int, address: str, reason: str) -> Entry:
    try:
        canonical = normalise(address)[1]
    except AddressError as error:
        return Entry(line, mistake=f"is no address ({error}), found {address[:80]!r}")
    known = _REASONS.get(reason.lower())
    if reason and known is None:
        choice = ", ".join(sorted(set(_REASONS.values())))
        return Entry(line, mistake=f"has a reason that is unknown, found {reason[:40]!r}; write one of {choice}")
    return Entry(line, canonical, known)


def _cell(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""
