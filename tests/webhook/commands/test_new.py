"""`gatepost new`: what it makes builds as it is, and nothing that is there is changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from gatepost_webhook.cli import gatepost
from gatepost_webhook.scaffolding import KINDS

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
site_name: My & Site
docs_dir: content
site_dir: public
theme:
  name: material
plugins:
  - search
  - blog
  - gatepost
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content" / "blog").mkdir(parents=True)
    (tmp_path / "content" / "index.md").write_text("# Home\n")
    (tmp_path / "content" / "blog" / "index.md").write_text("# Blog\n")
    (tmp_path / "content" / "blog" / ".authors.yml").write_text(
        "authors:\n  us: {name: Us, description: D, avatar: a.png}\n"
    )
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(gatepost, arguments, prog_name="gatepost")


def made(result: Result) -> list[str]:
    return re.findall(r"^  (\S+/\S+\.\w+)$", result.output.partition("\n\n")[0], re.MULTILINE)


def test_everything_that_can_be_new_builds_without_a_finding(site: Path) -> None:
    files = [made(run("new", "magnet", kind, f"my-{kind}")) for kind in KINDS]
    files += [made(run("new", "sequence", "after-it")), made(run("new", "page", "guides/first-steps"))]
    files += [made(run("new", "post", 'Say "no": three forms'))]
    assert all(files)
    assert all((site / path).is_file() for group in files for path in group)
    summary = next(line for line in run("check").output.splitlines() if line.endswith("2 sequences."))
    # What is left to do is said, and none of it is an error.
    assert re.fullmatch(rf"\d+ warnings, \d+ for information in \d pages, {len(KINDS)} magnets, 2 sequences\.", summary)
    result = run("build")
    assert result.exit_code == 0, result.output
    assert all((site / "public" / "get" / f"my-{kind}" / "index.html").is_file() for kind in KINDS)
    assert "authors: [us]" in (site / "content/blog/posts/say-no-three-forms.md").read_text()
    assert not [path for group in files for path in group if re.search(r"@\w+@", (site / path).read_text())]


def test_it_says_what_was_made_and_what_comes_next(site: Path) -> None:
    assert run("new", "magnet", "checklist", "before-you-send").output == (
        "Made:\n"
        "  magnets/before-you-send/checklist.md\n"
        "  magnets/before-you-send/magnet.md\n"
        "\n"
        "Next:\n"
        "  write the list in checklist.md: every point gets a box\n"
        "  the landing page is in magnet.md\n"
        "  gatepost serve\n"
        "  its page is then at /get/before-you-send/; offer it in an article: /// offer | before-you-send\n"
    )
    text = (site / "magnets/before-you-send/magnet.md").read_text()
    assert "title: Before you send\n" in text
    assert "author: My & Site\n" in text


TAKEN = {
    "magnet": (["magnet", "course", "mine"], ["magnet", "template", "mine"], "magnets/mine"),
    "its lessons": (["sequence", "mine"], ["magnet", "course", "mine"], "sequences/mine"),
    "page": (["page", "mine"], ["page", "mine.md"], "content/mine.md"),
    "post": (["post", "Mine!"], ["post", "mine"], "content/blog/posts/mine.md"),
}


@pytest.mark.parametrize(("first", "second", "taken"), TAKEN.values(), ids=TAKEN)
def test_what_is_there_stays_as_it_is(site: Path, first: list[str], second: list[str], taken: str) -> None:
    run("new", *first)
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    result = run("new", *second)
    assert result.exit_code == 1
    assert result.output == f"gatepost: {taken}: is there already, and nothing was changed; choose another name\n"
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


NAMES = {
    "capitals": (["sequence", "My Thing"], "'my-thing'"),
    "no letters": (["sequence", "!"], "'first-steps'"),
    "a way out": (["page", "../../etc/x"], "'etc/x'"),
    "an empty title": (["post", "?!"], "a title"),
}


@pytest.mark.parametrize(("arguments", "write"), NAMES.values(), ids=NAMES)
def test_a_name_that_cannot_be_used_is_refused_with_one_that_can(site: Path, arguments: list[str], write: str) -> None:
    result = run("new", *arguments)
    assert result.exit_code == 1
    assert f"found {arguments[1]!r}; write {write}" in result.output


def test_a_folder_that_is_no_site_is_left_alone(tmp_path: Path) -> None:
    result = run("new", "sequence", "mine", "--project", str(tmp_path))
    assert (result.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert result.output == (
        f"gatepost: {tmp_path}: no mkdocs.yml here; change to a site's folder, or run 'gatepost init DIR' first\n"
    )
