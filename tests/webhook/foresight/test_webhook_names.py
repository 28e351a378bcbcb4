"""Steps that call a webhook which the settings do not name: found where those are known, and silent elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gatepost_webhook.cli import gatepost
from tests.webhook.followup.desk import write_project

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SEQUENCE = """\
title: After the checklist
steps:
  - key: parted
    branch:
      firms: {when: company is set, steps: [{key: tell, webhook: crm}]}
  - key: bye
    webhook: sheet
"""
CRM = "crm=https://crm.example.com/hook"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path, SEQUENCE)
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nsite_dir: public\ndocs_dir: content\nplugins: [gatepost]\n")
    (tmp_path / "content").mkdir()
    return tmp_path


def check(root: Path) -> Result:
    return CliRunner().invoke(gatepost, ["check", "--rule", "sequence-webhook", "--project", str(root)])


def test_whoever_only_writes_is_not_asked_for_addresses(root: Path) -> None:
    assert check(root).exit_code == 0


def test_a_name_without_an_address_is_found_where_some_are_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPOST_WEBHOOKS", f"{CRM},sheets=https://sheets.example.com/")
    result = check(root)
    assert result.exit_code == 1
    assert result.output.splitlines()[0] == (
        "sequences/after/sequence.yml:7:14: error: the settings have no address for this webhook, found 'sheet'; "
        "write 'sheets', or 'sheet=https://...' into GATEPOST_WEBHOOKS [sequence-webhook]"
    )
    monkeypatch.setenv("GATEPOST_WEBHOOKS", f"{CRM},sheet=https://sheets.example.com/")
    assert check(root).exit_code == 0


def test_a_server_that_sends_and_names_none_is_told_of_each(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPOST_CHANNEL", "smtp")
    monkeypatch.setenv("GATEPOST_SMTP_HOST", "127.0.0.1")
    output = check(root).output
    assert "sequence.yml:5:66: error: the settings have no address for this webhook, found 'crm'" in output
    assert "found 'sheet'; write 'sheet=https://...' into GATEPOST_WEBHOOKS" in output
