"""The documentation says what the program does: every key, variable, command and example in it is held to the code."""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner
from markdown.extensions.toc import slugify
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from gatepost_site.book_cover import CoverMeta
from gatepost_site.documents import read_front_matter
from gatepost_site.magnets import FormField, MagnetMeta, Seo, load_magnets
from gatepost_site.plugin import GatepostConfig
from gatepost_site.project import Project
from gatepost_site.seo.wording import Social
from gatepost_site.webinars import WebinarMeta
from gatepost_webhook.cli import COMMANDS, gatepost
from gatepost_webhook.followup.durations import say_duration
from gatepost_webhook.followup.formats import MessageMeta, SequenceMeta, StepMeta, WayMeta
from gatepost_webhook.followup.naming import names_of
from gatepost_webhook.followup.personas import PersonaEvent, PersonaMeta, read_persona
from gatepost_webhook.followup.rule_formats import EnterMeta, LeaveMeta, WindowMeta
from gatepost_webhook.followup.sending import ChannelPolicy, DomainPolicy, WarmUp, read_sending
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.foresight.expectations import ExpectMeta, TrialMeta
from gatepost_webhook.foresight.trials import run_trials
from gatepost_webhook.leads.scores import RuleMeta, load_scoring
from gatepost_webhook.leads.segments import ExampleMeta, SegmentMeta, load_segments
from gatepost_webhook.settings import Settings
from tests.acceptance.documentation import DOCS, PAGES, ROOT, TEXTS, blocks, prose, section, shown_commands, table

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from tests.acceptance.documentation import Block

#: (page, heading of the table, the model that it describes)
REFERENCES: list[tuple[str, str, type[BaseModel]]] = [
    ("magnets.md", "Keys", MagnetMeta),
    ("magnets.md", "Form fields", FormField),
    ("magnets.md", "Search engines", Seo),
    ("magnets.md", "A webinar", WebinarMeta),
    ("ebooks.md", "The cover", CoverMeta),
    ("sequences.md", "Keys", SequenceMeta),
    ("sequences.md", "Steps", StepMeta),
    ("sequences.md", "Splits", WayMeta),
    ("sequences.md", "Coming in", EnterMeta),
    ("sequences.md", "Leaving", LeaveMeta),
    ("sequences.md", "Windows", WindowMeta),
    ("sequences.md", "Messages", MessageMeta),
    ("sending.md", "Keys of sending.yml", ChannelPolicy),
    ("sending.md", "What a warm-up has", WarmUp),
    ("sending.md", "What a domain has", DomainPolicy),
    ("sequences.md", "Personas", PersonaMeta),
    ("sequences.md", "What a persona does", PersonaEvent),
    ("rehearsing.md", "Keys of a test", TrialMeta),
    ("rehearsing.md", "What is expected", ExpectMeta),
    ("segments.md", "Keys of a segment", SegmentMeta),
    ("segments.md", "Keys of an example", ExampleMeta),
    ("segments.md", "Scores", RuleMeta),
]


def named(value: Any) -> str:
    return value.name if hasattr(value, "name") else str(value)


def shown_default(value: Any, *, seconds: bool = False) -> str:
    """Return a default as the tables show it."""
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if seconds:
        return f"`{say_duration(value)}`"
    if isinstance(value, datetime):
        return f"`{value:%Y-%m-%d %H:%M}`"
    return "none" if value in ("", (), {}, None, Seo(), Social(), CoverMeta(), PersonaMeta()) else f"`{value}`"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_has_the_front_matter_and_the_one_heading_that_search_results_need(page: Path) -> None:
    values, _ = read_front_matter(page, root=ROOT)
    assert len(values["title"]) <= 60
    assert 50 <= len(values["description"]) <= 160
    assert len(re.findall(r"^# ", prose(page), re.MULTILINE)) == 1


@pytest.mark.parametrize("page", TEXTS, ids=named)
def test_relative_links_lead_to_a_file_and_to_a_heading_in_it(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]+`", "", prose(page))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        headings = re.findall(r"^#+ (.+)$", prose(target), re.MULTILINE) if anchor else []
        assert not anchor or anchor in [slugify(heading.replace("`", ""), "-") for heading in headings], link


@pytest.mark.parametrize(("page", "heading", "model"), REFERENCES, ids=named)
def test_a_reference_table_has_every_key_with_its_default_and_no_other(
    page: str, heading: str, model: type[BaseModel]
) -> None:
    rows = table(DOCS / page, heading)
    assert list(rows) == list(dict.fromkeys(rows))
    assert set(rows) == set(model.model_fields)
    for key, field in model.model_fields.items():
        seconds = isinstance(field.default, int) and key in {"max_late", "gap", "assume_delivered_after"}
        assert rows[key][-1] == shown_default(field.default, seconds=seconds), key


def test_the_settings_page_has_every_variable_with_its_default_and_no_other() -> None:
    rows = table(DOCS / "settings.md", "All variables")
    defaults = {
        f"GATEPOST_{name.upper()}": shown_default(field.default) for name, field in Settings.model_fields.items()
    }
    assert {name: row[-1] for name, row in rows.items()} == defaults


def test_the_plugins_table_has_every_option_with_its_default_and_no_other() -> None:
    rows = table(DOCS / "magnets.md", "Options of the plugin")
    assert {name: row[-1] for name, row in rows.items()} == {
        name: shown_default(default) for name, default in GatepostConfig().items()
    }


@pytest.mark.parametrize("page", TEXTS, ids=named)
def test_every_variable_that_a_page_names_is_a_setting(page: Path) -> None:
    known = {f"GATEPOST_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"GATEPOST_[A-Z0-9_]*[A-Z0-9]", page.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_section_in_the_reference_and_an_example_in_its_help(name: str) -> None:
    text = section(DOCS / "commands.md", f"gatepost {name}")
    assert text.strip()
    result = CliRunner().invoke(gatepost, [name, "--help"], prog_name="gatepost")
    assert result.exit_code == 0
    usage, _, rest = result.output.partition("\n\n")
    assert usage.startswith(f"Usage: gatepost {name}")
    assert re.search(rf"^ +(\w+=\S+ )?gatepost {name}\b", rest, re.MULTILINE), "no example"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_section_names_its_own_options_only(name: str) -> None:
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", section(DOCS / "commands.md", f"gatepost {name}")))
    assert shown <= options_of(name)


@pytest.mark.parametrize("page", TEXTS, ids=named)
def test_every_command_shown_exists_with_the_options_shown(page: Path) -> None:
    for shown in shown_commands(page, "gatepost"):
        words = [word.partition("=")[0] for word in shown.words[1:]]
        if not words or words[0] in ("--help", "--version"):
            continue
        assert words[0] in COMMANDS, str(shown)
        assert {word for word in words if word.startswith("-") and word != "-"} <= options_of(words[0]), str(shown)


@pytest.mark.parametrize("page", TEXTS, ids=named)
def test_every_make_target_shown_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for shown in shown_commands(page, "make"):
        assert shown.words[-1] in targets, str(shown)


@pytest.mark.parametrize("page", TEXTS, ids=named)
def test_the_files_that_a_page_shows_load_without_a_finding(page: Path, tmp_path: Path) -> None:
    """A file shown twice is a second state of the project, so the first one is checked before it is replaced."""
    written: set[str] = set()
    for block in blocks(page):
        if not re.match(r"(magnets|sequences)/", block.title):
            continue
        if block.title in written:
            check(tmp_path)
            written.clear()
        write(block, tmp_path)
        written.add(block.title)
    check(tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_commands_output_is_what_it_prints(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block with a command as its title shows what that prints, given the files that the page ends with."""
    for block in blocks(page):
        if re.match(r"(magnets|sequences)/", block.title):
            write(block, tmp_path)
    monkeypatch.chdir(tmp_path)
    for block in blocks(page):
        if block.title.startswith("gatepost "):
            result = CliRunner().invoke(gatepost, shlex.split(block.title)[1:])
            assert result.output == block.text, str(block)


@pytest.mark.parametrize("page", TEXTS, ids=named)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    for file, name in re.findall(r"(tests/[\w/]+\.py)::(\w+)", page.read_text(encoding="utf-8")):
        assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), name


@pytest.mark.parametrize("page", TEXTS, ids=named)
def test_no_file_is_shown_in_part(page: Path) -> None:
    """A block that looks like a file of Gatepost says which one, so that the test above reads it."""
    for block in blocks(page):
        whole = block.text.startswith("---\n") or re.search(r"^steps:", block.text, re.MULTILINE)
        assert block.title or not whole, str(block)


def options_of(name: str) -> set[str]:
    command = gatepost.get_command(click.Context(gatepost), name)
    assert command is not None
    parts = command.commands.values() if isinstance(command, click.Group) else ()
    parameters = [parameter for one in (command, *parts) for parameter in one.params]
    return {option for parameter in parameters for option in parameter.opts + parameter.secondary_opts} | {
        "--help",
        "-h",
    }


def write(block: Block, root: Path) -> None:
    """Write a shown file, and something to hand out where it names a file that cannot be shown."""
    path = root / block.title
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")
    for file in re.findall(r"^file: (\S+)$", block.text, re.MULTILINE):
        (path.parent / file).write_bytes(b"%PDF-1.7\n")


def check(root: Path) -> None:
    project = Project.at(root)
    magnets = load_magnets(project)
    for one in load_sequences(project, magnets).values():
        assert not [finding for trial in run_trials(one, None, project) for finding in trial.findings]
    read_sending(project.sequences, root=root)
    names = names_of(project, magnets)
    load_segments(project, names)
    load_scoring(project, names)
    for path in project.sequences.glob("*/personas/*.yml"):
        read_persona(path, root=root)
