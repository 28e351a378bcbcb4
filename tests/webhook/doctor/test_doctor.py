"""Each thing that can be wrong gets its line, says what to do, and makes the exit code 1 when it is bad."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections import namedtuple
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_webhook.channels.channel import Ambiguous, Away, Misconfigured, Refused
from gatepost_webhook.cli import gatepost
from gatepost_webhook.doctor import machine
from gatepost_webhook.doctor.machine import file_system_of
from gatepost_webhook.doctor.verdicts import span
from gatepost_webhook.followup.durations import DAY, HOUR, MINUTE
from gatepost_webhook.store.backups import write_backup
from gatepost_webhook.store.counters import HighWater
from gatepost_webhook.store.erasures import erase_lead

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from tests.webhook.followup.desk import Desk

    Make = Callable[[Desk], object]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    values = {"POSTAL_ADDRESS": "Example, 1 High Street", "MAIL_FROM": "hello@example.org", "SECRET": "s" * 32}
    for name, value in (values | {"SUPPRESSION_KEY": "k" * 32}).items():
        monkeypatch.setenv(f"GATEPOST_{name}", value)
    # The machine's own clock is what the doctor goes by.
    desk.clock.advance_to(int(time.time()))
    monkeypatch.setattr(machine, "SQLITE_VERSION", "3.53.4")
    monkeypatch.setattr(machine, "PYTHON", (3, 12, 5))


def doctor(desk: Desk, *arguments: str) -> Result:
    data, root = str(desk.outfit.settings.data), str(desk.outfit.project.root)
    return CliRunner().invoke(gatepost, ["doctor", "--offline", "--data", data, "--project", root, *arguments])


def lines(desk: Desk) -> dict[str, tuple[str, str]]:
    """Return check -> (level, what was found) of everything that is not well."""
    result = doctor(desk, "--format", "json")
    found = json.loads(result.output)
    assert all(one["advice"] for one in found if one["level"] != "ok")
    assert result.exit_code == any(one["level"] == "bad" for one in found)
    return {one["check"]: (one["level"], one["found"]) for one in found if one["level"] != "ok"}


CAPTURED = {"channel": ("warn", "mail is captured on this machine, not sent")}


def well(desk: Desk) -> None:
    desk.enrol(desk.add_lead())
    desk.run()
    write_backup(desk.outfit.settings.database, desk.outfit.settings.data / "b.db", now=desk.clock.now())


def test_an_installation_that_is_well_gives_no_alarm(desk: Desk) -> None:
    well(desk)
    assert lines(desk) == CAPTURED
    result = doctor(desk)
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].startswith("0 bad, 1 to look at, ")
    assert doctor(desk, "--short").output == "ok\n"


def hold(desk: Desk) -> None:
    desk.queue("delivery", 1)
    desk.end_with(*[Ambiguous("no answer")] * 2)
    desk.run()
    desk.sql("UPDATE mail SET due_at = :now WHERE kind = 'delivery'", now=desk.clock.now())
    desk.run()


def be_late(desk: Desk) -> None:
    desk.queue("delivery", 1)
    desk.sql("UPDATE mail SET due_at = :then WHERE kind = 'delivery'", then=desk.clock.now() - 3 * HOUR)


def end_with(outcome: object) -> Make:
    def ended(desk: Desk) -> None:
        desk.queue("delivery", 1)
        desk.end_with(outcome)  # type: ignore[arg-type]
        desk.run()
        # Nobody waits for the note of how the relay was met; what is asked of the writer now is done after it.
        desk.sql("SELECT 1")

    return ended


def refuse(desk: Desk) -> None:
    for index in range(5):
        desk.enrol(desk.add_lead(f"lead{index}@example.com"))
    desk.clock.advance(DAY)
    desk.end_with(*[Refused("550 5.7.1 no", dead=False, policy=True)] * 5)
    desk.run()


def be_stuck(desk: Desk) -> None:
    desk.sql("UPDATE mail SET state = 'talking', lease_until = :then", then=desk.clock.now() - 10 * MINUTE)


def fall_behind(desk: Desk) -> None:
    desk.sql("INSERT INTO event (at, lead_id, kind) VALUES (:then, 1, 'visited')", then=desk.clock.now() + 10 * MINUTE)


def copy_back(desk: Desk) -> None:
    HighWater(desk.outfit.settings.database).write(7)


def break_file(desk: Desk) -> None:
    (desk.outfit.project.sequences / "sending.yml").write_text("smtp: {at_most: fast}", encoding="utf-8")


def open_folder(desk: Desk) -> None:
    (desk.outfit.settings.data / "b.db").chmod(0o644)


def shorten(desk: Desk) -> None:
    os.environ["GATEPOST_SECRET"] = "short"


def forget_address(desk: Desk) -> None:
    del os.environ["GATEPOST_POSTAL_ADDRESS"]


def be_nobody(desk: Desk) -> None:
    os.environ["GATEPOST_MAIL_FROM"] = "nobody"


def age_backup(desk: Desk) -> None:
    desk.sql("UPDATE counter SET value = value - :age WHERE name = 'backup'", age=30 * HOUR)


def never_back_up(desk: Desk) -> None:
    desk.sql("DELETE FROM counter WHERE name = 'backup'")
    desk.sql("UPDATE lead SET created_at = :then", then=desk.clock.now() - 2 * DAY)


def leave(desk: Desk) -> None:
    desk.sql("UPDATE counter SET value = value - :age WHERE name = 'worker'", age=HOUR)
    desk.queue("delivery", 1)


CONDITIONS: list[tuple[Make, str, str, str]] = [
    (hold, "held mails", "bad", "1 of unknown fate"),
    (be_late, "mails due", "bad", "1, the oldest 3 hours late"),
    (end_with(Away("127.0.0.1:25: Connection refused")), "relay", "bad", "away since * Connection refused"),
    (end_with(Misconfigured("535 wrong")), "relay", "bad", "does not want us since *: 535 wrong"),
    (be_stuck, "claims", "bad", "1 mail in hand for longer than allowed"),
    (fall_behind, "clock", "bad", "* behind what was recorded last"),
    (copy_back, "database", "bad", "older than what was sent from here: it does not know of 7 mails"),
    (break_file, "sequences", "bad", "sequences/sending.yml:1:8: * is not a rate*"),
    (open_folder, "data folder", "bad", "*b.db can be read by others"),
    (shorten, "secrets", "bad", "GATEPOST_SECRET is too short: found 5 bytes"),
    (be_nobody, "sender", "bad", "GATEPOST_MAIL_FROM: is not an address*"),
    (forget_address, "postal address", "warn", "is not set"),
    (age_backup, "backup", "bad", "30 hours old"),
    (never_back_up, "backup", "bad", "none was ever made"),
    (leave, "worker", "bad", "was seen 60 minutes ago, and mails are due"),
]


@pytest.mark.parametrize(("make", "check", "level", "found"), CONDITIONS)
def test_each_condition_has_its_line_and_no_other(  # noqa: PLR0917 - a row of the table
    desk: Desk, monkeypatch: pytest.MonkeyPatch, make: Make, check: str, level: str, found: str
) -> None:
    for name in ("SECRET", "POSTAL_ADDRESS", "MAIL_FROM"):
        monkeypatch.setenv(f"GATEPOST_{name}", os.environ[f"GATEPOST_{name}"])
    well(desk)
    make(desk)
    said = {name: line for name, line in lines(desk).items() if name not in CAPTURED}
    assert list(said) == [check]
    assert said[check][0] == level
    assert Path(said[check][1].replace("/", "|")).match(found.replace("/", "|")), said[check][1]
    assert (check in doctor(desk, "--short").output) == (level == "bad")


def test_a_trial_on_ones_own_machine_asks_nobody_outside(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEPOST_MAIL_FROM")
    well(desk)
    result = CliRunner().invoke(
        gatepost, ["doctor", "--data", str(desk.outfit.settings.data), "--project", str(desk.outfit.project.root)]
    )
    assert result.exit_code == 0
    assert "not looked at: sender and address are those of a trial" in result.output


def test_a_paused_sequence_is_bad_news(desk: Desk) -> None:
    well(desk)
    refuse(desk)
    level, found = lines(desk)["pause"]
    assert level == "bad"
    assert found.endswith("the relay refused 5 mails in ten minutes by policy, lastly: 550 5.7.1 no")


def test_an_old_python_and_an_old_sqlite_are_warned_of(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    well(desk)
    monkeypatch.setattr(machine, "SQLITE_VERSION", "3.40.1")
    monkeypatch.setattr(machine, "PYTHON", (3, 11, 7))
    assert lines(desk) == CAPTURED | {
        "SQLite": ("warn", "3.40.1 is older than 3.51.3"),
        "Python": ("warn", "3.11.7 has a hole in its mail library (CVE-2024-6923)"),
    }


@pytest.mark.parametrize(("free", "level"), [(50, "bad"), (500, "warn")])
def test_a_full_disk_is_seen_before_it_is_full(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    well(desk)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, free * 1_000_000))
    assert lines(desk) == CAPTURED | {"disk": (level, f"{free} MB are free")}


def test_a_network_file_system_is_recognised() -> None:
    mounts = "/dev/vda1 / ext4 rw 0 0\nserver:/data /var/lib\\040data nfs4 rw 0 0\n"
    assert file_system_of(Path("/var/lib data/gatepost"), mounts) == "nfs4"
    assert file_system_of(Path("/var/lib"), mounts) == "ext4"
    assert file_system_of(Path("/var/lib"), "") == ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 seconds"), (150, "2 minutes"), (26 * HOUR, "26 hours"), (4 * DAY, "4 days")]
)
def test_times_are_said_in_the_unit_that_says_enough(seconds: int, words: str) -> None:
    assert span(seconds) == words


def test_the_promises_are_checked_in_the_whole_database(desk: Desk, tmp_path: Path) -> None:
    well(desk)
    sent = desk.run(days=1)
    sink, acks = tmp_path / "sink.log", tmp_path / "acks.log"
    sink.write_text("".join(f"{one.message_id}\n" for one in sent), encoding="utf-8")
    acks.write_text("anna@example.com\n", encoding="utf-8")
    arguments = ["--verify", "--sink", str(sink), "--acks", str(acks)]
    result = doctor(desk, *arguments)
    assert (result.exit_code, result.output) == (0, "Every promise is kept.\n")
    sink.write_text(sink.read_text() * 2 + "<strange@example.org>\n", encoding="utf-8")
    acks.write_text("lost@example.com\n", encoding="utf-8")
    desk.sql("UPDATE mail SET state = 'claimed', lease_until = 1 WHERE state = 'due'")
    result = doctor(desk, *arguments)
    assert result.exit_code == 1
    assert result.output.splitlines()[:-1] == [
        "the submission of lost@example.com was acknowledged and is not there",
        "mail 2 (drip) is claimed, and its lease ended at 1",
        "the relay had <strange@example.org>, and no mail has that Message-ID",
        f"the relay had {sent[0].message_id} (drip) 2 times",
    ]
    assert result.output.splitlines()[-1] == "4 promises are broken."


def test_a_log_that_is_no_text_is_looked_through_all_the_same(desk: Desk, tmp_path: Path) -> None:
    well(desk)
    (tmp_path / "acks.log").write_bytes(b"j\xfcrgen@example.com\n")
    result = doctor(desk, "--verify", "--acks", str(tmp_path / "acks.log"))
    assert result.exit_code == 1
    assert "the submission of j\ufffdrgen@example.com was acknowledged and is not there" in result.output


def test_files_that_come_and_go_and_links_are_no_alarm(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    well(desk)
    data = desk.outfit.settings.data
    (data / "link").symlink_to(data / "leads.db")
    listed = Path.rglob
    monkeypatch.setattr(Path, "rglob", lambda self, pattern: [*listed(self, pattern), self / "gone.new"])
    assert lines(desk) == CAPTURED


def test_who_was_erased_is_neither_lost_nor_unknown(desk: Desk, tmp_path: Path) -> None:
    well(desk)
    sent = desk.run(days=1)
    sink, acks = tmp_path / "sink.log", tmp_path / "acks.log"
    sink.write_text("".join(f"{one.message_id}\n" for one in sent), encoding="utf-8")
    acks.write_text("anna@example.com\n", encoding="utf-8")
    key, now = desk.outfit.settings.address_key, desk.clock.now()
    desk.outfit.writer.run(lambda c: erase_lead(c, 1, key=key, method="command", now=now))
    arguments = ["--verify", "--sink", str(sink), "--acks", str(acks)]
    assert doctor(desk, *arguments).output == "Every promise is kept.\n"
    sink.write_text(sink.read_text() + "<one@example.org>\n<two@example.org>\n", encoding="utf-8")
    acks.write_text("anna@example.com\nlost@example.com\n", encoding="utf-8")
    assert doctor(desk, *arguments).exit_code == 1


def test_the_logs_go_with_verify_alone(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "log").touch()
    result = doctor(desk, "--sink", str(tmp_path / "log"))
    assert result.exit_code == 2
    assert "--sink and --acks go with --verify" in result.output
