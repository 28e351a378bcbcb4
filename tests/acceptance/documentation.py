"""The documentation as data: its code blocks, its reference tables and the commands that it shows."""

from __future__ import annotations

import re
import shlex
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "content" / "docs"
#: Every page, and the README, which is held to the same.
PAGES = sorted(DOCS.glob("*.md"))
TEXTS = [*PAGES, ROOT / "README.md"]

_FENCE = re.compile(r"^( *)(`{3,})[ ]*(\S*)[ ]*(.*)$")
_TITLE = re.compile(r'title="([^"]+)"')
_CODE = re.compile(r"`([^`\n]+)`")
_SHELL = ("sh", "console", "bash")


@dataclass(frozen=True)
class Block:
    """A fenced block of code."""

    page: Path
    #: Counts from 1.
    line: int
    language: str
    #: File that the block is, "" when it is none.
    title: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


@dataclass(frozen=True)
class Shown:
    """A command of the shell as a page shows it."""

    where: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.where}: {' '.join(self.words)}"


def blocks(page: Path) -> Iterator[Block]:
    """Yield a page's fenced blocks."""
    lines = page.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        opened = _FENCE.match(lines[number])
        number += 1
        if not opened:
            continue
        start, inside = number, []
        while lines[number].strip() != opened[2]:
            inside.append(lines[number])
            number += 1
        number += 1
        title = _TITLE.search(opened[4])
        text = textwrap.dedent("\n".join(inside)) + "\n"
        yield Block(page, start, opened[3], title[1] if title else "", text)


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    kept, fence = [], ""
    for line in page.read_text(encoding="utf-8").splitlines():
        opened = _FENCE.match(line)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif opened:
            fence = opened[2]
        else:
            kept.append(line)
    return "\n".join(kept)


def section(page: Path, heading: str) -> str:
    """Return the text below a heading, up to the next one. The heading is compared without its code marks."""
    found = []
    inside = False
    for line in prose(page).splitlines():
        if line.startswith("#"):
            inside = line.lstrip("# ").replace("`", "") == heading
        elif inside:
            found.append(line)
    assert found, f"{page.name} has no heading '{heading}'"
    return "\n".join(found)


def table(page: Path, heading: str) -> dict[str, list[str]]:
    """Return the table below a heading: first cell -> the further cells, all without code marks."""
    rows = [line for line in section(page, heading).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]
    keys = [row[0].strip("`") for row in cells]
    assert len(keys) == len(set(keys)), f"{page.name}: a row of '{heading}' stands twice"
    return {key: row[1:] for key, row in zip(keys, cells, strict=True)}


def shown_commands(page: Path, program: str) -> Iterator[Shown]:
    """Yield the calls of a program in a page: in blocks of shell, and as inline code."""
    for block in blocks(page):
        if block.language in _SHELL:
            joined = block.text.replace("\\\n", " ")
            for line in joined.splitlines():
                yield from _calls(line.strip().removeprefix("$ "), program, str(block))
    for code in _CODE.findall(prose(page)):
        yield from _calls(code, program, page.name)


def _calls(line: str, program: str, where: str) -> Iterator[Shown]:
    for part in re.split(r"&&|;|\|", line):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            continue
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words.pop(0)
        if words and words[0] == program:
            yield Shown(where, tuple(words))
