"""A sequence as a picture, and on it what a persona meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepost_webhook.followup.actions import Stop
from gatepost_webhook.foresight.picture import Box, Note, Picture, Shape, Way
from gatepost_webhook.foresight.rule_words import again_words, sending_words, trigger_words
from gatepost_webhook.foresight.step_words import condition_words, does_words, wait_words, way_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Row

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.followup.rules import Rules
    from gatepost_webhook.followup.steps import Sequence, Step
    from gatepost_webhook.foresight.timeline import Timeline

_SHAPES: Mapping[str, Shape] = {"message": "message", "branch": "choice", "split": "choice", "pause": "wait"}


def sequence_picture(sequence: Sequence, magnets: Mapping[str, Magnet], followed: Timeline | None = None) -> Picture:
    """Return the picture of a sequence, with the marks of a persona who is followed through it."""
    marks = _marks(followed) if followed else {}
    start = Box("start", "Start", tuple(_entries(sequence, magnets)), mark=marks.get("start", ""))
    end = Box("end", "End", mark=marks.get("", ""))
    boxes = (start, *_boxes(sequence.slug, sequence.steps, marks), end)
    return Picture(sequence.title, boxes, tuple(_notes(sequence.rules)))


def _entries(sequence: Sequence, magnets: Mapping[str, Magnet]) -> Iterator[str]:
    for slug, magnet in magnets.items():
        if magnet.meta.sequence == sequence.slug:
            yield f"{slug} is confirmed"
    yield from map(trigger_words, sequence.rules.enter)
    if again := again_words(sequence.rules):
        yield again


def _notes(rules: Rules) -> Iterator[Note]:
    if when := tuple(sending_words(rules)):
        yield Note("When mails go", when)
    if leave := tuple(map(trigger_words, rules.leave)):
        yield Note("Ends early", leave, ends=True)


def _boxes(slug: str, steps: Row[Step], marks: Mapping[str, str]) -> tuple[Box, ...]:
    return tuple(_box(slug, step, marks) for step in steps)


def _box(slug: str, step: Step, marks: Mapping[str, str]) -> Box:
    is_end = step.does == Stop(slug) and not step.only_if
    return Box(
        "end" if is_end else _SHAPES.get(step.kind, "action"),
        step.key,
        tuple(filter(None, (does_words(step), condition_words(step)))),
        wait_words(step),
        ways=tuple(Way(way_words(step, way), _boxes(slug, way.steps, marks)) for way in step.ways),
        mark=marks.get(step.key, ""),
    )


def _marks(line: Timeline) -> dict[str, str]:
    """Say what became of the persona at each step; "" stands for the end."""
    marks = {"start": line.local(line.start)}
    for row in line.rows:
        did = {"acted": f"way '{row.way}'," if row.way else "done"}.get(row.action, row.action)
        reason = f": {row.reason}" if row.reason else ""
        marks[row.step] = f"{did} {line.local(row.at)}{reason}"
    return marks
