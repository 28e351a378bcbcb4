"""Whatever is wrong with the database: one line, exit code 1, and the file as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from gatepost_webhook.cli import gatepost
from gatepost_webhook.store.database import open_database
from tests.webhook.leads.filled import fill

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = (["leads"], ["export", "-", "--format", "csv"], ["review", "--no-browser"])
every_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])


def run(command: list[str], data: Path) -> Result:
    return CliRunner().invoke(gatepost, [*command, "--data", str(data)])


@every_command
def test_there_is_no_database_yet(command: list[str], tmp_path: Path) -> None:
    result = run(command, tmp_path)
    assert (result.exit_code, result.output) == (
        1,
        (
            f"gatepost: {tmp_path}/leads.db: there is no database yet; 'gatepost run' makes it "
            "(the demo's leads are shown with --data .gatepost/demo)\n"
        ),
    )
    assert list(tmp_path.iterdir()) == []


@every_command
def test_it_is_something_else(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "leads.db").write_text(
        "A shopping list, quite long enough to be mistaken for a header of a file.\n" * 9
    )
    result = run(command, tmp_path)
    assert (result.exit_code, result.output) == (
        1,
        (
            f"gatepost: {tmp_path}/leads.db: is not a Gatepost database (file is not a database); "
            "move it away, or restore a backup\n"
        ),
    )


@every_command
def test_it_is_empty(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "leads.db").touch()
    result = run(command, tmp_path)
    assert (result.exit_code, result.output) == (
        1,
        (
            f"gatepost: {tmp_path}/leads.db: is not up to date (no such table: lead); "
            "start 'gatepost run' once, which mends that\n"
        ),
    )


@every_command
def test_a_newer_gatepost_wrote_it(command: list[str], data: Path) -> None:
    connection = open_database(data / "leads.db")
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('gatepost', '0999_future', '2030')"
    )
    connection.close()
    result = run(command, data)
    assert (result.exit_code, result.output) == (
        1,
        (
            f"gatepost: {data}/leads.db: was written by a newer Gatepost, found migration '0999_future'; "
            "install that version or a later one, or use another folder\n"
        ),
    )


@pytest.mark.parametrize("command", COMMANDS[:2], ids=lambda command: command[0])
def test_reading_goes_on_while_somebody_writes(command: list[str], data: Path) -> None:
    writing = open_database(data / "leads.db")
    writing.execute("BEGIN IMMEDIATE")
    writing.execute("UPDATE lead SET email = 'half@way.test'")
    result = run(command, data)
    writing.execute("ROLLBACK")
    writing.close()
    assert result.exit_code == 0
    assert "eve@example.net" in result.output
    assert "half@way.test" not in result.output


def test_somebody_else_may_not_read_it(plain_user: Path) -> None:
    fill(plain_user / "data")
    (plain_user / "data" / "leads.db").chmod(0)
    result = run(["leads"], plain_user / "data")
    assert (result.exit_code, result.output) == (
        1,
        (
            f"gatepost: {plain_user}/data/leads.db: cannot be opened (unable to open database file); "
            "give this user the right to write there\n"
        ),
    )
