"""Reads a PDF's text back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def read_pdf(path: Path) -> list[str]:
    """Return the text of each page, as a copy out of a reader would give it."""
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
