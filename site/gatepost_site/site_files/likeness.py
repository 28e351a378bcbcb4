"""How alike texts are: the cosine of their words, each weighed by how rare it is among all of them (TF-IDF)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Words of a text that count: its most telling ones.
_TELLING = 30
#: Share of the texts that may have a word in common which still tells one from another; of few texts, all may, and of
#: many, no more than this: what thousands of pairs share costs much time and says little.
_SHARE = 0.4
_FEW = 6
_MANY = 40


def weigh(texts: Sequence[Mapping[str, int]]) -> list[dict[str, float]]:
    """Return for each text its most telling words with their weights; as vectors, all have the length 1."""
    spread: Counter[str] = Counter()
    for words in texts:
        spread.update(words.keys())
    count = len(texts)
    limit = min(max(count * _SHARE, _FEW), _MANY)
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


def _vector(words: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    weighed = [((1 + math.log(times)) * rarity[word], word) for word, times in words.items() if word in rarity]
    telling = sorted(weighed, reverse=True)[:_TELLING]
    length = math.sqrt(sum(weight * weight for weight, _ in telling)) or 1.0
    return {word: weight / length for weight, word in telling}
