"""The words that Gatepost writes, printed to be translated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from gatepost_site.project import Project
from gatepost_site.words.languages import load_languages, shipped_texts
from gatepost_webhook.cli import gatepost

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_printed_is_a_whole_language_to_start_from(tmp_path: Path) -> None:
    printed = CliRunner().invoke(gatepost, ["words"])
    assert printed.exit_code == 0
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "nl.yml").write_text(printed.output, encoding="utf-8")
    assert load_languages(Project.at(tmp_path)).words("nl").texts == shipped_texts("en")


def test_german_is_there_to_be_changed() -> None:
    assert "E-Mail-Adresse" in CliRunner().invoke(gatepost, ["words", "de"]).output


def test_another_language_is_not_there() -> None:
    answer = CliRunner().invoke(gatepost, ["words", "fr"])
    assert answer.exit_code == 2
    assert "'en', 'de'" in answer.output
