"""The page on checking lists the rules as the program does, and its settings are settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml  # type: ignore[import-untyped]

from gatepost_site.audit.choice import read_choice
from gatepost_webhook.commands.check import RULES
from gatepost_webhook.schemas import NAMES
from tests.acceptance.documentation import DOCS, ROOT, blocks, section, table

if TYPE_CHECKING:
    from pathlib import Path

PAGE = DOCS / "checking.md"


def test_the_table_has_every_rule_as_it_is_and_no_other() -> None:
    assert table(PAGE, "All rules") == {
        rule.id: [f"{rule.title}.", rule.why, f"{rule.severity}, always" if rule.is_firm else rule.severity]
        for rule in RULES
    }


def test_the_options_shown_are_options(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks(PAGE) if block.title == "mkdocs.yml"]
    file = tmp_path / "mkdocs.yml"
    file.write_text(shown.text, encoding="utf-8")
    options = yaml.safe_load(shown.text)["plugins"][1]["gatepost"]["check"]
    assert set(read_choice(options, RULES, file).severities) == set(options)


def test_the_editors_settings_name_schemas_and_files_that_exist() -> None:
    settings = {block.title: block.text for block in blocks(PAGE)}
    code = json.loads(settings[".vscode/settings.json"])["yaml.schemas"]
    remark = yaml.safe_load(settings[".remarkrc.yaml"])["plugins"][1][1]["schemas"]
    for schema, files in [*code.items(), *((schema, pattern) for schema, (pattern,) in remark.items())]:
        assert schema.removeprefix(".gatepost/schemas/").removesuffix(".json") in NAMES
        assert list(ROOT.glob(files)), files


def test_the_page_of_commands_names_every_schema() -> None:
    assert all(f"`{name}`" in section(DOCS / "commands.md", "gatepost schema") for name in NAMES)
