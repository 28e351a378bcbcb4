"""What visitors answered in forms: a JSON object in the database, columns for the owner."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping


def read_answers(fields: str) -> dict[str, str]:
    """Return field -> answer of a JSON object, all as text; {} when it is none."""
    try:
        loaded = json.loads(fields)
    except ValueError:
        return {}
    return {name: _text(value) for name, value in loaded.items()} if isinstance(loaded, dict) else {}


def answer_columns(rows: Iterable[str], taken: Container[str]) -> dict[str, str]:
    """Return field -> column for every field that is answered in any of the JSON objects, in the order of first use.

    A column is a plain word, unlike any in `taken` and unlike the others.
    """
    names: dict[str, None] = {}
    for row in rows:
        if row != "{}":
            names.update(dict.fromkeys(read_answers(row)))
    columns: dict[str, str] = {}
    for name in names:
        columns[name] = _free(_word(name), taken, columns.values())
    return columns


def who(answers: Mapping[str, str]) -> str:
    """Return name and company as far as a lead told them: "Ada Lovelace, Analytical Engines"."""
    parts = (answers.get("first_name", ""), answers.get("last_name", ""))
    name = answers.get("name") or " ".join(part for part in parts if part)
    company = next((answers[key] for key in ("company", "organisation", "organization") if answers.get(key)), "")
    return ", ".join(part for part in (name, company) if part)


def _text(value: object) -> str:
    if isinstance(value, str):
        # JSON can spell half of a surrogate pair, which no file and no database takes.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False)


def _word(name: str) -> str:
    word = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]
    return word if word and not word[0].isdigit() else f"field_{word}".rstrip("_")


def _free(word: str, taken: Container[str], used: Iterable[str]) -> str:
    known = set(used)
    wanted = word if word not in taken else f"field_{word}"
    free, number = wanted, 2
    while free in known or free in taken:
        free, number = f"{wanted}_{number}", number + 1
    return free
