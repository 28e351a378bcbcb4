"""Books drawn as files, built for real, and read back from the PDF."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from gatepost_site.ebook import build_ebook
from gatepost_site.findings import ContentError
from gatepost_site.magnets import load_magnets
from gatepost_site.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from gatepost_site.magnets import Magnet

FRONT = """---
title: Ten Loaves
subtitle: Bread for people with jobs
description: How to bake ten loaves in a week of evenings.
author: A. Baker
chapters: chapters/
---
"""


@dataclass(frozen=True)
class Shelf:
    """A project with one book in it."""

    project: Project
    magnet: Magnet

    def build(self) -> Path:
        return build_ebook(self.magnet, self.project)

    def mistakes(self) -> list[str]:
        """Return what the build says is wrong, without the path that all share."""
        with pytest.raises(ContentError) as caught:
            self.build()
        return [str(finding).removeprefix("magnets/loaves/") for finding in caught.value.findings]


@pytest.fixture
def shelve(tmp_path: Path) -> Callable[..., Shelf]:
    """Put chapters (file name -> Markdown or bytes) into a magnet's folder."""

    def put(chapters: Mapping[str, str | bytes], *, front: str = FRONT) -> Shelf:
        folder = tmp_path / "magnets" / "loaves"
        for name, content in {
            "magnet.md": front,
            **{f"chapters/{key}": value for key, value in chapters.items()},
        }.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        project = Project.at(tmp_path)
        return Shelf(project, load_magnets(project)["loaves"])

    return put


@pytest.fixture(scope="session")
def read() -> Callable[[Path], list[str]]:
    """Return a function that reads a PDF's text, page by page, as a copy out of a reader would give it."""
    return _read


def _read(path: Path) -> list[str]:
    with pikepdf.open(path) as pdf:
        return ["".join(shown(page)) for page in pdf.pages]


def shown(page: Any) -> Iterator[str]:
    """Yield the texts that a page, or a form drawn on one, shows."""
    fonts: Any = getattr(page, "obj", page).Resources.get("/Font")
    maps = {name: _characters(font) for name, font in fonts.items()} if fonts is not None else {}
    current: dict[int, str] = {}
    instructions: Any = pikepdf.parse_content_stream(page)
    for operands, operator in instructions:
        match str(operator):
            case "Tf":
                current = maps[str(operands[0])]
            case "Tj":
                yield _decoded(operands[0], current)
            case "TJ":
                yield "".join(_decoded(part, current) for part in operands[0] if isinstance(part, pikepdf.String))
            case "ET":
                yield "\n"


def _decoded(string: Any, characters: Mapping[int, str]) -> str:
    codes = bytes(string)
    return "".join(characters.get(codes[at] * 256 + codes[at + 1], "") for at in range(0, len(codes) - 1, 2))


def _characters(font: Any) -> dict[int, str]:
    """Read a font's ToUnicode table: glyph code to characters."""
    table = bytes(font["/ToUnicode"].read_bytes()).decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = ord(bytes.fromhex(text).decode("utf-16-be"))
            for code in range(int(first, 16), int(last, 16) + 1):
                found[code] = chr(start + code - int(first, 16))
    return found
