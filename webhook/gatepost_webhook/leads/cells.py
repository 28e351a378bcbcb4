"""Cells that a spreadsheet shows as text: what visitors typed never becomes a formula."""

from __future__ import annotations

import unicodedata

#: What makes a spreadsheet calculate: operators, their full-width twins, and DDE's bar; and what begins another cell.
_STARTS = frozenset("=+-@|\t\r\n\uff1d\uff0b\uff0d\uff20")
#: Categories of characters that nobody sees (Unicode chapter 4.5): separators, controls, formats.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def neutral(text: str) -> str:
    """Return the text with an apostrophe before it when a spreadsheet could take it for a formula."""
    return f"'{text}" if _first_seen(text) in _STARTS else text


def _first_seen(text: str) -> str:
    """Return the first character that counts; white space that begins a cell counts too."""
    if text[:1].isalnum():
        return text[0]
    for character in text:
        if character in _STARTS or unicodedata.category(character) not in _UNSEEN:
            return character
    return ""
