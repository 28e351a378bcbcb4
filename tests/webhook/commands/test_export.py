from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from gatepost_webhook.cli import gatepost
from tests.webhook.leads.filled import fill, write_many

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENDINGS = "Error: leads.xlsx: the ending decides the format; write a name in .csv, .json or .ndjson"
NO_FORMAT = "Error: - needs a format: write --format csv, --format json or --format ndjson"
PARSERS: dict[str, Callable[[str], list[object]]] = {
    "csv": lambda text: list(csv.DictReader(io.StringIO(text, newline=""))),
    "json": json.loads,
    "ndjson": lambda text: [json.loads(line) for line in text.splitlines()],
}


def export(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(gatepost, ["export", "--data", str(data), *arguments])


@pytest.mark.parametrize("form", ["csv", "json", "ndjson"])
@pytest.mark.parametrize(("rows", "count"), [("leads", 3), ("submissions", 4)])
def test_the_ending_decides_the_format(data: Path, tmp_path: Path, form: str, rows: str, count: int) -> None:
    target = tmp_path / f"out.{form}"
    result = export(data, str(target), "--rows", rows)
    assert (result.exit_code, result.stdout) == (0, f"{count} {rows} written to {target}.\n")
    text = target.read_text(encoding="utf-8")
    assert len(PARSERS[form](text)) == count
    assert target.stat().st_mode & 0o777 == 0o600


def test_standard_output_gets_the_same_bytes_as_a_file(data: Path, tmp_path: Path) -> None:
    export(data, str(tmp_path / "out.csv"))
    result = export(data, "-", "--format", "csv")
    assert result.stdout_bytes == (tmp_path / "out.csv").read_bytes()
    assert result.stdout_bytes.startswith(b'"id","email"')
    assert result.stdout_bytes.count(b"\r\n") == 4


def test_cells_are_neutral_unless_raw_is_asked_for(data: Path) -> None:
    assert '"\'=cmd@example.com"' in export(data, "-", "--format", "csv").stdout
    assert '"=cmd@example.com"' in export(data, "-", "--format", "csv", "--raw").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["leads.xlsx"], ENDINGS), (["leads.XLSX"], ENDINGS.replace("xlsx", "XLSX")), (["-"], NO_FORMAT)],
)
def test_another_format_is_a_usage_error(data: Path, arguments: list[str], message: str) -> None:
    result = export(data, *arguments)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, message)


def test_a_file_that_exists_is_kept(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "leads.csv"
    target.write_text("precious")
    result = export(data, str(target))
    assert (result.exit_code, result.stderr) == (
        1,
        f"gatepost: {target}: exists already; write --force to replace it, or name another file\n",
    )
    assert target.read_text() == "precious"
    assert export(data, str(target), "--force").exit_code == 0
    assert target.read_text().startswith('"id"')


@pytest.mark.parametrize(
    ("name", "reason"),
    [("no/such/folder/leads.csv", "No such file or directory"), ("data/leads.db/leads.csv", "Not a directory")],
)
def test_a_file_that_cannot_be_written_is_one_line(data: Path, tmp_path: Path, name: str, reason: str) -> None:
    target = tmp_path / name
    result = export(data, str(target))
    assert (result.exit_code, result.stderr) == (
        1,
        f"gatepost: {target}: cannot be written ({reason}); name a file in a folder that this user may write to\n",
    )


def test_a_read_only_folder_is_one_line(plain_user: Path) -> None:
    fill(plain_user / "data")
    (plain_user / "locked").mkdir(mode=0o500)
    target = plain_user / "locked" / "leads.csv"
    result = export(plain_user / "data", str(target))
    assert (result.exit_code, result.stderr) == (
        1,
        (
            f"gatepost: {target}: cannot be written (Permission denied); "
            "name a file in a folder that this user may write to\n"
        ),
    )


def test_the_help_names_every_column() -> None:
    result = CliRunner().invoke(gatepost, ["export", "--help"])
    for name in ("email", "magnets", "marketing_since", "lead_id", "submitted", "wording"):
        assert f"\n    {name} " in result.stdout


def test_an_export_of_a_second_or_more_shows_a_bar_in_a_terminal(tmp_path: Path) -> None:
    write_many(tmp_path, 5000)
    ours, theirs = pty.openpty()
    # The patience is cut to nothing: how fast this machine is must not decide.
    script = (
        "import gatepost_webhook.progress as p, gatepost_webhook.cli as c; p._PATIENCE = 0; "
        f"c.main(['export', '--data', {str(tmp_path)!r}, '--format', 'csv', '-'])"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        rows = process.communicate()[0].count(b"\r\n")
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert (process.returncode, rows) == (0, 5001)
    assert "Writing leads" in shown
    assert "100%" in shown
