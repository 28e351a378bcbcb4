"""The database file: its modes, its schema, and what is said when it cannot be used."""

from __future__ import annotations

import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from gatepost_webhook.errors import StoreBusyError, StoreError
from gatepost_webhook.store import database
from gatepost_webhook.store.database import open_database, open_reader, split_statements
from gatepost_webhook.store.writer import Writer


def test_every_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "leads.db"
    with Writer(path) as writer:
        writer.run(lambda connection: connection.execute("INSERT INTO wording VALUES ('h', 't', 1)").rowcount)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(["leads.db", "leads.db-wal", "leads.db-shm", "leads.reserve"], 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_lead_survives_a_power_cut_because_every_commit_is_synchronised(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "leads.db")
    pragmas = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert connection.execute("PRAGMA secure_delete").fetchone()[0] == 1
    connection.close()


@pytest.mark.parametrize("table", ["event", "receipt"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET at = 2"])
def test_events_and_receipts_are_only_added(tmp_path: Path, table: str, change: str) -> None:
    connection = open_database(tmp_path / "leads.db")
    connection.execute("INSERT INTO lead (email, canonical, created_at) VALUES ('a@b.example', 'a@b.example', 1)")
    connection.execute("INSERT INTO event (at, lead_id, kind) VALUES (1, 1, 'submitted')")
    connection.execute(
        "INSERT INTO receipt (lead_id, purpose, act, at, method, page) VALUES (1, 'marketing', 'given', 1, 'form', '/')"
    )
    with pytest.raises(database.DatabaseError, match="append-only"):
        connection.execute(change.format(table))
    connection.close()


def _open(path: Path) -> None:
    open_database(path).close()


def test_six_processes_may_make_the_database_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_open, args=(tmp_path / "leads.db",)) for _ in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 6


def test_a_database_of_a_newer_gatepost_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "leads.db"
    connection = open_database(path)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('gatepost', '0099_later', '2030')"
    )
    connection.close()
    before = path.read_bytes()
    message = (
        f"{path}: was written by a newer Gatepost, found migration '0099_later'; "
        "install that version or a later one, or use another folder"
    )
    for opening in (open_database, open_reader):
        with pytest.raises(StoreError) as caught:
            opening(path)
        assert str(caught.value) == message
    assert path.read_bytes() == before


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc")
def test_a_database_that_is_refused_is_closed_again(tmp_path: Path) -> None:
    path = tmp_path / "leads.db"
    path.write_text("These are my leads, typed by hand, one a line. " * 40)
    # The error keeps the frames alive in which the connection was opened.
    with pytest.raises(StoreError) as caught:
        open_reader(path)
    assert caught.value.__traceback__ is not None
    assert path not in [link.resolve() for link in Path("/proc/self/fd").iterdir() if link.exists()]


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "leads.db"
    path.write_text("These are my leads, typed by hand, one a line. " * 40)
    with pytest.raises(StoreError) as caught:
        open_database(path)
    assert str(caught.value) == (
        f"{path}: is not a Gatepost database (file is not a database); move it away, or restore a backup"
    )
    assert path.read_text().startswith("These are my leads")


def test_a_locked_database_is_busy_not_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "leads.db"
    monkeypatch.setattr(database, "BUSY_MS", 50)
    holder = open_database(path)
    with Writer(path) as writer:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="not committed \\(database is locked\\)"):
            writer.run(lambda connection: connection.execute("INSERT INTO wording VALUES ('h', 't', 1)").rowcount)
        holder.execute("COMMIT")
        assert writer.run(lambda connection: connection.execute("SELECT count(*) FROM wording").fetchone()[0]) == 0
    holder.close()


def test_a_folder_without_the_right_to_write_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    # The superuser may write to every folder of a disk, but not to the kernel's.
    path = (Path("/sys/kernel") if os.geteuid() == 0 else tmp_path) / "leads.db"
    with pytest.raises(StoreError) as caught:
        open_database(path)
    reasons = ("Permission denied", "Read-only file system", "Operation not permitted")
    advice = "give this user the right to write there"
    assert str(caught.value) in {f"{path}: cannot be opened ({reason}); {advice}" for reason in reasons}
    tmp_path.chmod(0o700)


def test_a_missing_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    path = tmp_path / "data" / "leads.db"
    with pytest.raises(StoreError) as caught:
        open_database(path)
    assert str(caught.value) == f"{path}: cannot be opened (File exists); give this user the right to write there"


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "leads.db"
    path.symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(StoreError, match="is a symbolic link; name the file that it points to"):
        open_database(path)
    assert not (tmp_path / "elsewhere.db").exists()


def test_reading_needs_a_database(tmp_path: Path) -> None:
    path = tmp_path / "leads.db"
    with pytest.raises(StoreError) as caught:
        open_reader(path)
    assert str(caught.value) == (
        f"{path}: there is no database yet; 'gatepost run' makes it "
        "(the demo's leads are shown with --data .gatepost/demo)"
    )
    assert not path.exists()


def test_a_trigger_is_one_statement() -> None:
    script = "CREATE TABLE a (b);\n-- why\nCREATE TRIGGER t BEFORE UPDATE ON a BEGIN SELECT 1; END;\n"
    assert split_statements(script) == [
        "CREATE TABLE a (b);",
        "-- why\nCREATE TRIGGER t BEFORE UPDATE ON a BEGIN SELECT 1; END;",
    ]
