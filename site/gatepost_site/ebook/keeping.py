"""What was made stays until something that went into it changes."""

from __future__ import annotations

import hashlib
import json
import secrets
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gatepost_site.ebook.pictures import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gatepost_site.magnets import Magnet

#: Distributions whose version changes what comes out.
_TOOLS = ("gatepost", "markdown", "pillow", "pygments", "pymdown-extensions", "typst")


def cover_key(magnet: Magnet) -> str:
    """Return the name of everything that goes into a cover: hexadecimal SHA-256."""
    image = magnet.meta.cover.image
    return _digest([*_common(magnet), *([(image, (magnet.folder / image).read_bytes())] if image else [])])


def book_key(magnet: Magnet) -> str:
    """Return the name of everything that goes into a book: hexadecimal SHA-256.

    Every picture of the magnet's folder counts, used or not: to know, one would have to convert the chapters.
    """
    pictures = (path for path in magnet.folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    inputs = [*magnet.chapter_paths(), *sorted(pictures)]
    return _digest(
        [*_common(magnet), *((path.relative_to(magnet.folder).as_posix(), path.read_bytes()) for path in inputs)]
    )


def is_kept(output: Path, key: str) -> bool:
    """Tell whether an output is there, whole, and made from what the key names."""
    try:
        record = read_record(output)
        return (record["key"], record["sha256"]) == (key, hashlib.sha256(output.read_bytes()).hexdigest())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read_record(output: Path) -> dict[str, Any]:
    """Return what was noted beside an output. Raises FileNotFoundError when nothing was made."""
    record: dict[str, Any] = json.loads(_record_path(output).read_text(encoding="utf-8"))
    return record


def keep(output: Path, data: bytes, key: str, facts: Mapping[str, object]) -> None:
    """Write an output and its record, each in one step, so that nobody ever reads half a book."""
    record = {"key": key, "sha256": hashlib.sha256(data).hexdigest(), **facts}
    output.parent.mkdir(parents=True, exist_ok=True)
    _replace(output, data)
    _replace(_record_path(output), json.dumps(record, indent=2, sort_keys=True).encode() + b"\n")


def _record_path(output: Path) -> Path:
    return output.with_name(f"{output.name}.json")


def _replace(path: Path, data: bytes) -> None:
    # A name of its own for each writer: two builds at once may not write into one file.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _common(magnet: Magnet) -> list[tuple[str, bytes]]:
    meta = magnet.meta
    told = ("title", "subtitle", "author", "description", "keywords", "published", "cover")
    words = meta.model_dump(mode="json", include=set(told))
    tools = {tool: version(tool) for tool in _TOOLS}
    package = sorted(files("gatepost_site.ebook").iterdir(), key=lambda item: item.name)
    code = [(item.name, item.read_bytes()) for item in package if item.is_file()]
    return [("facts", json.dumps([magnet.slug, magnet.book_language, words, tools], sort_keys=True).encode()), *code]


def _digest(inputs: list[tuple[str, bytes]]) -> str:
    """Hash names and contents with their lengths, so that nothing can move from one to the next unseen."""
    digest = hashlib.sha256()
    for name, data in inputs:
        digest.update(f"{len(name)}:{name}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()
