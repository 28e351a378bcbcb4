"""What differs between two versions of a sequence, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_webhook.followup.durations import say_duration
from gatepost_webhook.foresight.step_words import (
    condition_words,
    does_words,
    message_of,
    wait_words,
    way_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Row

    from gatepost_webhook.followup.steps import Sequence, Step

Kind: TypeAlias = Literal[
    "added", "removed", "renamed", "moved", "wait", "condition", "late", "text", "does", "ways", "rule"
]
#: How much of a text must be the same for it to be the same message, of 1.
_ALIKE = 0.8
_CHOICES = {("branch", "branch"), ("split", "split")}
#: What a whole sequence says besides its rules; a title or a fallback is text.
_KEYS: Mapping[str, Kind] = {
    "title": "text", "fallbacks": "text", "topic": "rule", "assume_delivered_after": "rule"
}  # fmt: skip
#: Parts of sequence.yml at which a change stands.
PARTS: Mapping[str, str] = {
    "wait": "wait", "condition": "only_if", "late": "max_late", "text": "message", "renamed": "renamed_from"
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One difference."""

    kind: Kind
    #: Key of the step: in the new version, or of one that is gone in the old one.
    step: str
    #: What is different, as a sentence without its full stop.
    words: str
    #: The key of sequence.yml that says it, where the kind alone does not tell.
    part: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two versions of a sequence beside each other."""

    old: Sequence
    new: Sequence
    changes: tuple[Change, ...]
    #: Key in the new version -> key in the old one, as `renamed_from` says.
    renamed: Mapping[str, str]
    #: New step -> step of the old version that says the same, though nothing says that it is the same.
    alike: Mapping[str, str]

    def old_key(self, key: str) -> str:
        """Return what a step of the new version was called in the old one."""
        return self.renamed.get(key, key)


def compare(old: Sequence, new: Sequence) -> Comparison:
    """Return the differences, in the order of the new file; what is gone comes last."""
    before, after = old.by_key, new.by_key
    new_keys = {key: step for key, step in after.items() if key not in before}
    renamed = {key: old for key, step in new_keys.items() for old in reversed(step.renamed_from) if old in before}
    kept = {key: renamed.get(key, key) for key in after if renamed.get(key, key) in before}
    gone = [key for key in before if key not in kept.values()]
    moved = _moved(list(kept.values()), [key for key in before if key in kept.values()])
    changes: list[Change] = list(_rules(old, new))
    was, now = _homes(old.steps, ""), _homes(new.steps, "")
    moved |= {kept[key] for key in kept if was[kept[key]] != now[key]}
    for key, step in after.items():
        if key not in kept:
            changes.append(Change("added", key, f"'{key}' is new, {_place(list(after), key)}"))
            continue
        if key in renamed:
            changes.append(Change("renamed", key, f"'{key}' was called '{renamed[key]}'"))
        if kept[key] in moved:
            changes.append(Change("moved", key, f"'{key}' stands elsewhere now, {_place(list(after), key)}"))
        changes += _edits(before[kept[key]], step)
    changes += [Change("removed", key, f"'{key}' is gone") for key in gone]
    if old.version != new.version and new.rules.on_change == "restart":
        changes.append(Change("rule", "", "everybody inside begins anew", "on_change"))
    rewritten = {change.step for change in changes if change.kind == "text"}
    others = {key: after[key] for key in after if key not in kept or key in rewritten}
    return Comparison(old, new, tuple(changes), renamed, _alike(before, others, kept))


def _rules(old: Sequence, new: Sequence) -> Iterator[Change]:
    """Yield what a whole sequence says otherwise; `on_change` is about edits, and none itself."""
    before, after = old.rules.data, new.rules.data
    for name in sorted((before.keys() | after.keys()) - {"on_change"}):
        if before.get(name) != after.get(name):
            yield Change("rule", "", f"'{name}' says something else", name)
    for name, kind in _KEYS.items():
        if getattr(old, name) != getattr(new, name):
            yield Change(kind, "", f"'{name}' says something else", name)
    for name in sorted(old.segments.keys() & new.segments.keys()):
        if str(old.segments[name]) != str(new.segments[name]):
            yield Change("rule", "", f"the segment '{name}' is another one: {new.segments[name]}")


def _homes(steps: Row[Step], home: str) -> dict[str, str]:
    """Return of each step on which way it stands: "" for none."""
    found = {step.key: home for step in steps}
    for step in steps:
        for way in step.ways:
            found |= _homes(way.steps, f"{step.key}.{way.name}")
    return found


def _edits(old: Step, new: Step) -> Iterator[Change]:
    if (old.wait, old.until) != (new.wait, new.until):
        yield Change("wait", new.key, f"'{new.key}' comes {wait_words(new)}, before: {wait_words(old)}")
    if old.only_if != new.only_if:
        now, then = condition_words(new) or "always", condition_words(old) or "always"
        yield Change("condition", new.key, f"'{new.key}' is for others: {now}, before: {then}")
    if old.max_late != new.max_late:
        now, then = say_duration(new.max_late), say_duration(old.max_late)
        yield Change("late", new.key, f"'{new.key}' may be {now} late, before: {then}")
    if (said := message_of(new)) and (was := message_of(old)):
        if said != was:
            yield Change("text", new.key, f"'{new.key}' has another text")
    elif (old.kind, new.kind) in _CHOICES and _ways(old) != _ways(new):
        yield Change("ways", new.key, f"'{new.key}' parts the leads otherwise: {_ways(new)}, before: {_ways(old)}")
    elif does_words(old) != does_words(new):
        yield Change("does", new.key, f"'{new.key}' does something else: {does_words(new)}, before: {does_words(old)}")


def _ways(step: Step) -> str:
    return "; ".join(way_words(step, way) for way in step.ways)


def _place(keys: list[str], key: str) -> str:
    index = keys.index(key)
    return f"after '{keys[index - 1]}'" if index else "at the beginning"


def _moved(now: list[str], before: list[str]) -> set[str]:
    """Return the fewest keys that would have to change place to get from one order to the other."""
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    still = {key for block in matcher.get_matching_blocks() for key in before[block.a : block.a + block.size]}
    return {key for key in now if key not in still}


def _alike(before: Mapping[str, Step], others: Mapping[str, Step], kept: Mapping[str, str]) -> dict[str, str]:
    """Find of each new or rewritten step the old one, under another key, that said the same; what is gone first."""
    found: dict[str, str] = {}
    olds = sorted(before, key=lambda key: key in kept.values())
    for key, step in others.items():
        same = next((old for old in olds if old != kept.get(key) and _same(before[old], step)), None)
        if same:
            found[key] = same
    return found


def _same(one: Step, other: Step) -> bool:
    """Tell whether two messages are one to those who read both."""
    said, was = message_of(one), message_of(other)
    if said is None or was is None:
        return False
    if said.subject == was.subject:
        return True
    matcher = SequenceMatcher(None, said.body, was.body, autojunk=False)
    # Each of these is at least the next one, and much quicker.
    return all(ratio() >= _ALIKE for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))
