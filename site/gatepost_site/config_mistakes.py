"""What MkDocs finds wrong with mkdocs.yml, with its line and what to write: it names the key, and Python's types."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from gatepost_site.documents import position_in, suggestion
from gatepost_site.findings import Finding

if TYPE_CHECKING:
    from ruamel.yaml.comments import CommentedMap

_PLUGIN = re.compile(r'The "(.+?)" plugin is not installed')
_EXTENSION = re.compile(r"Failed to load extension '(.+?)'")
_THEME = re.compile(r"Unrecognised theme name: '(.+?)'\. The available installed themes are: (.+)")
_OPTION = re.compile(r"Plugin '(.+?)' option '(.+?)': Expected type: (.+?) but received: ")
_TYPES = {"bool": "true or false", "str": "text", "int": "a whole number", "list": "a list", "dict": "keys with values"}
_FOLDERS = {
    "docs_dir": ("no such folder", "the name of the folder of pages, as in 'docs_dir: content'"),
    "site_dir": ("output folder and folder of pages stand in each other", "'site_dir: public'"),
}


def config_finding(key: str, error: str, lines: CommentedMap, file: str) -> Finding:
    """Return the finding for what MkDocs says about a key of its configuration."""
    error = error.splitlines()[0]
    for pattern, group, kind in (
        (_PLUGIN, "mkdocs.plugins", "plugin"),
        (_EXTENSION, "markdown.extensions", "extension"),
    ):
        if found := pattern.match(error):
            known = sorted({entry.name for entry in entry_points(group=group)})
            return _missing(found[1], known, kind, _place(lines, key, found[1]), file)
    if found := _THEME.match(error):
        place = position_in(lines, ("theme", "name") if isinstance(lines.get("theme"), dict) else ("theme",), 1)
        return Finding(file, *place, "no such theme", f"'{found[1]}'", suggestion(found[1], found[2].split(", ")))
    if found := _OPTION.match(error):
        return _wrong_option(found, lines, file)
    place = position_in(lines, (key,), 1)
    if key in _FOLDERS:
        what, write = _FOLDERS[key]
        return Finding(file, *place, what, f"'{lines.get(key)}'", write)
    if key == "site_url":
        return Finding(
            file, *place, "'site_url' is no full address", f"'{lines.get(key)}'", "'https://www.example.com/'"
        )
    return Finding(file, *place, f"'{key}': {error}")


def _missing(name: str, known: list[str], kind: str, place: tuple[int, int], file: str) -> Finding:
    near = suggestion(name, known)
    write = near if near.startswith("'") else "pip install with the name of the package that brings it"
    return Finding(file, *place, f"{kind} is not installed", f"'{name}'", write)


def _wrong_option(found: re.Match[str], lines: CommentedMap, file: str) -> Finding:
    plugin, option = found[1], found[2]
    line, column = _place(lines, "plugins", plugin)
    for index, entry in enumerate(lines.get("plugins") or []):
        if isinstance(entry, dict) and option in (entry.get(plugin) or {}):
            line, column = position_in(lines, ("plugins", index, plugin, option), 1)
    kinds = [_TYPES.get(name, name) for name in re.findall(r"'(\w+)'", found[3])]
    return Finding(file, line, column, f"{plugin}: '{option}' must be {' or '.join(kinds)}")


def _place(lines: CommentedMap, key: str, name: str) -> tuple[int, int]:
    """Return where a name stands in the list under a key, or the key when it is not found there."""
    for index, entry in enumerate(lines.get(key) or []):
        if entry == name or (isinstance(entry, dict) and name in entry):
            return position_in(lines, (key, index), 1)
    return position_in(lines, (key,), 1)
