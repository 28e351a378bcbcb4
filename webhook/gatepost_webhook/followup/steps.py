"""A sequence as the program knows it, wherever it came from: the files, or the store."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gatepost_webhook.followup.conditions import Condition, parse_condition
from gatepost_webhook.followup.durations import parse_duration
from gatepost_webhook.followup.formats import MAX_LATE
from gatepost_webhook.followup.message import Message, message_from

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Message", "Sequence", "Step", "sequence_from_source"]


@dataclass(frozen=True)
class Step:
    """One mail of a sequence, and when it goes."""

    key: str
    #: Seconds since the step before was decided, or since the enrolment.
    wait: int
    message: Message
    only_if: tuple[Condition, ...] = ()
    #: Seconds after which it is too late to send.
    max_late: int = MAX_LATE


@dataclass(frozen=True)
class Sequence:
    """One follow-up, checked."""

    slug: str
    title: str
    steps: tuple[Step, ...]
    fallbacks: Mapping[str, str]
    #: Everything above as JSON: what the store keeps of a version.
    source: str

    @cached_property
    def version(self) -> str:
        """Hexadecimal SHA-256 of the content."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    def step(self, key: str) -> Step | None:
        """Return the step with a key."""
        return next((step for step in self.steps if step.key == key), None)


def sequence_from_source(source: str) -> Sequence:
    """Return the sequence that a stored version describes."""
    data = json.loads(source)
    steps = tuple(
        Step(
            step["key"],
            parse_duration(step["wait"]),
            message_from(step["message"]),
            tuple(parse_condition(text) for text in step["only_if"]),
            parse_duration(step["max_late"]),
        )
        for step in data["steps"]
    )
    return Sequence(data["slug"], data["title"], steps, data["fallbacks"], source)
