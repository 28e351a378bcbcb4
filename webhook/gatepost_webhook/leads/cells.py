"""Cells that a spreadsheet shows as text: what visitors typed never becomes a formula."""

from __future__ import annotations

import re
import unicodedata

#: What makes a spreadsheet calculate: operators, their full-width twins, and DDE's bar; and what begins another cell.
_STARTS = frozenset("=+-@|\t\r\n\uff1d\uff0b\uff0d\uff20")
#: Categories of characters that nobody sees (Unicode chapter 4.5): separators, controls, formats.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


#: Where a spreadsheet begins another cell when it takes a semicolon, a tab or a line's end for the border of cells, as
#: it does in half of Europe. A line of a list, "- " and words, is no formula.
_BORDER = re.compile(
    r"(?<=[;\t\r\n])(?=[ \u00a0\u3000\"]{0,20}(?:"
    r"[=@|\uff1d\uff20]|[+\-\uff0b\uff0d](?! [^\W\d_][\w ,.:'\u2019?-]*(?:[;\t\r\n]|$))))"
)
_HOLDS_BORDER = re.compile(r"[;\t\r\n]")


def neutral(text: str) -> str:
    """Return the text with an apostrophe before it when a spreadsheet could take it, or a part of it, for a formula."""
    inside = _BORDER.sub("'", text) if _HOLDS_BORDER.search(text) else text
    return f"'{inside}" if _first_seen(text) in _STARTS else inside


def _first_seen(text: str) -> str:
    """Return the first character that counts; white space that begins a cell counts too."""
    if text[:1].isalnum():
        return text[0]
    for character in text:
        if character in _STARTS or unicodedata.category(character) not in _UNSEEN:
            return character
    return ""
