"""Text as Typst string literals: whatever a chapter says is printed, and nothing of it is run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from re import Match

#: What HTML takes for white space; a no-break space is not among it.
_SPACE = re.compile(r"[ \t\r\n\f]+")
# A quotation mark or a backslash, or anything that is neither a visible sign nor a plain space.
_SPECIAL = re.compile(r'[\\"]|[^\w !-~\u00a1-\u00ac\u00ae-\u036f\u2010-\u2027\u2030-\u205e\u20a0-\u2bff]')


def literal(text: str) -> str:
    """Return text as a Typst string, every character that Typst could take for something else escaped."""
    return f'"{_SPECIAL.sub(_escaped, text)}"'


def words(text: str | None) -> str:
    """Return running text as markup, white space folded as HTML folds it."""
    folded = _SPACE.sub(" ", text or "")
    # The semicolon ends the expression: whatever follows cannot be read as its argument or its field.
    return f"#{literal(folded)};" if folded else ""


def array(items: Iterable[str]) -> str:
    """Return Typst code for an array of expressions."""
    return "(" + "".join(f"{item}, " for item in items) + ")"


def dictionary(items: Mapping[str, str]) -> str:
    """Return Typst code for a dictionary of expressions; the keys are names."""
    return "(" + ", ".join(f"{key}: {value}" for key, value in items.items()) + ")"


def _escaped(match: Match[str]) -> str:
    character = match[0]
    return "\\" + character if character in '\\"' else f"\\u{{{ord(character):x}}}"
