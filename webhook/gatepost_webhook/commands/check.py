"""`gatepost check`: what `gatepost build` would refuse, found without building."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from gatepost_site.findings import ContentError, Finding
from gatepost_site.plugin import check_site
from gatepost_site.project import Project
from gatepost_webhook.followup.sequences import load_sequences
from gatepost_webhook.options import project_option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup import sequences as followups


@click.command()
@project_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How findings are written: for people, for programs, or as annotations of a GitHub workflow.",
)
def command(root: Path, style: str) -> None:
    """Check content, magnets and sequences without building.

    \b
    Example:
      gatepost check --format github
    """
    try:
        _, magnets, sequences = check_project(root)
        findings: list[Finding] = []
    except ContentError as error:
        findings = error.findings
    if style == "text" and not findings:
        click.echo(f"No findings: pages, {count(len(magnets), 'magnet')}, {count(len(sequences), 'sequence')}.")
        return
    click.echo(_STYLES[style](findings), nl=bool(findings) or style == "json")
    if findings:
        click.echo(count(len(findings), "finding"), err=True)
        sys.exit(1)


def check_project(root: Path) -> tuple[Project, Mapping[str, Magnet], Mapping[str, followups.Sequence]]:
    """Check a project's both halves. Raises ContentError with the mistakes of both."""
    findings: list[Finding] = []
    project = Project.at(root)
    magnets: Mapping[str, Magnet] = {}
    sequences: Mapping[str, followups.Sequence] = {}
    try:
        project, magnets = check_site(root)
    except ContentError as error:
        findings += error.findings
    try:
        sequences = load_sequences(project, magnets)
    except ContentError as error:
        findings += error.findings
    if findings:
        raise ContentError(findings)
    return project, magnets, sequences


def count(number: int, noun: str) -> str:
    """Return "1 page", "2 pages"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _text(findings: Sequence[Finding]) -> str:
    return "\n".join(str(finding) for finding in findings)


def _json(findings: Sequence[Finding]) -> str:
    return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)


def _github(findings: Sequence[Finding]) -> str:
    return "\n".join(_annotation(finding) for finding in findings)


def _annotation(finding: Finding) -> str:
    message = str(finding).partition(": ")[2].replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::error file={finding.file},line={finding.line},col={finding.column}::{message}"


_STYLES: dict[str, Callable[[Sequence[Finding]], str]] = {"text": _text, "json": _json, "github": _github}
