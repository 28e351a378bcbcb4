"""Whatever goes wrong is one clear line and exit code 1, and nothing is lost: the installed command, whole messages."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.store import database

if TYPE_CHECKING:
    from pathlib import Path

MKDOCS = """\
site_name: Tiny
site_url: https://tiny.example/
docs_dir: content
site_dir: public
theme: {name: material, font: false}
plugins: [gatepost]
"""
MAGNET = """\
---
title: The guide
description: A short guide to one thing, on one page, for people who would rather do it than read about it.
file: guide.txt
fields:
  - name: first_name
    label: First name
consent: Yes, send me one mail about it.
sequence: after-guide
---

What it is.
"""
SEQUENCE = """\
title: After the guide
steps:
  - key: hello
    wait: 1 day
    message: 01-hello.md
"""
MESSAGE = """\
---
subject: How did it go?
---

Hello,

tell us.
"""


WRONG_WAIT = (
    "sequences/after-guide/sequence.yml:4:5: 'steps.0.wait': is not a duration, found 'soon'; "
    "write a number and minutes, hours, days or weeks, as in '3 days'"
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site that is in order."""
    files = {
        "mkdocs.yml": MKDOCS,
        "content/index.md": "# Tiny\n",
        "magnets/guide/magnet.md": MAGNET,
        "magnets/guide/guide.txt": "The guide itself.\n",
        "sequences/after-guide/sequence.yml": SEQUENCE,
        "sequences/after-guide/01-hello.md": MESSAGE,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def gatepost(site: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with no GATEPOST_ variable but those given."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEPOST_")}
    return subprocess.run(
        [sys.executable, "-m", "gatepost_webhook", *arguments],
        cwd=site,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(run: subprocess.CompletedProcess[str]) -> str:
    """Return what a refusal says, having checked that it is one."""
    assert run.returncode == 1, run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    return run.stderr


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_broken_yaml(site: Path) -> None:
    edit(site / "magnets/guide/magnet.md", "title: The guide", "title: The guide: a book")
    assert refused(gatepost(site, "build")) == (
        "magnets/guide/magnet.md:2:17: a second ': ' in one value; "
        "write the value in quotes, as in 'title: \"One: two\"'\n"
        "1 finding: nothing was changed.\n"
    )
    assert not (site / "public").exists()


def test_every_mistake_at_once(site: Path) -> None:
    edit(site / "magnets/guide/magnet.md", "title: The guide", "titel: The guide")
    edit(site / "magnets/guide/magnet.md", "file: guide.txt", "file: gide.txt")
    edit(site / "sequences/after-guide/sequence.yml", "wait: 1 day", "wait: soon")
    edit(site / "content/index.md", "# Tiny", "---\ndescripton: A page.\n---\n\n# Tiny")
    said = refused(gatepost(site, "build")).splitlines()
    assert said == [
        "content/index.md:2:1: unknown key, found 'descripton'; write 'description'",
        "magnets/guide/magnet.md:2:1: key 'title' is missing; write 'title: The Nurturing Playbook'",
        "magnets/guide/magnet.md:2:1: unknown key, found 'titel'; write 'title'",
        "magnets/guide/magnet.md:4:1: no such file, found 'gide.txt'; write the name of a file in magnets/guide/",
        WRONG_WAIT,
        "5 findings: nothing was changed.",
    ]


def test_a_missing_message(site: Path) -> None:
    (site / "sequences/after-guide/01-hello.md").unlink()
    checked = gatepost(site, "check", "--rule", "sequence")
    assert (checked.returncode, checked.stdout.splitlines()[0]) == (
        1,
        (
            "sequences/after-guide/sequence.yml:5:14: error: no such file, found '01-hello.md'; "
            "write the name of a file in sequences/after-guide/ [sequence]"
        ),
    )


def test_a_message_that_names_an_unknown_field(site: Path) -> None:
    edit(site / "sequences/after-guide/01-hello.md", "tell us", "{{ frist_name }}, tell us")
    assert refused(gatepost(site, "build")).splitlines()[0] == (
        "sequences/after-guide/01-hello.md:7:4: unknown value, found 'frist_name'; write 'first_name'"
    )


def test_a_port_in_use(site: Path) -> None:
    assert gatepost(site, "build").returncode == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in ("run", "demo", "serve"):
            assert refused(gatepost(site, command, "--port", str(port))) == (
                f"gatepost: port {port} on 127.0.0.1 cannot be opened (Address already in use); "
                f"stop what uses it, or write --port {port + 1}\n"
            )


def test_a_site_that_was_not_built(site: Path) -> None:
    assert refused(gatepost(site, "run")) == (
        f"gatepost: {site}: the site was not built yet; run 'gatepost build' there\n"
    )


def test_a_database_that_another_process_keeps_locked(site: Path) -> None:
    assert gatepost(site, "build").returncode == 0
    database.open_database(site / "data/leads.db").close()
    holder = sqlite3.connect(site / "data/leads.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("INSERT INTO wording VALUES ('h', 't', 1)")
    try:
        assert refused(gatepost(site, "work", "--once")) == (
            "gatepost: data/leads.db: another process keeps it locked; stop that one, or try again\n"
        )
    finally:
        holder.execute("COMMIT")
        holder.close()


def test_a_database_of_a_newer_gatepost(site: Path) -> None:
    assert gatepost(site, "build").returncode == 0
    connection = database.open_database(site / "data/leads.db")
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('gatepost', '0099_later', '2030')"
    )
    connection.close()
    message = (
        "gatepost: data/leads.db: was written by a newer Gatepost, found migration '0099_later'; "
        "install that version or a later one, or use another folder\n"
    )
    for arguments in (("run",), ("work", "--once"), ("leads",), ("export", "leads.csv"), ("review", "--no-browser")):
        assert refused(gatepost(site, *arguments)) == message
    assert not (site / "leads.csv").exists()


def test_a_folder_that_cannot_be_written(site: Path) -> None:
    assert gatepost(site, "build").returncode == 0
    (site / "data").write_text("a file where the folder should be")
    assert refused(gatepost(site, "work", "--once")) == (
        "gatepost: data/leads.db: cannot be opened (File exists); give this user the right to write there\n"
    )


def test_a_secret_that_is_too_short(site: Path) -> None:
    assert gatepost(site, "build").returncode == 0
    said = refused(gatepost(site, "run", GATEPOST_SECRET="hunter2"))
    assert said == (
        "gatepost: GATEPOST_SECRET is too short: found 7 bytes; write at least 32, as made by: "
        'python3 -c "import secrets; print(secrets.token_urlsafe(32))"\n'
    )
    assert "hunter2" not in said


def test_a_setting_of_the_wrong_kind(site: Path) -> None:
    assert refused(gatepost(site, "leads", GATEPOST_SMTP_PORT="mail")) == (
        "gatepost: GATEPOST_SMTP_PORT: input should be a valid integer, unable to parse string as an integer, "
        "found 'mail'\n"
    )


def test_a_relay_that_is_not_named(site: Path) -> None:
    assert gatepost(site, "build").returncode == 0
    assert refused(gatepost(site, "work", "--once", GATEPOST_CHANNEL="smtp")) == (
        "gatepost: GATEPOST_SMTP_HOST is not set, and GATEPOST_CHANNEL is smtp; "
        "set it to your relay's name such as smtp.example.com, or set GATEPOST_CHANNEL=mailbox\n"
    )


def test_a_relay_that_does_not_answer_loses_nothing(site: Path, free_port: int) -> None:
    assert gatepost(site, "build").returncode == 0
    connection = database.open_database(site / "data/leads.db")
    now = int(time.time())
    connection.execute(
        "INSERT INTO lead (email, canonical, created_at) VALUES ('a@bakery.example', 'a@bakery.example', ?)", (now,)
    )
    connection.execute(
        "INSERT INTO submission (lead_id, magnet, at, page, fields, marketing, fingerprint) "
        "VALUES (1, 'guide', ?, '/', '{}', 0, 'f')",
        (now,),
    )
    connection.execute(
        "INSERT INTO mail (kind, lead_id, submission_id, state, due_at, created_at, changed_at) "
        "VALUES ('confirm', 1, 1, 'due', ?, ?, ?)",
        (now, now, now),
    )
    run = gatepost(
        site,
        "work",
        "--once",
        GATEPOST_CHANNEL="smtp",
        GATEPOST_SMTP_HOST="127.0.0.1",
        GATEPOST_SMTP_PORT=str(free_port),
        GATEPOST_SMTP_SECURITY="none",
    )
    assert refused(run) == (f"WARNING the relay is away, next try in 60 s: 127.0.0.1:{free_port}: Connection refused\n")
    assert run.stdout == "0 mails dealt with.\n"
    assert connection.execute("SELECT state, attempts FROM mail").fetchone()[:] == ("due", 0)
    connection.close()


def test_a_folder_without_a_site(tmp_path: Path) -> None:
    assert refused(gatepost(tmp_path, "build")) == (
        "mkdocs.yml:1:1: no such file; write gatepost init, or --project DIR\n1 finding: nothing was changed.\n"
    )


def test_an_unknown_command_is_a_usage_error(tmp_path: Path) -> None:
    run = gatepost(tmp_path, "frobnicate")
    assert run.returncode == 2
    assert run.stderr.endswith("Error: No such command 'frobnicate'.\n")


def test_stopping_is_clean(site: Path, free_port: int) -> None:
    assert gatepost(site, "build").returncode == 0
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(
            [sys.executable, "-m", "gatepost_webhook", "run", "--port", str(free_port)],
            cwd=site,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"Gatepost listens on http://127.0.0.1:{free_port} ")
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/healthz", timeout=10) as answer:
            assert answer.status == 200
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
        assert (process.returncode, output, errors) == (0, "Stopped.\n", "")
    shutil.rmtree(site / "data")
