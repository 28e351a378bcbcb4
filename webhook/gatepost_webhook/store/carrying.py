"""What a restored backup takes over from the database that it replaces: what cannot be undone.

Mails that were sent stay sent, people who left have left, who was erased is erased; and nobody who came since is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlite_utils

from gatepost_webhook.store.erasures import reapply_erasures
from gatepost_webhook.store.statements import statements

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

#: Whose newest state counts, row by row.
_MIRRORED = frozenset({"enrolment", "mail", "call", "preference", "report_count", "hit", "counter", "reading"})
#: What is made of a lead's row: taken over with it, and for nobody else.
_DERIVED = frozenset({"lead_answer"})
#: Who must not be written to, and who was erased: of use whatever else the two databases have in common.
_PROTECTING = ("wording", "suppression", "erasure", "proof")
#: What belongs to one database alone.
_OWN = frozenset({"road", "erasing", "lead"})
#: Events that are compared to see whether both databases have one history.
_COMPARED = 500
#: Numbers that are left out when nobody knows which ones were given out since the backup.
_GAP = 1_000_000


@dataclass(frozen=True)
class Carried:
    """What was taken over."""

    #: Mails that the backup did not know to be over, people who came after it, and people who were erased again.
    mails: int = 0
    leads: int = 0
    erased: int = 0
    #: The two databases are of one history; otherwise only erasures and suppressions could be taken over.
    related: bool = True


def carry_over(connection: Connection, old: Path, *, key: bytes, now: int) -> Carried:
    """Take over, into the backup on this connection, what `old` knows. Raises DatabaseError."""
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("ATTACH DATABASE ? AS old", (str(old),))
    try:
        # Not IMMEDIATE: that would lock the other file as well, which is kept from everybody.
        connection.execute("BEGIN")
        carried = _carried(connection, key=key, now=now)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("DETACH DATABASE old")
        connection.execute("PRAGMA foreign_keys=ON")
    return carried


def leave_gap(connection: Connection) -> None:
    """Give out no number that may stand in somebody's link since the backup."""
    connection.execute("UPDATE sqlite_sequence SET seq = seq + ?", (_GAP,))


def _carried(connection: Connection, *, key: bytes, now: int) -> Carried:
    related = _have_one_history(connection)
    tables = _Tables(connection)
    over = _mails_over(connection)
    for table in _PROTECTING:
        tables.add_missing(table)
    # Before anybody is added: who was erased and came back is another lead then.
    erased = len(reapply_erasures(connection, 0, key=key, now=now))
    if not related:
        leave_gap(connection)
        return Carried(erased=erased, related=False)
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM receipt").fetchone()[0]
    known = connection.execute("SELECT coalesce(max(id), 0) FROM main.lead").fetchone()[0]
    leads = tables.add_missing("lead")
    for table in tables.common:
        if table in _DERIVED:
            tables.add_missing(table, after_lead=known)
        elif table in _MIRRORED:
            tables.replace(table)
        elif table not in _OWN and table not in _PROTECTING:
            tables.add_missing(table)
    _take_consents(connection, newest)
    _raise_numbers(connection)
    return Carried(mails=_mails_over(connection) - over, leads=leads, erased=erased)


class _Tables:
    """The tables and columns that both databases have; their names come from the schema alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._database = sqlite_utils.Database(connection)
        old = {row[0] for row in connection.execute("SELECT name FROM old.sqlite_master WHERE type = 'table'")}
        own = [name for name in self._database.table_names() if not name.startswith(("sqlite_", "_sqlite_"))]
        self.common = [name for name in own if name in old]

    def add_missing(self, table: str, *, after_lead: int = 0) -> int:
        """Add rows that are not there, but none of a lead that is not there; return how many."""
        return self._insert(table, "OR IGNORE", after_lead)

    def replace(self, table: str) -> int:
        """Add rows, and put them in place of those of the same number."""
        return self._insert(table, "OR REPLACE")

    def _insert(self, table: str, how: str, after_lead: int = 0) -> int:
        if table not in self.common:
            return 0
        names = self._columns(table)
        columns = ", ".join(f'"{name}"' for name in names)
        known = " WHERE lead_id IN (SELECT id FROM main.lead WHERE id > ?)" if "lead_id" in names else ""
        statement = f'INSERT {how} INTO main."{table}" ({columns}) SELECT {columns} FROM old."{table}"{known}'  # noqa: S608 - names from the schema
        return int(self._connection.execute(statement, (after_lead,) if known else ()).rowcount)

    def _columns(self, table: str) -> list[str]:
        pragma = self._connection.execute("SELECT name FROM pragma_table_info(?, 'old')", (table,))
        old = {row[0] for row in pragma}
        return [column.name for column in self._database[table].columns if column.name in old]


def _have_one_history(connection: Connection) -> bool:
    """Tell whether the newest events of the backup are in the other database too, unless they were erased there."""
    row = connection.execute(
        "SELECT count(*) FROM (SELECT id, at, lead_id, kind FROM main.event ORDER BY id DESC LIMIT ?) AS mine"
        " JOIN old.event AS other ON other.id = mine.id"
        " WHERE (other.at, other.lead_id, other.kind) <> (mine.at, mine.lead_id, mine.kind)",
        (_COMPARED,),
    ).fetchone()
    newer = connection.execute(
        "SELECT (SELECT coalesce(max(id), 0) FROM old.event) >= (SELECT coalesce(max(id), 0) FROM main.event)"
    ).fetchone()
    return not row[0] and bool(newer[0])


def _take_consents(connection: Connection, newest: int) -> None:
    """Put in force what leads have confirmed or withdrawn since the backup's newest receipt."""
    connection.execute(
        "UPDATE main.lead SET (confirmed_at, marketing_at) ="
        " (SELECT confirmed_at, marketing_at FROM old.lead AS other WHERE other.id = main.lead.id)"
        " WHERE id IN (SELECT lead_id FROM old.receipt WHERE id > ?) AND id IN (SELECT id FROM old.lead)",
        (newest,),
    )


def _raise_numbers(connection: Connection) -> None:
    """Give out no number twice: they stand in links and Message-IDs."""
    if not connection.execute("SELECT 1 FROM old.sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
        leave_gap(connection)
        return
    connection.execute(
        "UPDATE main.sqlite_sequence SET seq = max(seq, coalesce("
        "(SELECT other.seq FROM old.sqlite_sequence AS other WHERE other.name = main.sqlite_sequence.name), 0))"
    )


def _mails_over(connection: Connection) -> int:
    count: int = statements.count_mails_over(connection)["count"]
    return count
