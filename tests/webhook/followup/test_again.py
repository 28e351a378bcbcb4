"""Where a mail came from, and that it can be made again: the same bytes, or a sentence that says why not."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_site.magnets import load_magnets
from gatepost_site.project import write_manifest
from gatepost_webhook.cli import gatepost
from gatepost_webhook.followup.again import GoneError, bytes_again
from gatepost_webhook.followup.durations import DAY
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.followup.worker import BYTES_KEPT
from gatepost_webhook.revision import revision_of
from gatepost_webhook.store.letters import bytes_of, written_mail
from tests.webhook.followup.desk import Desk, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

#: What is the same on the command line as in the fixture `outfit`.
ENVIRONMENT = {
    "GATEPOST_BASE_URL": "https://leads.example.org",
    "GATEPOST_MAIL_FROM": "Example <hello@example.org>",
    "GATEPOST_POSTAL_ADDRESS": "Example, 1 High Street, Bristol",
    "GATEPOST_SECRET": "s" * 32,
    "GATEPOST_SUPPRESSION_KEY": "k" * 32,
}


@pytest.fixture
def sent(desk: Desk) -> Desk:
    """A desk that has sent a confirmation (1), a delivery (2) and the first step (3) to one lead."""
    write_manifest(desk.outfit.project, desk.outfit.manifest)
    lead = desk.add_lead(fields='{"first_name": "Anna"}')
    desk.queue("confirm", lead)
    desk.sql("UPDATE submission SET confirmed_at = NULL")
    desk.run()
    desk.sql("UPDATE submission SET confirmed_at = :now", now=desk.clock.now())
    desk.queue("delivery", lead)
    desk.enrol(lead)
    desk.run(days=1)
    assert desk.states()[:3] == ["sent", "sent", "sent"]
    return desk


def again(desk: Desk, mail: int) -> bytes:
    def work(connection: object) -> bytes:
        found = written_mail(connection, mail)  # type: ignore[arg-type]
        assert found is not None
        return bytes_again(connection, desk.outfit, found)  # type: ignore[arg-type]

    return desk.outfit.writer.run(work)


def run(desk: Desk, *arguments: str) -> Result:
    places = ["--data", str(desk.outfit.settings.data), "--project", str(desk.outfit.project.root)]
    return CliRunner(env=ENVIRONMENT).invoke(gatepost, ["sent", *arguments, *places])


@pytest.mark.parametrize("mail", [1, 2, 3])
def test_a_mail_is_made_again_to_the_byte(sent: Desk, mail: int) -> None:
    kept = sent.outfit.writer.run(lambda c: bytes_of(c, mail))
    sent.clock.advance(100 * DAY)
    assert again(sent, mail) == kept


def test_a_step_is_made_again_though_its_file_says_something_else_now(sent: Desk) -> None:
    kept = sent.outfit.writer.run(lambda c: bytes_of(c, 3))
    project = write_project(sent.outfit.project.root, first="Another text.")
    edited = Desk(
        replace(sent.outfit, sequences=load_sequences(project, load_magnets(project))), sent.channel, sent.clock
    )
    assert again(edited, 3) == kept


def test_bytes_are_let_go_a_week_after_the_mail_went_out(sent: Desk) -> None:
    sent.run(days=BYTES_KEPT / DAY - 2)
    assert all(row["mime"] for row in sent.sql("SELECT mime FROM mail WHERE state = 'sent'"))
    sent.run(days=2.1)
    kept = {row["id"]: row["mime"] is not None for row in sent.sql("SELECT id, mime FROM mail WHERE state = 'sent'")}
    assert (kept[1], kept[2], kept[3]) == (False, False, False)


def test_letting_bytes_go_asks_for_them_by_an_index(sent: Desk) -> None:
    plan = sent.sql(
        "EXPLAIN QUERY PLAN SELECT id FROM mail WHERE mime IS NOT NULL AND changed_at < 5 "
        "AND state IN ('sent', 'failed', 'skipped', 'cancelled') ORDER BY changed_at LIMIT 5"
    )
    assert "mail_bytes" in str(plan)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            """UPDATE lead SET fields = '{"first_name": "Berta"}'""",
            "the text is the same, and something else",
        ),
        ("UPDATE mail SET version = 'x' WHERE id = 3", "version x of sequences/after is not in the database any more"),
        ("UPDATE mail SET data_hash = ''", "was written before Gatepost kept what is needed"),
        ("UPDATE submission SET magnet = 'gone'", "magnet 'gone' is not in magnets/ any more"),
        ("UPDATE mail SET content_hash = 'x'", "the text in sequences/after/first.md is another one now"),
    ],
)
def test_what_cannot_be_made_again_says_why(sent: Desk, change: str, reason: str) -> None:
    if "content_hash" in change:
        sent.sql("UPDATE lead SET fields = '{}'")
    sent.sql(change)
    with pytest.raises(GoneError, match="mail 3: ") as caught:
        again(sent, 3)
    assert reason in str(caught.value)


def test_one_mail_is_shown_with_its_headers_and_where_it_came_from(sent: Desk) -> None:
    shown = run(sent, "3")
    assert shown.exit_code == 0, shown.output
    [row] = sent.sql("SELECT content_hash, data_hash, version FROM mail WHERE id = 3")
    for expected in (
        "Mail 3: sent\n", "step 'first' of after", "sequences/after/first.md (en)",
        f"{row['content_hash']} of the text",
        "not in a repository", str(row["version"]), "kept until 2026-11-30 09:00", f"sha256 {row['data_hash']}",
        "\nList-Id: <after.example.org>\n", "\nSubject: About first\n",
    ):  # fmt: skip
        assert expected in shown.output


@pytest.mark.parametrize("days", [0, 30])
def test_the_raw_bytes_are_those_that_went_out_kept_or_made_again(sent: Desk, days: int) -> None:
    went = sent.channel.messages[2].data
    sent.run(days=days)
    raw = run(sent, "3", "--raw")
    assert (raw.exit_code, raw.stdout_bytes) == (0, went)
    assert ("made again with the same hash" in run(sent, "3").output) is bool(days)


def test_raw_bytes_that_cannot_be_had_are_an_error_of_one_line(sent: Desk) -> None:
    sent.sql("UPDATE mail SET mime = NULL")
    sent.sql("UPDATE lead SET fields = '{}'")
    result = run(sent, "3", "--raw")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("gatepost: mail 3: cannot be made again as it was: the text is the same, and")
    assert "cannot be made again" in run(sent, "3").output


def test_bytes_that_were_changed_in_the_database_are_not_passed_off_as_sent(sent: Desk) -> None:
    sent.sql("UPDATE mail SET mime = X'00' WHERE id = 3")
    result = run(sent, "3", "--raw")
    assert result.exit_code == 1
    assert "the bytes in the database are not those that were written" in result.stderr


def test_mails_are_listed_newest_first_and_narrowed_down(sent: Desk) -> None:
    lines = run(sent).output.splitlines()
    assert [line.split()[0] for line in lines] == ["id", "3", "2", "1"]
    assert lines[1].split() == [
        "3", "2026-11-23", "09:00", "sent", "anna@example.com", "after/first", "About", "first",
    ]  # fmt: skip
    assert len(run(sent, "--sequence", "after").output.splitlines()) == 2
    assert len(run(sent, "--to", "ANNA@example.com", "--state", "sent").output.splitlines()) == 4
    assert run(sent, "--state", "held").output.startswith("No such mail.")


def test_lists_for_programs_have_every_column(sent: Desk) -> None:
    [mail] = json.loads(run(sent, "--format", "json", "--limit", "1").output)
    assert (mail["file"], mail["variant"], mail["language"]) == ("sequences/after/first.md", "", "en")
    table = run(sent, "--format", "csv").output.splitlines()
    assert table[0].startswith('"id","kind","email","sequence","step","state"')
    assert len(table) == 4


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["99"], 1, "gatepost: there is no mail 99; 'gatepost sent' lists them"),
        (["--raw"], 2, "--raw shows one mail; write its number, as in: gatepost sent 118 --raw"),
        (["--to", "anna"], 2, "is not an address"),
    ],
)
def test_a_mistake_is_said_in_one_line(sent: Desk, arguments: list[str], code: int, message: str) -> None:
    result = run(sent, *arguments)
    assert result.exit_code == code
    assert message in result.output


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_the_commit_is_read_as_git_tells_it(tmp_path: Path) -> None:
    repository, inner = tmp_path / "repository", tmp_path / "repository" / "site"
    inner.mkdir(parents=True)
    assert revision_of(inner) == ""
    git(repository, "init")
    assert revision_of(inner) == "", "nothing is committed yet"
    git(repository, "commit", "--allow-empty", "-m", "one")
    head = git(repository, "rev-parse", "HEAD")
    assert revision_of(inner) == revision_of(repository) == head
    git(repository, "pack-refs", "--all")
    assert revision_of(inner) == head
    git(repository, "worktree", "add", "-b", "other", str(tmp_path / "tree"))
    git(tmp_path / "tree", "commit", "--allow-empty", "-m", "two")
    assert revision_of(tmp_path / "tree") == git(tmp_path / "tree", "rev-parse", "HEAD") != head
    git(repository, "checkout", "--detach")
    assert revision_of(inner) == head


def test_a_reference_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "site" / ".git").mkdir(parents=True)
    (tmp_path / "secret").write_text("0" * 40, encoding="utf-8")
    (tmp_path / "site" / ".git" / "HEAD").write_text("ref: ../../secret", encoding="utf-8")
    assert revision_of(tmp_path / "site") == ""


def test_a_mail_keeps_the_commit_that_was_checked_out(desk: Desk) -> None:
    root = desk.outfit.project.root
    git(root, "init")
    git(root, "add", "sequences")
    git(root, "commit", "-m", "one")
    desk.enrol(desk.add_lead())
    desk.run(days=1)
    assert desk.sql("SELECT revision FROM mail WHERE state = 'sent'") == [{"revision": git(root, "rev-parse", "HEAD")}]
