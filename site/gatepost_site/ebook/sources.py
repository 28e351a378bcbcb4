"""A chapter's text, searched for the place of a mistake: a tree of elements no longer knows its lines."""

from __future__ import annotations

import re
from collections import Counter

_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})")
_OPENING = "]("
_INLINE_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


class Source:
    """Where things stand in one file."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._lines = text.split("\n")
        self._prose = _masked(self._lines)
        self._times: Counter[str] = Counter()

    def place(self, *snippets: str) -> tuple[int, int]:
        """Return (line, column) of the first snippet that stands in prose, (1, 1) when none does.

        Asked again for the same snippet, it returns the place after the last one. A snippet that begins with a
        link's `](` is placed at the address behind it.
        """
        for snippet in (snippet.strip().split("\n")[0] for snippet in snippets):
            found = [
                (number, match.start() + 1 + (len(_OPENING) if snippet.startswith(_OPENING) else 0))
                for number, line in enumerate(self._prose, start=1)
                for match in (re.finditer(re.escape(snippet), line) if snippet else ())
            ]
            if found:
                self._times[snippet] += 1
                return found[min(self._times[snippet], len(found)) - 1]
        return 1, 1

    def heading(self, level: int, start: str, *, whole: bool) -> tuple[int, int]:
        """Return (line, column) of the next heading that begins like this; `whole` when it has no other words."""
        marks = re.compile(rf"[\s>*+\-:.\d]*(#{{{level}}})(?!#)\s*{re.escape(start)}" + (r"[\s#]*$" if whole else ""))
        found = [
            (number, match.start(1) + 1)
            for number, line in enumerate(self._prose, start=1)
            if (match := marks.match(line))
        ]
        if not found:
            return self.place(start)
        self._times[marks.pattern] += 1
        return found[min(self._times[marks.pattern], len(found)) - 1]

    def character(self, character: str) -> tuple[int, int]:
        """Return (line, column) of a character anywhere in the file, code too."""
        for number, line in enumerate(self._lines, start=1):
            if character in line:
                return number, line.index(character) + 1
        return 1, 1


def _masked(lines: list[str]) -> list[str]:
    """Return the lines with all code blanked out: what stands in code is not a mistake."""
    fence, prose = "", []
    for line in lines:
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence:
            prose.append(_INLINE_CODE.sub(lambda code: " " * len(code[0]), line))
            continue
        prose.append("")
    return prose
