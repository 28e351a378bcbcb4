"""`gatepost demo` says first what shows most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project
from gatepost_webhook.commands.demo import worth_trying
from tests.acceptance.documentation import ROOT
from tests.webhook.followup.desk import write_project

if TYPE_CHECKING:
    from pathlib import Path


def test_of_the_examples_magnets_the_one_with_a_file_and_a_sequence_comes_first() -> None:
    assert worth_trying(load_magnets(Project.at(ROOT))) == "nurturing-playbook"


def test_a_site_with_one_magnet_or_none_has_no_choice(tmp_path: Path) -> None:
    assert worth_trying(load_magnets(write_project(tmp_path))) == "checklist"
    assert worth_trying({}) == ""
