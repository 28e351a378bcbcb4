"""The tree of steps as sequence.yml writes it: where each step and condition stands, and ways that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from gatepost_webhook.followup.formats import OTHERWISE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Row

    from gatepost_site.findings import Finding
    from gatepost_webhook.followup.formats import SequenceMeta, StepMeta
    from gatepost_webhook.followup.positions import Positions
    from gatepost_webhook.leads.conditions import Condition

#: Keys and numbers that lead to a value of the file.
Place: TypeAlias = tuple[str | int, ...]

_WHOLE = 100


def steps_in(meta: SequenceMeta) -> Iterator[tuple[Place, StepMeta]]:
    """Give each step of the tree with its place, a branch before what stands in its ways."""
    return _steps(meta.steps, ("steps",))


def conditions_in(meta: SequenceMeta) -> Iterator[tuple[Place, Condition]]:
    """Give each condition of the file with its place."""
    for name in ("enter", "leave"):
        for index, entry in enumerate(getattr(meta, name)):
            if condition := entry.trigger.condition:
                word = next(word for word in ("segment", "when") if getattr(entry, word, None) is not None)
                yield (name, index, word), condition
    for where, step in steps_in(meta):
        for number, condition in enumerate(step.only_if):
            yield (*where, "only_if", number), condition
        for name, way in step.ways.items():
            for number, condition in enumerate(way.when):
                yield (*where, step.kind, name, "when", number), condition


def way_findings(meta: SequenceMeta, positions: Positions) -> Iterator[Finding]:
    """Name ways that nobody can take, and percentages that are not of a hundred."""
    for where, step in steps_in(meta):
        if step.branch:
            yield from _branch_findings(step, (*where, "branch"), positions)
        if step.split:
            yield from _split_findings(step, (*where, "split"), positions)


def _steps(steps: Row[StepMeta], where: Place) -> Iterator[tuple[Place, StepMeta]]:
    for index, step in enumerate(steps):
        place = (*where, index)
        yield place, step
        for name, way in step.ways.items():
            yield from _steps(way.steps, (*place, step.kind, name, "steps"))


def _branch_findings(step: StepMeta, where: Place, positions: Positions) -> Iterator[Finding]:
    names = list(step.ways)
    for index, (name, way) in enumerate(step.ways.items()):
        place = (*where, name)
        if way.percent:
            yield positions.finding(
                (*place, "percent"), "a branch is not by chance", f"'{name}'", "'split' for 'branch'"
            )
        if name == OTHERWISE and way.when:
            yield positions.finding((*place, "when"), "'otherwise' has no condition", "'when'", "another name")
        elif name != OTHERWISE and not way.when:
            yield positions.finding(place, "a way of a branch has no condition", f"'{name}'", "'when', or 'otherwise'")
        elif name == OTHERWISE and index < len(names) - 1:
            yield positions.finding(
                (*where, names[index + 1]),
                "a way that nobody takes",
                f"'{names[index + 1]}'",
                "'otherwise' as the last",
            )


def _split_findings(step: StepMeta, where: Place, positions: Positions) -> Iterator[Finding]:
    for name, way in step.ways.items():
        if way.when:
            yield positions.finding((*where, name, "when"), "a split asks nothing", f"'{name}'", "'branch' for 'split'")
    total = sum(way.percent for way in step.ways.values())
    if total != _WHOLE:
        yield positions.finding(where, "percentages do not add up to 100", f"{total}", "'percent' in each way")
