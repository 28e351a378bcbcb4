"""The SQL files as functions: `-- name: claim` in sql/*.sql is `statements.claim(connection, ...)`."""

from __future__ import annotations

import re
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import aiosql
from aiosql.adapters.sqlite3 import SQLite3Adapter
from aiosql.types import SQLOperationType

if TYPE_CHECKING:
    from aiosql.queries import Queries


#: The values of a JSON array, as a column: `IN EACH(:list)`.
_EACH = re.compile(r"\bEACH\((:\w+)\)")


class _Sqlite(SQLite3Adapter):
    """aiosql's way to SQLite, without what SQLite's driver tells by itself."""

    def process_sql(self, _query_name: str, op_type: SQLOperationType, sql: str) -> str:
        sql = _EACH.sub(r"(SELECT value FROM json_each(\1))", sql)
        # The driver knows the row number of an INSERT; to hand it over as a result takes SQLite three times as long.
        return sql.replace("RETURNING id", "") if op_type is SQLOperationType.INSERT_RETURNING else sql


def load_statements() -> Queries:
    """Load every statement of sql/*.sql."""
    with as_file(files("gatepost_webhook.store") / "sql") as folder:
        queries: Queries = aiosql.from_path(folder, _Sqlite, mandatory_parameters=False)
    return queries


#: Loaded once: the files are part of the program. What each returns is typed by the function around it.
statements: Any = load_statements()
