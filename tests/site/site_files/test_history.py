"""The date of a page is that of the last commit that touched it, and no other."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from gatepost_site import history
from gatepost_site.history import read_history
from gatepost_site.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.site.conftest import Drawn

    Draw = Callable[[Mapping[str, str | bytes]], Drawn]


def git(root: Path, *arguments: str, day: str = "2020-01-01") -> None:
    names = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
    dates = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    environment = {**os.environ, **dict.fromkeys(names, "test"), **dates}
    subprocess.run(["git", *arguments], cwd=root, check=True, env=environment, capture_output=True)


@pytest.fixture
def kept(draw: Draw) -> Drawn:
    """A project in git: both pages of 2020, one changed in 2021, one file that git does not know."""
    drawn = draw({"content/old.md": "# Old\n", "content/ä b.md": "# One\n"})
    git(drawn.root, "init", "-q")
    git(drawn.root, "add", ".")
    git(drawn.root, "commit", "-qm", "one")
    (drawn.root / "content/ä b.md").write_text("# Two\n")
    git(drawn.root, "commit", "-qam", "two", day="2021-02-03")
    (drawn.root / "content/new.md").write_text("# New\n")
    os.utime(drawn.root / "content/new.md", (1_600_000_000, 1_600_000_000))
    return drawn


def days(drawn: Drawn) -> dict[str, str]:
    drawn.build()
    text = (drawn.public / "sitemap.xml").read_text()
    return dict(re.findall(r"<loc>https://example.com/(.*?)</loc>(?:<lastmod>(.*?)</lastmod>)?", text))


def test_the_sitemap_has_the_day_of_the_last_commit_else_that_of_the_file(kept: Drawn) -> None:
    assert days(kept) == {"": "2020-01-01", "%C3%A4%20b/": "2021-02-03", "new/": "2020-09-13", "old/": "2020-01-01"}


def test_git_is_asked_once_for_all_files_and_not_again_for_the_same_commit(
    kept: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    run = subprocess.run

    def noted(command: list[str], **options: object) -> object:
        asked.append("log" in command)
        return run(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(history.subprocess, "run", noted)  # type: ignore[attr-defined]
    project = Project.at(kept.root)
    first = read_history(project)
    assert asked.count(True) == 1
    again = read_history(project)
    assert asked.count(True) == 1
    page = (kept.root / "content/ä b.md").resolve()
    assert first.changed(str(page)) == again.changed(str(page)) == 1_612_353_600


def test_a_new_commit_is_seen(kept: Drawn) -> None:
    assert days(kept)["old/"] == "2020-01-01"
    (kept.root / "content/old.md").write_text("# Changed\n")
    git(kept.root, "commit", "-qam", "three", day="2022-03-04")
    assert days(kept)["old/"] == "2022-03-04"


def test_a_clone_without_the_older_commits_gives_no_date_rather_than_a_wrong_one(kept: Drawn, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(kept.root, "clone", "-q", "--depth=1", f"file://{kept.root}", str(clone))
    shallow = type(kept)(clone)
    assert days(shallow) == {"": "", "%C3%A4%20b/": "", "old/": ""}
