"""A sequence as a picture, and on it what a persona meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.foresight.picture import Box, Picture
from gatepost_webhook.foresight.step_words import condition_words, wait_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.steps import Sequence, Step
    from gatepost_webhook.foresight.timeline import Timeline


def sequence_picture(sequence: Sequence, magnets: Mapping[str, Magnet], followed: Timeline | None = None) -> Picture:
    """Return the picture of a sequence, with the marks of a persona who is followed through it."""
    marks = _marks(followed) if followed else {}
    start = Box("start", "Start", tuple(_entries(sequence, magnets)), mark=marks.get("start", ""))
    steps = tuple(_box(step, marks) for step in sequence.steps)
    return Picture(sequence.title, (start, *steps, Box("end", "End", mark=marks.get("", ""))))


def _entries(sequence: Sequence, magnets: Mapping[str, Magnet]) -> Iterator[str]:
    for slug, magnet in magnets.items():
        if magnet.meta.sequence == sequence.slug:
            yield f"{slug} is confirmed"


def _box(step: Step, marks: Mapping[str, str]) -> Box:
    lines = tuple(filter(None, (step.message.subject, condition_words(step))))
    return Box("message", step.key, lines, wait_words(step), mark=marks.get(step.key, ""))


def _marks(line: Timeline) -> dict[str, str]:
    """Say what became of the persona at each step; "" stands for the end."""
    marks = {"start": line.local(line.start)}
    for row in line.rows:
        reason = f": {row.reason}" if row.reason else ""
        marks[row.step] = f"{row.action} {line.local(row.at)}{reason}"
    return marks
