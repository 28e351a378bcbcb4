"""How two texts are compared: whatever the case, and however an umlaut was put together.

Both sides are folded here and nowhere else: answers before they are stored for searching, words of a condition before
they are looked for. So databases only ever compare folded text with folded text, and cannot disagree with Python.
"""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")
#: "1200", "1 200", "1,200.50", "20,5" and a sign before it.
_NUMBER = re.compile(r"[-+]?(?:\d{1,15}|\d{1,3}(?:[ ,'\u2019\u00a0\u202f]\d{3}){1,4})(?:[.]\d{1,9})?")
_COMMA = re.compile(r"[-+]?\d{1,15},(?:\d{1,2}|\d{4,9})")


def folded(text: str) -> str:
    """Return what a text is compared by: caseless (Unicode 3.13, D145), composed, one space between words."""
    if text.isascii():
        return " ".join(text.lower().split())
    caseless = unicodedata.normalize("NFD", text).casefold()
    return _SPACE.sub(" ", unicodedata.normalize("NFC", caseless)).strip()


def number_in(text: str) -> float | None:
    """Return the number that an answer is, None when it is none.

    The decimal sign is a point, as browsers send it; a comma is one too unless three digits follow, which it groups.
    """
    plain = text.strip()
    if _NUMBER.fullmatch(plain):
        return float(re.sub(r"[ ,'\u2019\u00a0\u202f]", "", plain))
    return float(plain.replace(",", ".")) if _COMMA.fullmatch(plain) else None


def say_number(number: float) -> str:
    """Return a number as a condition states it: "20", "2.5"."""
    return f"{number:.6f}".rstrip("0").rstrip(".")
