"""Makes the copy that a review shows: allowed columns only, times in words, cells that no spreadsheet calculates."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database

from gatepost_webhook.errors import GatepostError
from gatepost_webhook.leads.cells import neutral
from gatepost_webhook.leads.export import ANSWERS
from gatepost_webhook.review.tables import NUMBERS, TABLES
from gatepost_webhook.store.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from gatepost_webhook.review.tables import Row, Table
    from gatepost_webhook.store.database import Connection


class CopyError(GatepostError):
    """The copy cannot be made."""


@dataclass(frozen=True)
class Copied:
    """What a copy holds."""

    #: Table -> number of rows.
    rows: dict[str, int]
    #: Table -> column -> what it means, the columns of the answers too.
    columns: dict[str, dict[str, str]]


def make_copy(source: Connection, target: Path, *, step: Callable[[], None]) -> Copied:
    """Write the copy to a new file (mode 0600), calling `step` after each row. Raises CopyError."""
    rows: dict[str, int] = {}
    columns: dict[str, dict[str, str]] = {}
    try:
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(Database(target)) as copy:
            # It is made anew each time: no journal is needed, and none may be left behind.
            for pragma in ("journal_mode=OFF", "synchronous=OFF"):
                copy.execute(f"PRAGMA {pragma}")
            for table in TABLES:
                answers = table.answers(source) if table.answers else {}
                columns[table.name] = table.columns | {column: f"answer to {name}" for name, column in answers.items()}
                rows[table.name] = _fill(copy, table, source, answers, step)
            _make_searchable(copy, columns["leads"])
    except OSError as error:
        raise _no_room(target, error.strerror or str(error)) from error
    except DatabaseError as error:
        # Any other error is the original's, and its reader explains it.
        if "full" in str(error) or "disk I/O" in str(error):
            raise _no_room(target, str(error)) from error
        raise
    return Copied(rows, columns)


def _no_room(target: Path, reason: str) -> CopyError:
    return CopyError(f"{target.parent}: the copy cannot be made there ({reason}); name another folder in TMPDIR")


def _fill(
    copy: Database, table: Table, source: Connection, answers: Mapping[str, str], step: Callable[[], None]
) -> int:
    names = _order(table, answers)
    copy.table(table.name).create(
        {name: int if name in NUMBERS else str for name in names},
        pk=table.key if len(table.key) > 1 else table.key[0],
        foreign_keys=[(column, other, "id") for column, other in table.links.items()],
    )
    rows = (tuple(row.get(name) for name in names) for row in _allowed(table, source, answers, step))
    # Not insert_all(), which takes five times as long: there may be a million rows.
    with copy.conn:
        copy.conn.executemany(f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(names))})", rows)  # noqa: S608
    for column in table.links:
        copy.table(table.name).create_index([column])
    return copy.table(table.name).count


def _allowed(table: Table, source: Connection, answers: Mapping[str, str], step: Callable[[], None]) -> Iterator[Row]:
    """Yield rows cut down to the allowed columns, each cell safe, an empty one NULL."""
    for row in table.rows(source):
        given = row.get(ANSWERS)
        safe = {name: _safe(row[name]) for name in table.columns}
        if isinstance(given, dict):
            safe |= {column: _safe(given.get(name)) for name, column in answers.items()}
        yield safe
        step()


def _order(table: Table, answers: Mapping[str, str]) -> list[str]:
    """Return the columns as they stand: what people answered beside what names the row."""
    names = list(table.columns)
    place = names.index(table.label) + 1 if table.label else len(names)
    return [*names[:place], *answers.values(), *names[place:]]


def _safe(value: object) -> object:
    return neutral(value) or None if isinstance(value, str) else value


def _make_searchable(copy: Database, columns: Mapping[str, str]) -> None:
    texts = [name for name, meaning in columns.items() if name == "email" or meaning.startswith("answer to ")]
    copy.table("leads").enable_fts(texts, tokenize="unicode61")
