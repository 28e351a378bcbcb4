"""The questions that a review answers: queries/*.sql, each with its title and what it tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Question:
    """A query on the copy."""

    #: Its name in addresses.
    name: str
    title: str
    description: str
    sql: str


def load_questions() -> list[Question]:
    """Read the queries in the order of their files' numbers."""
    folder = files("gatepost_webhook.review") / "queries"
    texts = {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".sql")}
    return [_question(name, texts[name]) for name in sorted(texts)]


def _question(name: str, text: str) -> Question:
    """Read a file: a comment with the title, a comment with the description, and the statement."""
    lines = text.splitlines()
    comments = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    sql = "\n".join(line for line in lines if not line.startswith("--")).strip().removesuffix(";")
    return Question(re.sub(r"^\d+-|\.sql$", "", name), comments[0], " ".join(comments[1:]), sql)
