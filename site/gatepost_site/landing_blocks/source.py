"""Landing blocks in the source of a text: found with their lines, and bound to the magnet that they speak of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.documents import parse_yaml
from gatepost_site.findings import ContentError
from gatepost_site.landing_blocks.options import OPTIONS, PreviewOptions
from gatepost_site.offer_check import prose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# As pymdownx has it: a fourth space makes a code block, except inside lists and notes.
_HEADER = re.compile(r"^( {0,3})(/{3,}) *([\w-]+) *(?:\| *(.*?) *)?$")
#: Blocks that show something of their magnet.
_OF_MAGNET = ("author", "contents", "countdown", "form", "preview")


@dataclass(frozen=True)
class SourceBlock:
    """One block as it was written. Lines count from 1, in the file."""

    line: int
    column: int
    slashes: str
    name: str
    #: What stands after the bar.
    argument: str
    #: YAML; its first line is the one after `line`.
    options: str
    #: (line, text) of everything up to the closing slashes.
    body: tuple[tuple[int, str], ...]
    is_closed: bool


def blocks_in(text: str, *, first: int = 1) -> Iterator[SourceBlock]:
    """Yield the blocks of a Markdown text, those shown in code or comments left out. `first` numbers the first line."""
    lines = text.splitlines()
    for index, line in prose(lines):
        if head := _HEADER.match(line):
            yield _block(head, lines, index, first)


def bind_blocks(text: str, slug: str) -> str:
    """Return landing copy whose blocks name the magnet that they show: rendering needs nothing else to know it."""
    lines = text.splitlines()
    for index, line in prose(lines):
        head = _HEADER.match(line)
        if head and head[3].lower() in _OF_MAGNET and not head[4]:
            lines[index] = f"{head[1]}{head[2]} {head[3]} | {slug}"
    return "\n".join(lines)


def preview_length(text: str) -> int:
    """Return how many pages of its book landing copy shows, 0 for none."""
    wanted = [_preview_options(block).pages for block in blocks_in(text) if block.name.lower() == "preview"]
    return max(wanted, default=0)


def _preview_options(block: SourceBlock) -> PreviewOptions:
    try:
        return parse_yaml(block.options, PreviewOptions, "", first_line=1)
    except ContentError:
        return PreviewOptions()  # Said already, by the check.


def _block(head: re.Match[str], lines: Sequence[str], index: int, first: int) -> SourceBlock:
    start = index + 1
    while start < len(lines) and lines[start].startswith("    ") and lines[start].strip():
        start += 1
    end = re.compile(rf"^ {{0,3}}{head[2]} *$")
    close = next((at for at in range(start, len(lines)) if end.match(lines[at])), None)
    stop = len(lines) if close is None else close
    return SourceBlock(
        line=first + index,
        column=len(head[1]) + 1,
        slashes=head[2],
        name=head[3],
        argument=head[4] or "",
        options="\n".join(lines[index + 1 : start]),
        body=tuple((first + at, lines[at]) for at in range(start, stop)),
        is_closed=close is not None,
    )


def is_landing_block(name: str) -> bool:
    """Whether a block belongs into landing copy and nowhere else."""
    return name.lower() in OPTIONS
