"""Recognises a gated text in a public file by its words, whatever was done to it on the way: Markdown, HTML, JSON."""

from __future__ import annotations

import contextlib
import html
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Letters and digits that make a paragraph somebody's own: about two lines.
_LENGTH = 80
#: A text with fewer such paragraphs is too short to be told from a quotation.
_PARAGRAPHS = 3
#: Share of its paragraphs that gives a text away.
_SHARE = 0.8
_MARKUP = re.compile(r"\]\([^)]*\)|\[\^[^\]]*\]|\{[^}]*\}|<[^>]*>|&#?\w+;")
_WRITTEN = re.compile(r"\]\([^)]*\)|\[\^[^\]]*\]")
_TAG = re.compile(r"<[^>]*>")
_NO_WORD = re.compile(r"[\W_]+")


def paragraphs_of(markdown: str) -> tuple[str, ...]:
    """Return the words of each long paragraph of a Markdown text, () when there are too few to know it by."""
    pieces = (_words(_MARKUP.sub(" ", piece)) for piece in re.split(r"\n\s*\n", markdown))
    found = tuple(piece for piece in pieces if len(piece) >= _LENGTH)
    return found if len(found) >= _PARAGRAPHS else ()


def visible_words(text: str, *, is_json: bool) -> str:
    """Return the words that somebody reads in a public file."""
    if is_json:
        # What is no JSON after all is looked through as it is.
        with contextlib.suppress(ValueError):
            text = json.dumps(json.loads(text), ensure_ascii=False).replace("\\n", " ")
    seen = _words(html.unescape(_TAG.sub(" ", text)))
    # Markdown as it was written has addresses and notes between its words.
    return seen + _words(_WRITTEN.sub(" ", text)) if _WRITTEN.search(text) else seen


def stands_in(paragraphs: Sequence[str], words: str) -> bool:
    """Whether words hold a text, as good as whole."""
    missing = len(paragraphs) * (1 - _SHARE)
    for paragraph in paragraphs:
        missing -= paragraph not in words
        if missing < 0:
            return False
    return bool(paragraphs)


def _words(text: str) -> str:
    return _NO_WORD.sub("", text).casefold()
