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
#: Characters of a message with everything that it takes in: partials in partials grow faster than anybody would think.
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

    def expanded(self, text: str, language: str) -> str:
        """Return a text with everything that it takes in. Raises ContentError; what is not there is left out.

        Nothing more is taken in once the text has become longer than MAX_EXPANDED.
        """
        return self._expanded(text, language, 0, {})

    def _expanded(self, text: str, language: str, depth: int, known: dict[tuple[str, int], str]) -> str:
        """Expand a text that stands `depth` partials deep; `known` is what was expanded before."""
        length = len(text)

        def taken_in(found: re.Match[str]) -> str:
            nonlocal length
            if not found["tag"]:
                return found[0]
            partial = self.find(found["name"], language) if depth < MAX_DEPTH else None
            if length > MAX_EXPANDED:
                return found[0]
            if partial is None:
                return ""
            place = (partial.file, depth + 1)
            if place not in known:
                known[place] = self._expanded(partial.text, language, depth + 1, known).rstrip("\n")
            length += len(known[place]) - len(found["tag"])
            # On a line of its own the text keeps its last line's end; within a line it has none.
            alone = found["end"] and text[: found.start()].rpartition("\n")[2].strip() == ""
            return known[place] + ("\n" if alone else found["end"])

        return _INCLUDE.sub(taken_in, text)

    def problems(self, text: str, language: str) -> list[Problem]:
        """Return what is wrong with the includes of one text itself."""
        problems = []
        safe: set[tuple[str, int]] = set()
        for include in includes_in(text):
            if self._leads_round(include.name, language, (), safe):
                what, write = "a partial takes in itself", "it without the partial that leads back"
                problems.append(Problem(include.line, include.column, what, f"'{include.name}'", write))
            elif self.find(include.name, language) is None:
                problems.append(self._missing(include))
        if not problems and (length := len(self.expanded(text, language))) > MAX_EXPANDED:
            first = next(includes_in(text), Include("", 1, 1))
            what, write = (
                "the text is too long with all that it takes in",
                f"at most {MAX_EXPANDED}, and fewer includes",
            )
            problems.append(Problem(first.line, first.column, what, f"{length} characters and more", write))
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

    def _leads_round(self, name: str, language: str, above: tuple[str, ...], safe: set[tuple[str, int]]) -> bool:
        """Tell whether a partial takes in itself, or too many one inside the other; `safe` are those that do not."""
        partial = self.find(name, language)
        if partial is None or (partial.file, len(above)) in safe:
            return False
        if partial.file in above or len(above) >= MAX_DEPTH:
            return True
        below = (*above, partial.file)
        if any(self._leads_round(include.name, language, below, safe) for include in includes_in(partial.text)):
            return True
        safe.add((partial.file, len(above)))
        return False

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
