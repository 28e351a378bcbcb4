"""Holds a JSON-LD graph against schema.org: every type and property exists, and every value is one that it takes."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_FACTS = json.loads((Path(__file__).parent / "schema_org.json").read_text(encoding="utf-8"))
TYPES: dict[str, dict[str, Any]] = _FACTS["types"]
ENUMERATIONS: dict[str, list[str]] = _FACTS["enumerations"]


def complaints(graph: dict[str, Any], *, elsewhere: dict[str, str]) -> list[str]:
    """Return what schema.org does not know; `elsewhere` are the parts of other pages: @id -> type."""
    nodes = graph["@graph"]
    known = elsewhere | {node["@id"]: node["@type"] for node in nodes}
    return [complaint for node in nodes for complaint in _node(node, known)]


def ancestors(name: str) -> set[str]:
    return {name}.union(*(ancestors(parent) for parent in TYPES[name]["parents"])) if name in TYPES else set()


def _node(node: dict[str, Any], known: dict[str, str]) -> Iterator[str]:
    name = node.get("@type", "")
    if name not in TYPES:
        yield f"no such type: {name!r}"
        return
    for key, value in node.items():
        if key in ("@type", "@id"):
            continue
        ranges = [it for kind in ancestors(name) for it in TYPES[kind]["properties"].get(key, [])]
        if not ranges:
            yield f"{name} has no property {key!r}"
        for item in value if isinstance(value, list) else [value]:
            yield from _value(f"{name}.{key}", item, ranges, known)


def _value(where: str, value: Any, ranges: list[str], known: dict[str, str]) -> Iterator[str]:
    if not isinstance(value, dict):
        if ranges and not any(_is_a(value, kind) for kind in ranges):
            yield f"{where} takes {ranges}, found {value!r}"
        return
    if set(value) == {"@id"} and value["@id"] not in known:
        yield f"{where} refers to nothing: {value['@id']}"
        return
    name = value.get("@type") or known.get(value["@id"], "")
    if ranges and not ancestors(name) & set(ranges):
        yield f"{where} takes {ranges}, found a {name}"
    if "@type" in value:
        yield from _node(value, known)


def _is_a(value: Any, kind: str) -> bool:
    if kind in ENUMERATIONS:
        return value in ENUMERATIONS[kind]
    if kind == "Boolean":
        return isinstance(value, bool)
    if kind in ("Integer", "Number"):
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "URL":
        return isinstance(value, str) and bool(re.match(r"https?://[^\s]+$", value))
    if kind in ("Date", "DateTime"):
        return isinstance(value, str) and _is_time(value)
    return kind == "Text" and isinstance(value, str) and bool(value.strip())


def _is_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
