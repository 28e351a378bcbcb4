"""How hard a text is to read, by the formula of its language: Flesch's for English, Amstad's for German."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_SENTENCE = re.compile(r"[.!?…:]+(?=\s|$)|\n\s*\n")
_VOWELS = {
    "en": re.compile(r"[aeiouy]+"),
    # Two vowels that are said as one count once; others stand apart, as in "The-o-rie".
    "de": re.compile(r"aa|ai|au|äu|ay|ee|ei|eu|ey|ie|oo|[aeiouyäöü]"),
}
#: An "e" at the end that nobody says: "late", "noise", but not "table".
_SILENT = re.compile(r"(?:[^aeiouyl]|[aeiouy]l)e(?:s|d)?$")
#: Words. A shorter text says nothing about its writer.
_ENOUGH = 100


@dataclass(frozen=True)
class Score:
    """A text's ease: 100 is read by everybody, below 30 by those who must."""

    value: float
    formula: str
    #: Words a sentence.
    sentence: float
    #: Syllables a word.
    word: float


def score(text: str, language: str) -> Score | None:
    """Return a text's ease, None for languages without a formula here and for texts under 100 words."""
    base = language.lower().partition("-")[0]
    words = _WORD.findall(text.lower())
    if base not in _VOWELS or len(words) < _ENOUGH:
        return None
    sentences = [part for part in _SENTENCE.split(text) if _WORD.search(part)]
    per_sentence = len(words) / len(sentences)
    per_word = sum(syllables(word, base) for word in words) / len(words)
    if base == "de":
        return Score(180 - per_sentence - 58.5 * per_word, "Amstad", per_sentence, per_word)
    return Score(206.835 - 1.015 * per_sentence - 84.6 * per_word, "Flesch", per_sentence, per_word)


# A language has few words, and a site uses them again and again.
@lru_cache(maxsize=65536)
def syllables(word: str, language: str) -> int:
    """Return how many syllables a word in small letters has: counted by its vowels, at least one."""
    found = len(_VOWELS[language].findall(word))
    if language == "en" and found > 1 and _SILENT.search(word) and not word.endswith(("ted", "ded", "ses", "ces")):
        found -= 1
    return max(1, found)
