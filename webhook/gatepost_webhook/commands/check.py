"""`gatepost check`: the audit of a whole site, for people, programs, workflows and code scanners."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from gatepost_site.audit import report
from gatepost_site.audit.auditor import audit
from gatepost_site.audit.mending import mend
from gatepost_site.audit.rulebook import RULES as SITE_RULES
from gatepost_site.documents import suggestion
from gatepost_site.plugin import inquire_site
from gatepost_site.project import Project
from gatepost_webhook.followup.audit_rules import RULES as SEQUENCE_RULES
from gatepost_webhook.foresight.audit_rules import RULES as FORESIGHT_RULES
from gatepost_webhook.options import project_option
from gatepost_webhook.schema_files import keep_schemas

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gatepost_site.audit.auditor import Audit
    from gatepost_site.audit.registry import Rule

RULES = (*SITE_RULES, *SEQUENCE_RULES, *FORESIGHT_RULES)


def _known(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse names of rules that do not exist."""
    known = [rule.id for rule in RULES]
    for name in names:
        if name not in known:
            raise click.BadParameter(f"no such rule, found '{name}'; write {suggestion(name, known)}")
    return names


@click.command()
@project_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", *report.STYLES]),
    default="text",
    show_default=True,
    help="How findings are written: for people, for programs, as annotations of a GitHub workflow, or for a code "
    "scanner.",
)
@click.option("--rule", "only", multiple=True, metavar="RULE", callback=_known, help="Look for this only; repeatable.")
@click.option("--ignore", multiple=True, metavar="RULE", callback=_known, help="Do not look for this; repeatable.")
@click.option("--fix", is_flag=True, help="Mend what can be mended for certain, and say what was changed.")
@click.option("--list-rules", is_flag=True, help="List all rules with their reasons, and look at nothing.")
def command(
    root: Path, style: str, only: tuple[str, ...], ignore: tuple[str, ...], *, fix: bool, list_rules: bool
) -> None:
    """Look through content, magnets, sequences and the built site for what costs readers or leads.

    Exit code 1 when there are errors; warnings and information leave it at 0.

    \b
    Examples:
      gatepost check
      gatepost check --fix
      gatepost check --format github --ignore readability
    """
    if list_rules:
        click.echo(report.rule_list(RULES))
        return
    keep_schemas(Project.at(root))
    asked = tuple(rule for rule in RULES if (not only or rule.id in only) and rule.id not in ignore)
    found = audit(inquire_site(root), RULES, asked=asked)
    if fix:
        changes = mend(found.findings, root)
        # Programs read the findings; what was changed is for people.
        click.echo("".join(f"{line}\n" for line in changes) or "Nothing to mend.\n", nl=False, err=style != "text")
        found = audit(inquire_site(root), RULES, asked=asked) if changes else found
    _show(found, style, asked)
    if found.count("error"):
        sys.exit(1)


def _show(found: Audit, style: str, asked: Sequence[Rule]) -> None:
    if style == "text":
        # click leaves colours out where the output is no terminal.
        click.echo(report.text(found, colours="NO_COLOR" not in os.environ))
    elif written := report.STYLES[style](found, asked):
        click.echo(written)
