"""Finds inline offers in the source of a page and judges them before anything is rendered, with their lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.documents import load_yaml, position_in, shown, split, suggestion
from gatepost_site.findings import ContentError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

#: What an offer shows: a link to the landing page, or the form itself.
SHOWS = ("button", "form")
_OPTIONS = ("show", "attrs")
# Up to three spaces, as pymdownx has it: a fourth makes a code block, except inside lists and admonitions.
_HEADER = re.compile(r"^( {0,3})(/{3,}) *offer *(?:\| *(.*?) *)?$", re.IGNORECASE)
_FENCE = re.compile(r"^ *(`{3,}|~{3,})(.*)$")


@dataclass(frozen=True)
class OfferHead:
    """The first line of an offer in a page's source."""

    #: Counts from 1, in the file.
    line: int
    column: int
    slashes: str
    #: The slug that it names; "" when it names none.
    name: str
    #: Index in the page's lines of the line after.
    rest: int


def check_offers(paths: Iterable[Path], slugs: Sequence[str], *, root: Path) -> list[Finding]:
    """Return every mistake in the offers of pages: no name, an unknown magnet, a wrong option, no end."""
    return [finding for path in paths for finding in _page_findings(path, sorted(slugs), root)]


def find_offers(lines: Sequence[str], *, first: int = 1) -> Iterator[OfferHead]:
    """Yield the offers in Markdown lines, those shown in code or comments left out. `first` numbers the first line."""
    for index, line in prose(lines):
        if head := _HEADER.match(line):
            yield OfferHead(first + index, len(head[1]) + 1, head[2], head[3] or "", index + 1)


def prose(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield (index, line) of the Markdown lines outside fenced code and comments."""
    fence, comment = "", False
    for index, line in enumerate(lines):
        if fence:
            closed = _FENCE.match(line)
            if closed and closed[1].startswith(fence) and not closed[2].strip():
                fence = ""
        elif opened := _FENCE.match(line):
            fence = opened[1]
        elif comment or "<!--" in line:
            comment = "-->" not in line.rpartition("<!--")[2]
        else:
            yield index, line


def unknown_magnet(file: str, line: int, column: int, name: str, slugs: Sequence[str]) -> Finding:
    """Return the finding for an offer of a magnet that does not exist."""
    write = suggestion(name, slugs) if slugs else f"magnets/{name}/magnet.md first"
    return Finding(file, line, column, "offer of an unknown magnet", f"'{name}'", write)


def _page_findings(path: Path, slugs: Sequence[str], root: Path) -> Iterator[Finding]:
    file = shown(path, root)
    try:
        _, body, first = split(path.read_text(encoding="utf-8-sig"), file)
    except (ContentError, OSError, UnicodeDecodeError):
        return  # Said already, by the check of the front matter.
    lines = body.splitlines()
    for head in find_offers(lines, first=first):
        yield from _name_findings(file, head, slugs)
        yield from _option_findings(file, head, lines)
        end = re.compile(rf"^ {{0,3}}{head.slashes} *$")
        if not any(end.match(line) for line in lines[head.rest :]):
            write = f"a line of '{head.slashes}' after its text"
            yield Finding(file, head.line, head.column, "offer is not closed", write=write)


def _name_findings(file: str, head: OfferHead, slugs: Sequence[str]) -> Iterator[Finding]:
    if not head.name:
        example = slugs[0] if slugs else "my-magnet"
        yield Finding(file, head.line, head.column, "offer names no magnet", write=f"'/// offer | {example}'")
    elif head.name not in slugs:
        yield unknown_magnet(file, head.line, head.column, head.name, slugs)


def _option_findings(file: str, head: OfferHead, lines: Sequence[str]) -> Iterator[Finding]:
    options = []
    for line in lines[head.rest :]:
        if not line.startswith("    ") or not line.strip():
            break
        options.append(line)
    try:
        loaded = load_yaml("\n".join(options), file, first_line=head.line + 1)
    except ContentError as error:
        yield from error.findings
        return
    for key in loaded:
        value, where = loaded[key], (file, *position_in(loaded, (key,), head.line + 1))
        if key not in _OPTIONS:
            yield Finding(*where, "unknown option of an offer", f"'{key}'", suggestion(str(key), _OPTIONS[:1]))
        elif key == "show" and value not in SHOWS:
            yield Finding(*where, "'show' is not a way to show an offer", f"'{value}'", "one of " + ", ".join(SHOWS))
