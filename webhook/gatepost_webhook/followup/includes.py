"""Texts that several messages share: {% include "signature.md" %} takes in sequences/_partials/signature.md.

They are taken in when the files are read, so that nothing that renders a mail can open a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.documents import read_text, shown, suggestion
from gatepost_site.translations import original_of, source_in
from gatepost_webhook.followup.template_check import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_site.project import Project

FOLDER = "_partials"
#: Partials inside partials.
MAX_DEPTH = 5
#: Characters of a message with everything that it takes in.
MAX_EXPANDED = 64 * 1024
# Comments and raw text come first: what stands in them is no include.
_INCLUDE = re.compile(
    r"\{#.*?#\}|\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}"
    r"|(?P<tag>\{%-?\s*include\s+(?P<quote>[\"'])(?P<name>[^\"'\n]*)(?P=quote)\s*-?%\})(?P<end>\n?)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Partial:
    """A text that messages take in."""

    #: Path as findings show it.
    file: str
    text: str


@dataclass(frozen=True)
class Include:
    """One place at which a text takes in another."""

    name: str
    #: Where it stands in the text; both count from 1.
    line: int
    column: int


class Partials:
    """The partials of a project, read when they are asked for."""

    def __init__(self, project: Project) -> None:
        self._root = project.root
        self._folder = project.sequences / FOLDER
        self._read: dict[Path, Partial] = {}

    def find(self, name: str, language: str) -> Partial | None:
        """Return a partial, its translation where there is one; None when there is none, or it is elsewhere.

        Raises ContentError when it cannot be read.
        """
        for candidate in dict.fromkeys((source_in(name, language), source_in(name, language.partition("-")[0]), name)):
            path = self._folder / candidate
            if candidate.endswith(".md") and path.is_file() and self._is_inside(path):
                return self._partial(path)
        return None

    def expanded(self, text: str, language: str, *, depth: int = 0) -> str:
        """Return a text with everything that it takes in. Raises ContentError; what is not there is left out."""

        def taken_in(found: re.Match[str]) -> str:
            if not found["tag"]:
                return found[0]
            partial = self.find(found["name"], language) if depth < MAX_DEPTH else None
            if partial is None:
                return ""
            inner = self.expanded(partial.text, language, depth=depth + 1)
            # On a line of its own the text keeps its last line's end; within a line it has none.
            alone = found["end"] and text[: found.start()].rpartition("\n")[2].strip() == ""
            return inner.rstrip("\n") + ("\n" if alone else found["end"])

        return _INCLUDE.sub(taken_in, text)

    def problems(self, text: str, language: str) -> list[Problem]:
        """Return what is wrong with the includes of one text itself."""
        problems = []
        for include in includes_in(text):
            if self._leads_round(include.name, language, ()):
                what, write = "a partial takes in itself", "it without the partial that leads back"
                problems.append(Problem(include.line, include.column, what, f"'{include.name}'", write))
            elif self.find(include.name, language) is None:
                problems.append(self._missing(include))
        return problems

    def used_by(self, text: str, language: str) -> dict[str, Partial]:
        """Return every partial that a text takes in, directly or not, by file."""
        used: dict[str, Partial] = {}
        waiting = [text]
        while waiting:
            for include in includes_in(waiting.pop()):
                partial = self.find(include.name, language)
                if partial and partial.file not in used:
                    used[partial.file] = partial
                    waiting.append(partial.text)
        return used

    def _missing(self, include: Include) -> Problem:
        known = sorted(path.name for path in self._folder.glob("*.md") if not original_of(path.name)[1])
        folder = f"{shown(self._folder, self._root)}/"
        write = suggestion(include.name, known) if known else f"the name of a file in {folder}"
        return Problem(include.line, include.column, f"no such partial in {folder}", f"'{include.name}'", write)

    def _leads_round(self, name: str, language: str, above: tuple[str, ...]) -> bool:
        partial = self.find(name, language)
        if partial is None:
            return False
        if partial.file in above or len(above) >= MAX_DEPTH:
            return True
        inner = includes_in(partial.text)
        return any(self._leads_round(include.name, language, (*above, partial.file)) for include in inner)

    def _is_inside(self, path: Path) -> bool:
        # A link may lead to another partial, and never out of the sequences.
        return ".." not in path.parts and path.resolve().is_relative_to(self._folder.parent.resolve())

    def _partial(self, path: Path) -> Partial:
        if path not in self._read:
            file = shown(path, self._root)
            self._read[path] = Partial(file, read_text(path, file))
        return self._read[path]


def includes_in(text: str) -> Iterator[Include]:
    """Yield the places at which a text takes in another."""
    for found in _INCLUDE.finditer(text):
        if found["tag"]:
            before = text[: found.start()]
            yield Include(found["name"], before.count("\n") + 1, len(before) - before.rfind("\n"))
