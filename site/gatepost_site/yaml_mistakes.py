"""What is wrong with YAML, in the words of who writes it by hand: its parser speaks of tokens, blocks and streams."""

from __future__ import annotations

import re
from datetime import date

from ruamel.yaml.error import MarkedYAMLError

from gatepost_site.findings import Finding

_SAME = "as many spaces before it as before the keys that it belongs to"
#: A piece of what the parser says -> what is wrong, and what to write; the first that fits is taken.
_WORDS = {
    "mapping values are not allowed": (
        "a second ': ' in one value", "the value in quotes, as in 'title: \"One: two\"'",
    ),
    "unknown escape": ("a backslash in double quotes means something else", "single quotes around the value"),
    "sequence entries are not allowed": (
        "a list does not begin in the line of its key", "each '- item' in a line of its own below it",
    ),
    "another document": ("a second '---' where the file should go on", "one set of keys"),
    "quoted scalar": ("a quote that is opened here is not closed", "the same mark at the end of the value"),
    "flow": ("a bracket that is opened here is not closed", "']' or '}' at its end"),
    "simple key": (
        "a line that is neither a key nor part of a value", "'key: value', or the text in quotes with its key",
    ),
    "found '<scalar>'": ("something follows the closing quote", "one pair of quotes around the whole value"),
    "<block end>": ("this line stands further in or out than those it belongs to", _SAME),
}  # fmt: skip
#: What looks like a day to the parser, outside a comment.
_DAY = re.compile(r"(?m)^[^#\n]*?\b((\d{4})-(\d\d?)-(\d\d?)\S*)")


def mistake_in_yaml(error: Exception, text: str, file: str, first_line: int) -> Finding:
    """Return the finding for what the parser of YAML raised about a text that begins on `first_line` of a file."""
    if isinstance(error, MarkedYAMLError):
        return _syntax_finding(error, text, file, first_line)
    return _day_finding(text, str(error).splitlines()[0], file, first_line)


def _syntax_finding(error: MarkedYAMLError, text: str, file: str, first_line: int) -> Finding:
    """Say in the words of who writes YAML by hand what its parser says in its own."""
    problem, context = (error.problem or "not valid YAML").splitlines()[0], error.context or ""
    # Where it began is where it is mended, for what was left open.
    began = any(word in context for word in ("quoted scalar", "flow", "simple key"))
    mark = (error.context_mark if began else None) or error.problem_mark or error.context_mark
    line, column = (first_line + mark.line, mark.column + 1) if mark else (first_line, 1)
    if problem.startswith("found duplicate key"):
        key = problem.removeprefix("found duplicate key").split(" with ")[0].strip().strip("\"'")
        return Finding(file, line, column, "key stands twice", f"'{key}'", "it once")
    if problem.startswith(("found character", "found undefined alias", "expected the node content")):
        return _stray_finding(problem, file, (line, column))
    before = text.split("\n")[mark.line][: mark.column] if mark else ""
    what, write = _plain_words(problem, context, before)
    return Finding(file, line, column, what, write=write)


def _plain_words(problem: str, context: str, before: str) -> tuple[str, str]:
    """Return (what, write) for what the parser stumbled over; `before` is what stands before it in its line."""
    if "mapping values are not allowed" in problem and re.fullmatch(r"\s+[\w-]+", before):
        return "this key stands further in than the one above", _SAME
    unknown = f"not valid YAML ({problem})", "text with special characters in quotes"
    return next((words for said, words in _WORDS.items() if said in f"{context}: {problem}"), unknown)


def _day_finding(text: str, problem: str, file: str, first_line: int) -> Finding:
    """Name the first day that no calendar has: the parser makes days of what looks like one, and says no place."""
    for found in _DAY.finditer(text):
        try:
            date(*(int(part) for part in found.groups()[1:]))
        except ValueError:
            line = first_line + text.count("\n", 0, found.start(1))
            column = found.start(1) - text.rfind("\n", 0, found.start(1))
            return Finding(file, line, column, "no such day", f"'{found[1]}'", "year, month and day, as in 2026-11-22")
    return Finding(file, first_line, 1, f"not valid YAML ({problem})", write="text with special characters in quotes")


def _stray_finding(problem: str, file: str, place: tuple[int, int]) -> Finding:
    """Name a sign that YAML keeps for itself, at the beginning of a line or of a value."""
    if "\\t" in problem:
        return Finding(file, *place, "a tab", "", "spaces")
    found = re.search(r"found (?:character )?('\S')", problem)
    return Finding(file, *place, "a value cannot begin with this", found[1] if found else "'*'", "the value in quotes")
