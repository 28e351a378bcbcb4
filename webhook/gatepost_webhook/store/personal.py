"""Which rows of which tables are about one lead, told by the schema itself: what a later version adds is found too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlite_utils

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.store.database import Connection

#: Column -> value.
Row: TypeAlias = dict[str, Any]

#: Columns that name a lead, and a keyed hash of an address.
_LEAD, _ADDRESS = "lead_id", "address"
#: How many rows may be named at once; SQLite takes some thousands of parameters.
_AT_ONCE = 500


@dataclass(frozen=True)
class Personal:
    """The tables of one database that hold what is about leads."""

    connection: Connection

    @cached_property
    def _database(self) -> sqlite_utils.Database:
        return sqlite_utils.Database(self.connection, recursive_triggers=False)

    @cached_property
    def paths(self) -> dict[str, tuple[str, str]]:
        """Table -> (its column, the table that this names), for whatever is about a lead; nearest tables first."""
        tables = sorted(self._database.table_names())
        found = {"lead": ("id", "")}
        found |= {name: (_LEAD, "lead") for name in tables if _LEAD in self._columns(name) and name != "erasing"}
        while new := self._one_further(tables, found):
            found |= new
        return found

    @cached_property
    def by_address(self) -> list[str]:
        """The tables that know an address by its keyed hash alone."""
        return [
            name
            for name in sorted(self._database.table_names())
            if name not in self.paths and _ADDRESS in self._columns(name)
        ]

    def rows(self, lead_id: int) -> dict[str, list[Row]]:
        """Return table -> the rows that are about a lead."""
        found: dict[str, list[Row]] = {}
        for table, (column, parent) in self.paths.items():
            values = [row["id"] for row in found[parent]] if parent in found and parent != "lead" else [lead_id]
            found[table] = list(self._where(table, column, values))
        return found

    def rows_of_address(self, address: str) -> dict[str, list[Row]]:
        """Return table -> the rows that know an address by its keyed hash."""
        return {table: list(self._where(table, _ADDRESS, [address])) for table in self.by_address}

    def delete(self, lead_id: int) -> dict[str, int]:
        """Delete every row that is about a lead, and return table -> how many. Runs in the writer's transaction.

        The append-only tables let rows go of those leads alone whose number is in `erasing`.
        """
        found = self.rows(lead_id)
        for table in self._leaves_first(list(found)):
            column, parent = self.paths[table]
            values = [row["id"] for row in found[parent]] if parent not in ("", "lead") else [lead_id]
            for marks, some in _portions(values):
                self._database.table(table).delete_where(f"{column} IN ({marks})", some)
        return {table: len(rows) for table, rows in found.items() if rows}

    def mention(self, text: str) -> bool:
        """Tell whether any row of any table holds a text, in capitals or small letters."""
        small = _ascii_lower(text)
        for table in self._database.table_names():
            for column in self._columns(table):
                where = f'instr(lower(cast("{column}" AS TEXT)), ?)'
                if next(self._database.table(table).rows_where(where, [small], select="1", limit=1), None):
                    return True
        return False

    def _one_further(self, tables: list[str], found: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """Return the tables that are about a lead because they name a row which is."""
        return {
            name: (key.column, key.other_table)
            for name in tables
            if name not in found
            for key in self._database.table(name).foreign_keys
            if key.column and key.other_table in found
        }

    def _columns(self, table: str) -> set[str]:
        return {column.name for column in self._database.table(table).columns}

    def _where(self, table: str, column: str, values: list[Any]) -> Iterator[Row]:
        for marks, some in _portions(values):
            yield from self._database.table(table).rows_where(f"{column} IN ({marks})", some)

    def _leaves_first(self, tables: list[str]) -> list[str]:
        """Return tables in an order in which none is emptied before those that name its rows."""
        names = {table: {key.other_table for key in self._database.table(table).foreign_keys} for table in tables}
        ordered: list[str] = []
        while rest := [table for table in tables if table not in ordered]:
            free = [table for table in rest if not any(table in names[other] - {other} for other in rest)]
            ordered += free or rest
        return ordered


def _ascii_lower(text: str) -> str:
    """Return a text as SQLite's lower() does it."""
    return "".join(char.lower() if char.isascii() else char for char in text)


def _portions(values: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield values in portions, with a question mark for each."""
    for start in range(0, len(values), _AT_ONCE):
        some = values[start : start + _AT_ONCE]
        yield ", ".join("?" * len(some)), some
