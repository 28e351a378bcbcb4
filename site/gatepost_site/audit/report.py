"""Findings as text: for people, for programs, as a workflow's annotations, and as SARIF for code scanners."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatepost_site.audit.auditor import Audit
    from gatepost_site.audit.registry import Rule
    from gatepost_site.findings import Finding, Severity

    #: (findings, the rules that were asked) -> text, without a line end.
    Style = Callable[[Audit, Sequence[Rule]], str]

_COUNTED: tuple[Severity, ...] = ("error", "warning")
_COLOURS = {"error": "31", "warning": "33", "information": "36"}
_COMMANDS = {"error": "error", "warning": "warning", "information": "notice"}
_LEVELS = {"error": "error", "warning": "warning", "information": "note"}
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def text(audit: Audit, *, colours: bool = False) -> str:
    """Return one line a finding, then a summary."""
    lines = [_line(finding, colours=colours) for finding in audit.findings]
    return "\n".join([*lines, *([""] if lines else []), summary(audit)])


def summary(audit: Audit) -> str:
    """Return what was looked at, and how much was found."""
    parts = (_count(audit.pages, "page"), _count(audit.magnets, "magnet"), _count(audit.sequences, "sequence"))
    looked = ", ".join(parts)
    if audit.findings:
        lines = [f"{_numbers(audit)} in {looked}."]
    else:
        lines = [f"All is well: {looked}, {_count(audit.rules, 'rule')}."]
    if audit.mendable:
        which = "one" if audit.mendable == 1 else str(audit.mendable)
        lines.append(f"'gatepost check --fix' mends {which} of them.")
    return "\n".join([*lines, *([audit.note] if audit.note else [])])


def _numbers(audit: Audit) -> str:
    known = audit.count("information")
    counts = [_count(number, noun) for noun in _COUNTED if (number := audit.count(noun))]
    return ", ".join([*counts, *([f"{known} for information"] if known else [])])


def as_json(audit: Audit, _: Sequence[Rule]) -> str:
    """Return a list of findings."""
    return json.dumps([_plain(finding) for finding in audit.findings], indent=2, ensure_ascii=False)


def github(audit: Audit, _: Sequence[Rule]) -> str:
    """Return an annotation a finding, as a GitHub workflow reads them."""
    return "\n".join(_annotation(finding) for finding in audit.findings)


def sarif(audit: Audit, rules: Sequence[Rule]) -> str:
    """Return a SARIF 2.1.0 log with one run."""
    used = {finding.rule for finding in audit.findings}
    listed = [*(_sarif_rule(rule) for rule in rules), *({"id": name} for name in sorted(used - {r.id for r in rules}))]
    index = {rule["id"]: number for number, rule in enumerate(listed)}
    driver = {"name": "Gatepost", "version": version("gatepost"), "rules": listed}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder of mkdocs.yml."}}},
        "results": [_result(finding, index) for finding in audit.findings],
    }
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def rule_list(rules: Sequence[Rule]) -> str:
    """Return every rule with its severity and its reason, for people."""
    width = max(len(rule.id) for rule in rules)
    lines = []
    for rule in rules:
        firm = ", always" if rule.is_firm else ""
        lines += [f"{rule.id:<{width}}  {rule.title} ({rule.severity}{firm}).", f"{'':<{width}}  {rule.why}"]
    return "\n".join(lines)


def _line(finding: Finding, *, colours: bool) -> str:
    place, _, rest = str(finding).partition(": ")
    if not colours:
        return f"{place}: {finding.severity}: {rest} [{finding.rule}]"
    colour = _COLOURS[finding.severity]
    return f"\x1b[1m{place}:\x1b[0m \x1b[{colour}m{finding.severity}:\x1b[0m {rest} \x1b[2m[{finding.rule}]\x1b[0m"


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "severity": finding.severity,
        "rule": finding.rule,
        "what": finding.what,
        "found": finding.found,
        "write": finding.write,
        "fixable": finding.edit is not None,
    }


def _annotation(finding: Finding) -> str:
    message = _escaped(str(finding).partition(": ")[2])
    place = f"file={_property(finding.file)},line={finding.line},col={finding.column},title={finding.rule}"
    return f"::{_COMMANDS[finding.severity]} {place}::{message}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.why},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    where = {"uri": quote(finding.file), "uriBaseId": "%SRCROOT%"}
    region = {"startLine": finding.line, "startColumn": finding.column}
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": str(finding).partition(": ")[2]},
        "locations": [{"physicalLocation": {"artifactLocation": where, "region": region}}],
    }
    if edit := finding.edit:
        deleted = {"startLine": edit.line, "startColumn": edit.column, "endColumn": edit.column + len(edit.old)}
        change = {"deletedRegion": deleted, "insertedContent": {"text": edit.new}}
        result["fixes"] = [{"artifactChanges": [{"artifactLocation": where, "replacements": [change]}]}]
    return result


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


#: For programs; people get `text`.
STYLES: dict[str, Style] = {"json": as_json, "github": github, "sarif": sarif}
