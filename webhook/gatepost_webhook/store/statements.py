"""The SQL files as functions: `-- name: all_leads` in sql/*.sql is `statements.all_leads(connection)`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import aiosql
from aiosql.adapters.sqlite3 import SQLite3Adapter
from aiosql.types import SQLOperationType

if TYPE_CHECKING:
    from aiosql.queries import Queries

    from gatepost_webhook.store.database import Connection


#: The values of a JSON array, as a column: `IN EACH(:list)`.
_EACH = re.compile(r"\bEACH\((:\w+)\)")
#: The highest number that a table's rows were ever given.
_LAST = re.compile(r"\bLAST\((\w+)\)")


#: The rows that a statement writes, and the names in them.
_VALUES = re.compile(r"\bVALUES\s*(\([^()]*\))")
_NAMED = re.compile(r":([a-z_]+)")
#: Rows of one statement: so many that the texts of all statements fit into the driver's cache.
_MOST_ROWS = 32


class _Sqlite(SQLite3Adapter):
    """aiosql's way to SQLite, without what SQLite's driver tells by itself."""

    def process_sql(self, _query_name: str, op_type: SQLOperationType, sql: str) -> str:
        sql = _EACH.sub(r"(SELECT value FROM json_each(\1))", sql)
        sql = _LAST.sub(r"coalesce((SELECT seq FROM sqlite_sequence WHERE name = '\1'), 0)", sql)
        # The driver knows the row number of an INSERT; to hand it over as a result takes SQLite three times as long.
        return sql.replace("RETURNING id", "") if op_type is SQLOperationType.INSERT_RETURNING else sql

    def insert_update_delete_many(
        self, conn: Connection, _query_name: str, sql: str, parameters: dict[str, Any] | list[Any] | None
    ) -> int:
        """Write many rows, several by one statement: between two the driver lets go of the interpreter's lock.

        Returns how many were written: fewer than were given when some are there already, or are not any more.
        """
        rest = list(parameters or ())
        written = 0
        while rest:
            # Powers of two: few texts to prepare, whatever the number of rows.
            count = min(_MOST_ROWS, 1 << (len(rest).bit_length() - 1))
            statement, names = _for_rows(sql, count)
            rows, rest = rest[:count], rest[count:]
            written += conn.execute(statement, [row[name] for row in rows for name in names]).rowcount
        return written


@cache
def _for_rows(sql: str, count: int) -> tuple[str, list[str]]:
    """Return a statement on so many rows with numberless parameters, and the names of one row's in their order."""
    found = _VALUES.search(sql)
    if found is None:
        raise ValueError(f"one statement for many rows has to have VALUES (...): {sql}")
    row = found.group(1)
    rows = ", ".join([_NAMED.sub("?", row)] * count)
    return f"{sql[: found.start(1)]}{rows}{sql[found.end(1) :]}", _NAMED.findall(row)


def load_statements() -> Queries:
    """Load every statement of sql/*.sql."""
    with as_file(files("gatepost_webhook.store") / "sql") as folder:
        queries: Queries = aiosql.from_path(folder, _Sqlite, mandatory_parameters=False)
    return queries


#: Loaded once: the files are part of the program. What each returns is typed by the function around it.
statements: Any = load_statements()
