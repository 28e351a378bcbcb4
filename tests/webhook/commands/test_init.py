from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from dotenv import dotenv_values

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.cli import gatepost
from gatepost_webhook.env_example import env_example
from gatepost_webhook.settings import Settings, load_settings


def init(folder: str) -> Result:
    return CliRunner().invoke(gatepost, ["init", folder])


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_new_site_is_whole_and_says_what_comes_next() -> None:
    result = init("my site")
    assert (result.exit_code, result.stdout) == (
        0,
        (
            "A new site is in my site. See it run, with a mailbox that keeps every mail on this machine:\n"
            "\n"
            "  cd 'my site'\n"
            "  gatepost demo\n"
        ),
    )
    site = Path("my site")
    assert sorted(path.name for path in site.iterdir()) == [
        ".env.example", ".gatepost", ".gitignore", "content", "magnets", "mkdocs.yml", "sequences",
    ]  # fmt: skip
    assert list(load_magnets(Project.at(site))) == [
        "content-calendar", "landing-page-checklist", "landing-page-clinic", "nurturing-playbook", "write-a-follow-up",
    ]  # fmt: skip
    assert [line for line in (site / ".gitignore").read_text().splitlines() if not line.startswith("#")] == [
        "/public/", "/.gatepost/", "/data/", ".env",
    ]  # fmt: skip


def test_the_folder_one_is_in_will_do_when_it_is_empty() -> None:
    result = init(".")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "  gatepost demo")
    assert "cd" not in result.stdout
    assert Path("mkdocs.yml").is_file()


def test_a_repository_without_files_counts_as_empty() -> None:
    Path("site/.git").mkdir(parents=True)
    assert init("site").exit_code == 0


def test_a_folder_with_files_is_left_alone() -> None:
    Path("site").mkdir()
    Path("site/notes.txt").touch()
    result = init("site")
    assert (result.exit_code, result.stderr) == (
        1,
        "gatepost: site: is not empty, found 'notes.txt'; name a new folder\n",
    )
    assert [path.name for path in Path("site").iterdir()] == ["notes.txt"]


def test_a_file_in_the_way_is_one_line() -> None:
    Path("site").touch()
    assert init("site").stderr == "gatepost: site: is a file; name a new folder\n"
    result = init("site/below")
    assert (result.exit_code, result.stderr) == (
        1,
        "gatepost: site/below: cannot be written (Not a directory); name a folder that this user may write to\n",
    )


def test_the_example_settings_name_every_setting_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GATEPOST_")]:
        monkeypatch.delenv(name)
    before = load_settings()
    uncommented = "".join(f"{line[2:]}\n" for line in env_example().splitlines() if line.startswith("# GATEPOST_"))
    Path(".env").write_text(uncommented)
    assert list(dotenv_values(".env")) == [f"GATEPOST_{name.upper()}" for name in Settings.model_fields]
    assert load_settings() == before


def test_every_setting_is_explained() -> None:
    lines = env_example().splitlines()
    bare = [line for above, line in pairwise(lines) if line.startswith("# GATEPOST_") and not above]
    assert bare == []
