"""Backups that are whole, and restored ones that mail nobody before the owner says so, and nobody twice."""

from __future__ import annotations

import dataclasses
import functools
import os
import random
import shutil
import stat
import threading
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_webhook.channels.recording import RecordingChannel
from gatepost_webhook.cli import gatepost
from gatepost_webhook.errors import StoreBusyError, StoreError
from gatepost_webhook.store.backups import check, restore_backup, write_backup
from gatepost_webhook.store.consents import keep_wording
from gatepost_webhook.store.counters import HighWater
from gatepost_webhook.store.database import open_reader
from gatepost_webhook.store.erasures import erase_lead
from gatepost_webhook.store.held import held_mails
from gatepost_webhook.store.pauses import pauses
from gatepost_webhook.store.resuming import DOUBT, resume
from gatepost_webhook.store.writer import Writer
from tests.webhook.followup.desk import DAY, Desk
from tests.webhook.followup.test_coming import entering, inside, tag

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from gatepost_webhook.clock import MovableClock
    from gatepost_webhook.followup.outfit import Outfit
    from gatepost_webhook.store.backups import Restored

KEY = b"k" * 32
#: A soak sets more of them.
CYCLES = int(os.environ.get("SOAK_CYCLES", "15"))


@dataclasses.dataclass
class Office:
    """A data folder whose processes stop and start again; the channel and the clock go on."""

    outfit: Outfit
    channel: RecordingChannel
    clock: MovableClock
    desk: Desk

    @property
    def database(self) -> Path:
        return self.outfit.settings.database

    def stop(self) -> None:
        self.desk.worker.close()
        self.desk.outfit.writer.close()

    def start(self) -> None:
        outfit = dataclasses.replace(self.outfit, writer=Writer(self.database))
        self.desk = Desk(outfit, self.channel, self.clock)

    def backup(self, path: Path) -> Path:
        write_backup(self.database, path, now=self.clock.now())
        return path

    def restore(self, path: Path) -> Restored:
        self.stop()
        restored = restore_backup(path, self.database, key=KEY, now=self.clock.now())
        self.start()
        return restored

    def resume(self, *, hold_doubtful: bool = False) -> None:
        (found,) = self.desk.outfit.writer.run(pauses)
        sent = HighWater(self.database).read()
        act = functools.partial(resume, pause=found, hold_doubtful=hold_doubtful, sent=sent, now=self.clock.now())
        assert self.desk.outfit.writer.run(act)

    def enrol(self, *addresses: str) -> None:
        for address in addresses:
            self.desk.enrol(self.desk.add_lead(address))

    def erase(self, address: str) -> None:
        now = self.clock.now()

        def erase(connection: sqlite3.Connection) -> None:
            lead = connection.execute("SELECT id FROM lead WHERE canonical = ?", (address,)).fetchone()[0]
            erase_lead(connection, lead, key=KEY, method="page", now=now)

        self.desk.outfit.writer.run(erase)

    def command(self, *arguments: str) -> Result:
        return CliRunner().invoke(gatepost, [*arguments, "--data", str(self.outfit.settings.data)])


@pytest.fixture
def office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("GATEPOST_SUPPRESSION_KEY", KEY.decode())
    found = Office(desk.outfit, desk.channel, desk.clock, desk)
    yield found
    found.stop()


def test_restored_again_and_again_nobody_is_mailed_before_or_twice_or_after_leaving(
    office: Office, tmp_path: Path
) -> None:
    chance = random.Random(20261125)
    left: set[str] = set()
    erased: set[str] = set()
    known: list[str] = []
    path = tmp_path / "backup.db"
    for cycle in range(CYCLES):
        known.append(f"lead{cycle}@example.com")
        office.enrol(known[-1])
        office.clock.advance(DAY // 2)
        office.desk.run()
        path.unlink(missing_ok=True)
        office.backup(path)
        # Life goes on: mails, a newcomer, somebody leaves, somebody is erased.
        known.append(f"late{cycle}@example.com")
        office.enrol(known[-1])
        gone = chance.choice([one for one in known if one not in left | erased])
        before = len(office.channel.messages)
        if chance.random() < 0.4:
            office.desk.suppress(gone)
            left.add(gone)
        elif chance.random() < 0.4:
            office.erase(gone)
            erased.add(gone)
        office.clock.advance(DAY)
        office.desk.run()
        restored = office.restore(path)
        assert restored.carried is not None
        assert restored.carried.related
        assert restored.aside is not None
        restored.aside.unlink()
        count = len(office.channel.messages)
        assert office.desk.run() == []
        assert office.desk.run(days=0.1) == []
        office.resume()
        office.desk.run()
        assert len(office.channel.messages) >= count
        addresses = {row["canonical"] for row in office.desk.sql("SELECT canonical FROM lead")}
        assert addresses == set(known) - erased, "nobody is back, and nobody who came since is lost"
        late = {message.recipient for message in office.channel.messages[before:]}
        assert not late & (left | erased)
    copies = Counter((message.recipient, message.message_id) for message in office.channel.messages)
    assert set(copies.values()) == {1}
    steps = Counter(
        (message.recipient, next(line for line in message.data.splitlines() if line.startswith(b"Subject:")))
        for message in office.channel.messages
    )
    assert max(steps.values()) == 1
    assert len(steps) > CYCLES
    assert office.desk.sql("PRAGMA foreign_key_check") == []


def test_what_brought_somebody_in_once_does_not_do_so_again_after_a_restore(
    outfit: Outfit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = entering(outfit, "tag: customer", "again: always")
    monkeypatch.setenv("GATEPOST_SUPPRESSION_KEY", KEY.decode())
    office = Office(desk.outfit, outfit.channel, desk.clock, desk)  # type: ignore[arg-type]
    lead = desk.add_lead()
    desk.run()
    backup = office.backup(tmp_path / "backup.db")
    tag(desk, lead, "customer")
    for _ in range(4):
        desk.run(days=1)
    assert inside(desk) == [(lead, 1, "finished", "tag customer")]
    office.restore(backup)
    office.resume()
    assert office.desk.run() == []
    assert inside(office.desk) == [(lead, 1, "finished", "tag customer")]
    office.stop()


def test_a_restored_database_that_stands_alone_holds_what_it_cannot_know(office: Office, tmp_path: Path) -> None:
    office.enrol("anna@example.com", "ben@example.com")
    backup = office.backup(tmp_path / "backup.db")
    assert len(office.desk.run(days=1)) == 2
    office.stop()
    office.database.write_bytes(b"the disk ate it" * 1000)
    restored = restore_backup(backup, office.database, key=KEY, now=office.clock.now())
    office.start()
    assert restored.carried is None
    (found,) = office.desk.outfit.writer.run(pauses)
    assert (found.cause, found.reason) == (
        "copied",
        "the backup of 2026-11-22T09:00:00Z was restored, and what was sent after it is not known",
    )
    assert office.desk.run() == []
    office.resume(hold_doubtful=True)
    assert office.desk.run() == []
    held = office.desk.outfit.writer.run(held_mails)
    # The same Message-IDs under which they were sent.
    assert [one.message_id for one in held] == [message.message_id for message in office.channel.messages]
    assert {one.reason for one in held} == {DOUBT}
    # No number of a link or a Message-ID is given out again.
    office.enrol("cleo@example.com")
    assert office.desk.sql("SELECT max(id) AS id FROM lead")[0]["id"] == 1_000_003


def test_a_database_that_is_copied_back_by_hand_is_noticed(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office.enrol("anna@example.com")
    backup = office.backup(tmp_path / "backup.db")
    assert len(office.desk.run(days=1)) == 1
    office.stop()
    shutil.copy(backup, office.database)
    caplog.clear()
    office.start()
    assert office.desk.run() == []
    (message,) = caplog.messages
    assert message == (
        f"nothing is sent: {office.database} is older than leads.mark beside it: of the last 1 hand-overs it does "
        "not know, so somebody has put it there by hand; see what would be sent with: gatepost resume"
    )
    told = office.command("resume")
    assert told.exit_code == 1
    assert "steps of after would be held, for you to decide" in told.output
    assert told.output.splitlines()[-1] == "Nothing was changed. To go on with sending, write --yes."
    assert office.command("resume", "--yes").exit_code == 0
    assert office.desk.run() == []
    assert office.desk.states()[0] == "held"
    # It is noticed once: the next start finds nothing strange.
    office.stop()
    office.start()
    office.desk.run()
    assert office.desk.outfit.writer.run(pauses) == []


def test_a_database_that_nothing_was_sent_from_since_may_be_copied_back(office: Office, tmp_path: Path) -> None:
    office.enrol("anna@example.com")
    assert len(office.desk.run(days=1)) == 1
    backup = office.backup(tmp_path / "backup.db")
    office.stop()
    shutil.copy(backup, office.database)
    office.start()
    assert office.desk.run() == []
    assert office.desk.outfit.writer.run(pauses) == []


def test_a_backup_of_another_history_gives_only_protection(office: Office, tmp_path: Path) -> None:
    office.enrol("anna@example.com")
    other = tmp_path / "other" / "leads.db"
    with Writer(other) as writer:
        desk = Desk(dataclasses.replace(office.outfit, writer=writer), RecordingChannel(), office.clock)
        for name in ("xena", "yves"):
            desk.enrol(desk.add_lead(f"{name}@example.com"))
        desk.run(days=1)
        write_backup(other, tmp_path / "backup.db", now=office.clock.now())
    office.desk.suppress("xena@example.com")
    restored = office.restore(tmp_path / "backup.db")
    assert restored.carried is not None
    assert not restored.carried.related
    assert [row["canonical"] for row in office.desk.sql("SELECT canonical FROM lead")] == [
        "xena@example.com",
        "yves@example.com",
    ]
    office.resume()
    recipients = [message.recipient for days in (2, 2, 2) for message in office.desk.run(days=days)]
    assert set(recipients) == {"yves@example.com"}


def test_nothing_is_restored_while_somebody_has_the_database_open(office: Office, tmp_path: Path) -> None:
    office.enrol("anna@example.com")
    backup = office.backup(tmp_path / "backup.db")
    with pytest.raises(StoreBusyError) as caught:
        restore_backup(backup, office.database, key=KEY, now=office.clock.now())
    assert str(caught.value) == (
        f"{office.database}: is in use; stop 'gatepost run' and 'gatepost work' first, then restore"
    )
    assert len(office.desk.run(days=1)) == 1
    assert sorted(path.name for path in office.database.parent.iterdir() if "new" in path.name) == []


def test_every_backup_taken_under_load_is_whole_and_has_what_was_acknowledged_before(
    office: Office, tmp_path: Path
) -> None:
    writer = office.desk.outfit.writer
    over = threading.Event()
    acknowledged: list[str] = []

    def write() -> None:
        number = 0
        while not over.is_set():
            name = f"load{number}"
            writer.run(functools.partial(keep_wording, wording=name, text="text", now=1))
            acknowledged.append(name)
            number += 1

    load = threading.Thread(target=write)
    load.start()
    try:
        for number in range(20):
            before = list(acknowledged)
            path = office.backup(tmp_path / f"{number}.db")
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            with closing(open_reader(path)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
                kept = {row[0] for row in connection.execute("SELECT hash FROM wording")}
            assert set(before) <= kept
    finally:
        over.set()
        load.join()
    assert len(acknowledged) > 20
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def damaged(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize("spoil", [damaged, lambda _: b"", lambda _: b"no database at all" * 100])
def test_a_damaged_backup_is_refused_and_what_is_there_stays(
    office: Office, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    office.enrol("anna@example.com")
    backup = office.backup(tmp_path / "backup.db")
    backup.write_bytes(spoil(backup.read_bytes()))
    with pytest.raises(StoreError):
        check(backup)
    office.stop()
    with pytest.raises(StoreError):
        restore_backup(backup, office.database, key=KEY, now=office.clock.now())
    office.start()
    assert len(office.desk.run(days=1)) == 1


def test_the_commands_say_what_they_did(office: Office, tmp_path: Path) -> None:
    office.enrol("anna@example.com")
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("leads-20260101T000000Z.db", "leads-20260102T000000Z.db", "other.db"):
        (folder / name).touch()
    made = office.command("backup", str(folder), "--keep", "2")
    assert made.exit_code == 0, made.output
    assert made.output.splitlines()[0].endswith("read back and whole. 1 older one removed.")
    names = sorted(path.name for path in folder.iterdir())
    assert names[0] == "leads-20260102T000000Z.db"
    assert names[2:] == ["other.db"]
    again = office.command("backup", str(folder / names[1]))
    assert (again.exit_code, again.output) == (
        1,
        f"gatepost: {folder / names[1]}: exists already; name another file, or a folder\n",
    )
    busy = office.command("restore", str(folder / names[1]))
    assert (busy.exit_code, "is in use; stop 'gatepost run'" in busy.output) == (1, True)
    office.desk.run(days=1)
    office.stop()
    restored = office.command("restore", str(folder / names[1]))
    assert restored.exit_code == 0, restored.output
    lines = restored.output.splitlines()
    assert lines[0].endswith(f"is in place: {office.database}")
    assert lines[2] == (
        "Taken over from it: 1 mail sent or given up since, 0 leads who came since, 0 people erased again, and who "
        "has left."
    )
    assert lines[-1] == "Nothing is sent until you say so. See what would be sent with: gatepost resume"
    office.start()
    assert office.command("resume", "--yes").output.splitlines()[-1] == "Sending goes on."
    assert office.command("resume").output == "Nothing is paused.\n"
    assert office.desk.run() == []
