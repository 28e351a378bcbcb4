"""preview and send-test: a mail as somebody would get it, without anybody getting it who should not."""

from __future__ import annotations

import re
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_webhook.cli import gatepost
from tests.webhook.followup.desk import write_project

if TYPE_CHECKING:
    from click.testing import Result

REPOSITORY = Path(__file__).parents[3]
CONFIG = (
    "site_name: Example\nsite_url: https://example.com/\ndocs_dir: content\nsite_dir: public\nplugins: [gatepost]\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project that was never built."""
    project = write_project(tmp_path, first="---\nsubjects: {a: One, b: Two}\n---\nHi {{ first_name }}.\n")
    (tmp_path / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "index.md").write_text("# Home\n", encoding="utf-8")
    (project.sequences / "after" / "second.de.md").write_text("---\nsubject: Das zweite\n---\nJa.\n", encoding="utf-8")
    return tmp_path


def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner(env=env).invoke(gatepost, list(arguments))


def preview(root: Path, *arguments: str) -> Result:
    return run("preview", *arguments, "--project", str(root))


def test_a_mail_of_the_example_is_printed_as_text() -> None:
    result = preview(REPOSITORY, "nurturing-playbook/first-read", "--persona", "full")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(
        "Subject: Where to begin with the playbook\n"
        "Preview: One table on a sheet of paper tells you which chapter to open first.\n"
        "File:    sequences/nurturing-playbook/01-first-read.md (en)\n\nHi Anna,\n"
    )


@pytest.mark.parametrize(
    "name",
    ["after/first", "first", "after/1", "after/first.md", "sequences/after/first.md", "af/fi", "fir", "after/irst"],
)
def test_a_step_may_be_named_in_any_way_that_leaves_no_doubt(root: Path, name: str) -> None:
    result = preview(root, name)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Subject: One (variant a)\nFile:    sequences/after/first.md (en)\n\nHi there.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["after/frist"], "no such step in sequence 'after', found 'frist'; write 'first'"),
        (["aftr/first"], "no such sequence, found 'aftr'; write 'after'"),
        (["after/ir"], "'after/ir' may be several steps; write one of after/first, after/third"),
        (["after/first", "--language", "fr"], "step 'first' is not there in 'fr'; write 'en', or first.fr.md"),
        (
            ["after/second", "--language", "fr"],
            "step 'second' is not there in 'fr'; there are: en, de, or second.fr.md",
        ),
        (["after/first", "--variant", "c"], "no such subject, found 'c'; there are: a, b"),
        (["after/third", "--variant", "c"], "the message has one subject: leave --variant out"),
        (["after/first", "--persona", "x"], "no such persona, found 'x'"),
    ],
)
def test_a_name_that_nobody_knows_is_answered_with_what_to_write(
    root: Path, arguments: list[str], message: str
) -> None:
    result = preview(root, *arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_language_and_variant_are_chosen(root: Path) -> None:
    assert preview(root, "after/second", "--language", "de-AT").output.startswith("Subject: Das zweite\n")
    assert preview(root, "after/first", "--variant", "b").output.startswith("Subject: Two (variant b)\n")


def test_html_and_raw_are_what_would_go_out(root: Path) -> None:
    html = preview(root, "after/first", "--format", "html").output
    assert html.startswith("<!DOCTYPE html>")
    raw = BytesParser(policy=policy.default).parsebytes(preview(root, "after/first", "--format", "raw").stdout_bytes)
    assert raw["List-Id"] == "<after.gatepost.example>"
    assert raw.get_body(("html",)).get_content().replace("\r\n", "\n").strip() == html.strip()  # type: ignore[union-attr]


def test_a_whole_sequence_becomes_a_folder_with_a_page(root: Path) -> None:
    result = preview(root, "after", "--language", "de")
    assert result.output == "3 mails in .gatepost/mails/after/, seen together in index.html\n"
    folder = root / ".gatepost" / "mails" / "after"
    assert len(list(folder.glob("*.html"))) == 4
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["One", "Das zweite", "About third"]
    assert 'sandbox="allow-popups"' in page
    assert (folder / "02-second.txt").read_text(encoding="utf-8").startswith("Subject: Das zweite\n")


def test_a_broken_sequence_is_named_with_its_place(root: Path) -> None:
    (root / "sequences" / "after" / "first.md").write_text("---\nsubject: A\n---\n{{ nobody }}\n", encoding="utf-8")
    result = preview(root, "after/second")
    assert result.exit_code == 1
    assert "sequences/after/first.md:4:4: unknown value, found 'nobody'" in result.output


def send(root: Path, *arguments: str, **env: str) -> Result:
    given = {"GATEPOST_DATA": str(root / "data"), "GATEPOST_BASE_URL": "https://leads.example.org", **env}
    return run("send-test", *arguments, "--project", str(root), env=given)


def test_a_test_is_marked_leads_nowhere_and_is_recorded_nowhere(root: Path) -> None:
    result = send(root, "after/first", "--to", "me@example.com", GATEPOST_CHANNEL="mailbox")
    assert result.exit_code == 0, result.output
    assert re.fullmatch(
        r"'\[Test\] One': kept as \d+\.eml in \S+/mailbox; nothing has left this machine\.\n", result.output
    )
    [file] = (root / "data" / "mailbox").glob("*.eml")
    mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    assert (mail["To"], mail["Subject"]) == ("me@example.com", "[Test] One")
    assert not re.search(r"leads\.example\.org/[cdu]/", file.read_text(encoding="utf-8").replace("=\n", ""))
    assert mail["List-Unsubscribe"].startswith("<https://leads.example.org/t/unsubscribe>")
    assert [path.name for path in (root / "data").iterdir()] == ["mailbox"], "no database, no secret"


def test_a_test_goes_nowhere_as_long_as_nobody_said_where_mail_goes(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GATEPOST_CHANNEL", raising=False)
    result = send(root, "after/first", "--to", "me@example.com")
    assert result.exit_code == 1
    assert result.output.startswith(
        "gatepost: GATEPOST_CHANNEL is not set, so a test would reach nobody; set it to smtp"
    )
    assert not (root / "data").exists()


def test_a_relay_that_cannot_be_reached_is_named(root: Path) -> None:
    relay = {"GATEPOST_SMTP_HOST": "127.0.0.1", "GATEPOST_SMTP_PORT": "1", "GATEPOST_SMTP_SECURITY": "none"}
    result = send(root, "after/first", "--to", "me@example.com", GATEPOST_CHANNEL="smtp", **relay)
    assert result.exit_code == 1
    assert "'[Test] One': the relay cannot be reached: " in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["after/first", "--to", "me"], "is not an address"),
        (["after/first", "--to", "me@example.com\r\nBcc: v@example.com"], "is not an address"),
        (
            ["after", "--to", "me@example.com"],
            "'after' is a whole sequence; write one of its steps: after/first, after/",
        ),
    ],
)
def test_send_test_refuses_what_it_cannot_send(root: Path, arguments: list[str], message: str) -> None:
    result = send(root, *arguments, GATEPOST_CHANNEL="mailbox")
    assert result.exit_code == 2
    assert message in result.output
