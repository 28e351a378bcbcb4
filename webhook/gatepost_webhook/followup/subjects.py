"""Subjects that compete: which of them a lead gets, the same at every look."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What the weights of a message's subjects add up to.
WHOLE = 100


@dataclass(frozen=True)
class Subject:
    """One of several subjects of a message."""

    #: What events and exports call it.
    name: str
    text: str
    #: Of a hundred leads, how many get it.
    weight: int


def draw(subjects: Sequence[Subject], lead: int, sequence: str, step: str) -> Subject:
    """Return the subject that a lead gets in a step: by a hash, so that neither a restart nor a retry changes it."""
    digest = hashlib.sha256(f"subject\0{lead}\0{sequence}\0{step}".encode()).digest()
    left = int.from_bytes(digest[:8], "big") % WHOLE
    for subject in subjects:
        left -= subject.weight
        if left < 0:
            return subject
    return subjects[-1]


def evenly(count: int) -> list[int]:
    """Return weights for so many subjects that are to be sent equally often; the first ones take what is left over."""
    share, rest = divmod(WHOLE, count)
    return [share + (index < rest) for index in range(count)]
