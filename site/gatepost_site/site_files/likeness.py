"""How alike texts are: the cosine of their words, each weighed by how rare it is among all of them (TF-IDF)."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Letters of a text that are looked at: what it is about, it says by then.
_LENGTH = 20_000
#: Words of a text that count: its most telling ones.
_TELLING = 40
#: A word in more of the texts than this share tells nothing.
_COMMON = 0.4
_WORD = re.compile(r"[^\W\d_]{3,}")
#: Addresses and code say little of what a text is about.
_NOISE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|\]\([^)\s]*|https?://\S+|<[^>]*>|`[^`\n]*`", re.DOTALL)


def words_of(text: str) -> Counter[str]:
    """Count the words of a Markdown text, plural and singular as one."""
    words = Counter(_WORD.findall(_NOISE.sub(" ", text[:_LENGTH]).lower()))
    return _stemmed(words)


def weigh(texts: Sequence[Counter[str]]) -> list[dict[str, float]]:
    """Return for each text its most telling words with their weights; as vectors, all have the length 1."""
    spread: Counter[str] = Counter()
    for words in texts:
        spread.update(words.keys())
    count = len(texts)
    # Among few texts, every word that two of them share is common.
    limit = max(2, count * _COMMON)
    rarity = {word: math.log(1 + count / times) for word, times in spread.items() if 1 < times <= limit}
    return [_vector(words, rarity) for words in texts]


def likeness(
    seekers: Mapping[str, Mapping[str, float]], found: Mapping[str, Mapping[str, float]]
) -> Mapping[str, Mapping[str, float]]:
    """Return for each seeker how alike the others are, from 0 to 1; those with no word in common are left out."""
    index: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for name, vector in found.items():
        for word, weight in vector.items():
            index[word].append((name, weight))
    result: dict[str, Mapping[str, float]] = {}
    for name, vector in seekers.items():
        scores: defaultdict[str, float] = defaultdict(float)
        for word, weight in vector.items():
            for other, share in index.get(word, ()):
                scores[other] += weight * share
        scores.pop(name, None)
        result[name] = scores
    return result


def _vector(words: Counter[str], rarity: Mapping[str, float]) -> dict[str, float]:
    weighed = [((1 + math.log(times)) * rarity[word], word) for word, times in words.items() if word in rarity]
    telling = sorted(weighed, key=itemgetter(1))
    telling = sorted(telling, key=itemgetter(0), reverse=True)[:_TELLING]
    length = math.sqrt(sum(weight * weight for weight, _ in telling)) or 1.0
    return {word: weight / length for weight, word in telling}


def _stemmed(words: Counter[str]) -> Counter[str]:
    stems: Counter[str] = Counter()
    for word, times in words.items():
        stems[word[:-1] if word.endswith("s") and len(word) > 4 and not word.endswith("ss") else word] += times
    return stems
