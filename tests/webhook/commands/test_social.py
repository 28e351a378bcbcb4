"""gatepost social: posts about a page of the last build."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_site.plugin import build_site
from gatepost_webhook.cli import gatepost

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

CONFIG = """\
site_name: Example
site_url: https://example.com/
docs_dir: content
site_dir: public
theme: {name: null, custom_dir: theme}
plugins: [gatepost: {cards: false}]
"""
PAGE = """\
---
title: Ten cups a day
description: What an office drinks, and when.
social:
  x: Ten cups. Every day.
  hashtags: [Coffee]
---

# Ten cups a day
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("social")
    files = {"mkdocs.yml": CONFIG, "theme/main.html": "<head></head>", "content/index.md": "# Home\n"}
    for path, text in (files | {"content/cups/ten.md": PAGE}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    build_site(folder)
    return folder


def social(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(gatepost, ["social", *arguments, "--project", str(root)])


def test_there_is_a_post_for_each_network_with_its_own_words(root: Path) -> None:
    result = social(root, "cups/ten.md")
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.output.splitlines() if line.startswith("--- ")] == [
        "--- LinkedIn", "--- X", "--- Mastodon", "--- Bluesky", "--- Facebook",
    ]  # fmt: skip
    assert "Ten cups. Every day.\n\nhttps://example.com/cups/ten/?utm_source=x&utm_medium=social&utm_campaign=ten" in (
        result.output
    )
    assert "Ten cups a day\n\nWhat an office drinks, and when.\n\nhttps://example.com/" in result.output
    assert result.output.count("#Coffee") == 5


@pytest.mark.parametrize(
    "name",
    ["cups/ten.md", "content/cups/ten.md", "./content/cups/ten.md", "cups/ten", "/cups/ten/", "ten",
     "https://example.com/cups/ten/"],
)  # fmt: skip
def test_a_page_may_be_called_by_any_of_its_names(root: Path, name: str) -> None:
    [post] = json.loads(social(root, name, "--network", "bluesky", "--json").output)
    assert post["link"].startswith("https://example.com/cups/ten/?")
    assert post["length"] <= post["limit"] == 300


def test_the_home_page_is_a_page_too(root: Path) -> None:
    [post] = json.loads(social(root, "index.md", "--network", "x", "--json").output)
    assert post["link"].endswith("utm_campaign=home")


def test_an_unknown_page_is_refused_with_the_nearest_one(root: Path) -> None:
    result = social(root, "cups/tne.md")
    assert result.exit_code == 2
    assert "no such page, found 'cups/tne.md'; write 'cups/ten.md'" in result.output


def test_mistakes_in_the_words_are_said_at_their_place(root: Path) -> None:
    file, built = root / "content/cups/ten.md", (root / ".gatepost/pages.json").stat().st_mtime
    file.write_text(PAGE.replace("  x:", "  twitter:"))
    result = social(root, "ten")
    file.write_text(PAGE)
    os.utime(file, (built - 5, built - 5))
    assert result.exit_code == 1
    assert "content/cups/ten.md:5:3: unknown key, found 'twitter'; write one of text, linkedin, x" in result.output


def test_a_page_that_changed_since_is_named(root: Path) -> None:
    assert "has changed" not in social(root, "ten").stderr
    file, built = root / "content/cups/ten.md", (root / ".gatepost/pages.json").stat().st_mtime
    os.utime(file, (built + 5, built + 5))
    assert "note: content/cups/ten.md has changed since the last build" in social(root, "ten").stderr
    os.utime(file, (built - 5, built - 5))


def test_a_site_that_was_never_built_says_what_to_do(tmp_path: Path) -> None:
    result = social(tmp_path, "index.md")
    assert result.exit_code == 1
    assert "the site was never built; run 'gatepost build' first" in result.output


def test_a_site_without_an_address_says_what_to_write(root: Path, tmp_path: Path) -> None:
    (tmp_path / ".gatepost").mkdir()
    pages = (root / ".gatepost/pages.json").read_text().replace("https://example.com/cups/ten/", "")
    (tmp_path / ".gatepost/pages.json").write_text(pages.replace('"https://example.com/"', '""'))
    result = social(tmp_path, "index.md")
    assert result.exit_code == 1
    assert "mkdocs.yml:1:1: 'site_url' is missing" in result.output
