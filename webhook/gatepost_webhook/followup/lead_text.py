"""What visitors typed, made fit to stand in a mail: no control characters, no line breaks, nothing that hides."""

from __future__ import annotations

import re
import unicodedata

#: Joiners that Persian, the Indic scripts and emoji need; every other invisible character goes.
_JOINERS = "\u200c\u200d"
#: Control, unassigned or hidden: control characters, format characters (bidi, zero width), surrogates, private use.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_SPACES = re.compile(r"[\s\u0085\u2028\u2029]+")
#: Characters of one value in a header.
HEADER_LIMIT = 60
#: Characters of one value in a body.
BODY_LIMIT = 2000
#: Characters of a person's name.
NAME_LIMIT = 50
#: Share of letters in one.
_LETTERS = 0.7
#: Fields that hold a person's name, by theirs.
_NAME = re.compile(
    r"(?:^|_)(?:first|last|given|family|full|your|nick|sur|middle|vor|nach)_?name$|^name$", re.IGNORECASE
)
_ADDRESS = re.compile(r"://|\bwww\.|[\w-]\.[a-z]{2,}(?:/|\b)", re.IGNORECASE)


def body_text(value: str) -> str:
    """Return a value for a mail's body: one line, without characters that are invisible or change the direction."""
    spaced = _SPACES.sub(" ", value[:BODY_LIMIT])
    if not spaced.isprintable():
        spaced = _SPACES.sub(" ", "".join(char for char in spaced if char in _JOINERS or not _hidden(char)))
    return spaced.strip()


def header_text(value: str, limit: int = HEADER_LIMIT) -> str:
    """Return a text for a header: one line in NFC, no invisible character, nothing that reads as an encoded word."""
    # Encoded words (RFC 2047) would be decoded by the library and by mail programs, line breaks included.
    spaced = _SPACES.sub(" ", value[: 4 * limit])
    if not spaced.isprintable():
        spaced = _SPACES.sub(" ", "".join(char for char in spaced if not _hidden(char)))
    shown = unicodedata.normalize("NFC", spaced)
    return shown.replace("=?", "= ?").replace("?=", "? =")[:limit].strip()


def _hidden(char: str) -> bool:
    return (not char.isascii() and unicodedata.category(char) in _HIDDEN) or (not char.isprintable() and char.isascii())


def answer_text(name: str, value: str) -> str:
    """Return the answer to a form's field for a mail's body; "" for a person's name that cannot be one."""
    text = body_text(value)
    return "" if _NAME.search(name) and not could_be_name(text) else text


def could_be_name(text: str) -> bool:
    """Tell whether a text may be a person's name: forms are filled in with advertisements, for mails to spread them."""
    if len(text) > NAME_LIMIT or "@" in text or _ADDRESS.search(text):
        return False
    shown = [char for char in text if not char.isspace()]
    # Marks belong to the letters before them in many scripts.
    letters = sum(1 for char in shown if unicodedata.category(char)[0] in "LM")
    return bool(shown) and letters >= _LETTERS * len(shown)
