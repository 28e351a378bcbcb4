"""What a site chose: which rules matter how much to it, and where it leaves them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any, get_args

from gatepost_site.documents import load_yaml, position_in, read_text, suggestion
from gatepost_site.findings import ContentError, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gatepost_site.audit.registry import Rule

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
#: What turns a rule off. MkDocs reads a bare `off` as false.
_OFF = ("off", False)
_KEYS = ("severity", "ignore")


@dataclass(frozen=True)
class Choice:
    """Rule -> severity where it is not the usual one, None for off; rule -> patterns of files to leave out."""

    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    ignored: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def severity(self, rule: Rule) -> Severity | None:
        """Return how much a rule matters here, None when it is off."""
        return self.severities.get(rule.id, rule.severity)

    def ignores(self, finding: Finding) -> bool:
        """Whether the rule is left out for the file of a finding."""
        return any(fnmatch(finding.file, pattern) for pattern in self.ignored.get(finding.rule, ()))


def read_choice(options: Mapping[str, Any], rules: Sequence[Rule], config_file: Path) -> Choice:
    """Return what the plugin's option `check` says. Raises ContentError with every mistake, each with its line."""
    findings = [
        Finding(config_file.name, *_place(config_file, where), *words)
        for name, value in options.items()
        for where, words in _mistakes(str(name), value, rules)
    ]
    if findings:
        raise ContentError(findings)
    severities, ignored = {}, {}
    for name, value in options.items():
        severity = value.get("severity") if isinstance(value, Mapping) else value
        if severity is not None:
            severities[name] = None if severity in _OFF else severity
        if isinstance(value, Mapping):
            ignored[name] = list(value.get("ignore", ()))
    return Choice(severities, ignored)


def schema(rules: Sequence[Rule]) -> dict[str, Any]:
    """Return the JSON Schema of the option."""
    level = {"enum": [*SEVERITIES, *_OFF]}
    patterns = {"type": "array", "items": {"type": "string"}, "description": "Files as findings name them; * is any."}
    full = {"type": "object", "properties": {"severity": level, "ignore": patterns}, "additionalProperties": False}
    return {
        "type": "object",
        "description": "Rules of `gatepost check` that matter more or less to this site than usual.",
        "properties": {
            rule.id: {"anyOf": [level, full], "description": f"{rule.title}. Usually: {rule.severity}."}
            for rule in rules
            if not rule.is_firm
        },
        "additionalProperties": False,
    }


def _mistakes(name: str, value: Any, rules: Sequence[Rule]) -> Iterator[tuple[tuple[str, ...], tuple[str, str, str]]]:
    """Yield (path of keys, (what, found, write)) of what is wrong with one entry."""
    known = {rule.id: rule for rule in rules}
    if name not in known:
        yield (name,), ("check: no such rule", f"'{name}'", suggestion(name, sorted(known)))
    elif known[name].is_firm:
        yield (name,), ("check: a build stops at this rule, always", f"'{name}'", "nothing, and mend what it finds")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _KEYS:
                yield (name, key), ("check: no such key", f"'{key}'", suggestion(str(key), _KEYS))
            elif key == "severity":
                yield from _severity_mistake((name, key), inner)
            elif not isinstance(inner, list):
                yield (name, key), ("check: 'ignore' is no list", f"'{inner}'", f"'ignore: [{inner}]'")
    else:
        yield from _severity_mistake((name,), value)


def _severity_mistake(where: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], tuple[str, str, str]]]:
    if value not in (*SEVERITIES, *_OFF):
        yield where, ("check: no such severity", f"'{value}'", suggestion(str(value), [*SEVERITIES, "off"]))


def _place(config_file: Path, where: tuple[str, ...]) -> tuple[int, int]:
    lines = load_yaml(read_text(config_file, config_file.name), config_file.name, first_line=1)
    for index, plugin in enumerate(lines.get("plugins") or []):
        if isinstance(plugin, dict) and "gatepost" in plugin:
            return position_in(lines, ("plugins", index, "gatepost", "check", *where), 1)
    return 1, 1
