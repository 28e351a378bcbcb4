"""What a statement costs depends on the work that is due, not on how much is kept: no statement reads a whole table.

Those that do are named here, each with who waits for it: the owner at a command, or a check of everything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.store.database import open_database
from gatepost_webhook.store.statements import load_statements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_webhook.store.database import Connection

STATEMENTS = load_statements()
#: Read everything, because everything is what the owner asked for.
EXPORTS = {
    "addresses_of_leads", "all_leads", "every_bounce", "every_suppression", "fields_of_leads", "fields_of_submissions",
    "leads_until", "magnets_asked_for", "newest_leads", "review_enrolments", "review_events", "review_mails",
    "review_notes", "review_receipts", "review_suppressions", "submissions_by_lead", "tags_by_lead", "written_mails",
}  # fmt: skip
#: Count for the owner.
COUNTS = {
    "count_erased_mails", "count_insiders", "count_leads", "count_mails_over", "count_rows", "due_by_kind",
    "suppression_counts",
}  # fmt: skip
#: Look through everything: `doctor --verify`, a restored backup.
CHECKS = {
    "doubt_drips", "drips_after_withdrawal", "drips_sent_twice", "drips_without_consent", "erasures_since",
    "mails_named", "mails_sent", "owner_decisions", "submitted_addresses", "suppressed_events",
}  # fmt: skip
#: Tables that stay small however many leads there are; `written` is one row.
SMALL = {"pause", "report_count", "sequence_version", "sqlite_sequence", "written"}
#: Indexes that hold only what is open now.
OPEN = {"call_claimed", "lead_answers_due", "mail_held", "mail_open"}
#: Rows of these are kept for good.
NEVER_DELETED = {"wording"}
#: Read an index as far as their limit.
AS_FAR_AS_ASKED = {"any_mail", "earlier_confirmation", "forget_scores", "latest_confirmations", "leads_to_score"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path: Path = tmp_path_factory.mktemp("plans") / "leads.db"
    connection = open_database(path)
    yield connection
    connection.close()


def names() -> list[str]:
    return sorted(name for name in STATEMENTS.available_queries if not name.endswith("_cursor"))


def whole_tables(database: Connection, sql: str) -> list[str]:
    """Return the lines of a plan that read a whole table which grows with the leads."""
    # EACH(:list) is a marker of ours, for the values of a JSON array.
    sql = re.sub(r"\bEACH\((:\w+)\)", r"(SELECT value FROM json_each(\1))", sql)
    # The planner looks at limits, and at bounds.
    values = dict.fromkeys(re.findall(r"(?<!:):([a-z_]+)", sql), 100)
    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    found = []
    for line in plan:
        scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
        if scan and scan[1] not in SMALL | {"json_each", "CONSTANT"} and scan[2] not in OPEN:
            found.append(line)
    return found


@pytest.mark.parametrize("name", names())
def test_no_statement_reads_a_whole_table_unless_its_owner_asked_for_that(database: Connection, name: str) -> None:
    found = whole_tables(database, getattr(STATEMENTS, name).sql)
    if name not in EXPORTS | COUNTS | CHECKS | AS_FAR_AS_ASKED:
        assert not found


def test_the_list_of_those_that_do_is_true(database: Connection) -> None:
    known = EXPORTS | COUNTS | CHECKS | AS_FAR_AS_ASKED
    assert {name for name in known if not whole_tables(database, getattr(STATEMENTS, name).sql)} == set()


def test_whether_a_row_is_still_named_is_found_by_an_index(database: Connection) -> None:
    tables = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    named = {
        (table, row[3])
        for table in tables
        for row in database.execute("SELECT * FROM pragma_foreign_key_list(?)", [table])
        if row[2] not in NEVER_DELETED
    }
    assert ("mail", "submission_id") in named
    assert named <= {(table, column) for table in tables for column in _first_columns(database, table)}


def _first_columns(database: Connection, table: str) -> Iterator[str]:
    """Give the columns by which rows of a table are found."""
    indexes = [row[1] for row in database.execute("SELECT * FROM pragma_index_list(?)", [table])]
    for index in indexes:
        yield from (row[2] for row in database.execute("SELECT * FROM pragma_index_info(?)", [index]) if row[0] == 0)
    yield from (row[1] for row in database.execute("SELECT * FROM pragma_table_info(?)", [table]) if row[5] == 1)
