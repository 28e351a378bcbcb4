"""Where a lead stands in a sequence's tree of steps: after the furthest step decided, on the way that was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.steps import Step


def next_step(steps: Row[Step], decided: Mapping[str, str]) -> Step | None:
    """Return the first step that is not decided, None when nothing follows.

    `decided` are the keys of the steps that are, each with the way that was taken there, "" for none. A step inserted
    before a lead's position is not for them, an appended one is, a deleted one is moved over.
    """
    furthest = max((index for index, step in enumerate(steps) if _is_touched(step, decided)), default=-1)
    if furthest >= 0 and (inner := _inside(steps[furthest], decided)):
        return inner
    return steps[furthest + 1] if furthest + 1 < len(steps) else None


def _is_touched(step: Step, decided: Mapping[str, str]) -> bool:
    return step.key in decided or any(_is_touched(inner, decided) for way in step.ways for inner in way.steps)


def _inside(step: Step, decided: Mapping[str, str]) -> Step | None:
    """Return what comes next on the way taken; steps moved into a way by an edit tell which way that is."""
    if step.key in decided:
        way = step.way(decided[step.key])
    else:
        way = next((one for one in step.ways if any(_is_touched(inner, decided) for inner in one.steps)), None)
    return next_step(way.steps, decided) if way else None
