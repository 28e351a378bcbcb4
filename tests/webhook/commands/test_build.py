"""`gatepost build` sees both halves, and says everything at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from gatepost_webhook.cli import gatepost

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
site_name: Example
site_url: https://example.com/
docs_dir: content
site_dir: public
theme: {name: null, custom_dir: theme}
plugins: [gatepost]
"""
MAGNET = """\
---
title: The Checklist
description: Ten things to check.
file: list.csv
---
"""
FINDINGS = [
    "content/page.md:2:1: unknown key, found 'titel'; write 'title'",
    "magnets/checklist/magnet.md:4:1: no such file, found 'gone.csv'; write the name of a file in magnets/checklist/",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "mkdocs.yml": CONFIG,
        "theme/main.html": "<title>{{ page.title }}</title>{{ page.content }}",
        "content/index.md": "# Home\n",
        "magnets/checklist/magnet.md": MAGNET,
        "magnets/checklist/list.csv": "one,two\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def broken(root: Path) -> Path:
    (root / "content/page.md").write_text("---\ntitel: T\n---\n", encoding="utf-8")
    (root / "magnets/checklist/magnet.md").write_text(MAGNET.replace("list.csv", "gone.csv"), encoding="utf-8")
    (root / "sequences/follow").mkdir(parents=True)
    (root / "sequences/follow/sequence.yml").write_text("titel: x: y\n", encoding="utf-8")
    return root


def run(*arguments: str) -> Result:
    return CliRunner().invoke(gatepost, arguments)


def test_build_tells_what_it_made(root: Path) -> None:
    result = run("build", "--project", str(root))
    assert result.exit_code == 0, result.output
    assert re.fullmatch(
        r"Checking pages, magnets and sequences, then building \.\.\.\n3 pages, 1 magnet in \d+\.\d s -> public/\n",
        result.output,
    )
    assert (root / "public/get/checklist/index.html").is_file()


def test_build_takes_another_address(root: Path) -> None:
    assert run("build", "--project", str(root), "--site-url", "https://other.example/").exit_code == 0
    assert "https://other.example/get/checklist/" in (root / "public/get/checklist/index.html").read_text("utf-8")


def test_build_says_the_findings_of_both_halves_and_builds_nothing(broken: Path) -> None:
    result = run("build", "--project", str(broken))
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert lines[:2] == FINDINGS
    assert lines[2].startswith("sequences/follow/sequence.yml:1:9: a second ': ' in one value")
    assert lines[3:] == ["3 findings: nothing was changed."]
    assert not (broken / "public").exists()


def test_strict_takes_a_broken_link_for_a_failure(root: Path) -> None:
    (root / "content/index.md").write_text("[gone](gone.md)\n", encoding="utf-8")
    assert run("build", "--project", str(root)).exit_code == 0
    assert run("build", "--project", str(root), "--strict").exit_code == 1
