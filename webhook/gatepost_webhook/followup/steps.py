"""A sequence as the program knows it, wherever it came from: the files, or the store."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from gatepost_webhook.followup.actions import PLAIN, Pause, Plain
from gatepost_webhook.followup.durations import parse_duration, say_duration
from gatepost_webhook.followup.formats import HELD_SECONDS, MAX_LATE
from gatepost_webhook.followup.message import Message, message_from
from gatepost_webhook.followup.rules import Rules
from gatepost_webhook.followup.waits import Until, parse_wait
from gatepost_webhook.leads.conditions import Condition, parse_condition
from gatepost_webhook.leads.nodes import questions_of
from gatepost_webhook.leads.questions import Belongs, Has, Since

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Row
    from datetime import tzinfo

__all__ = ["Branch", "Message", "Sequence", "Split", "Step", "Way", "sequence_from_source"]


@dataclass(frozen=True)
class Way:
    """Steps that some leads take and others do not."""

    name: str
    steps: tuple[Step, ...] = ()
    #: Of a branch: what must be true of who takes it; of several, all.
    when: tuple[Condition, ...] = ()
    #: Of a split: of a hundred leads, how many take it.
    percent: int = 0


@dataclass(frozen=True)
class Branch:
    """Sends a lead down the first way whose conditions hold; behind it the ways join again."""

    kind: ClassVar[str] = "branch"
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Split:
    """Sends so many of a hundred leads down each way, the same lead always down the same one."""

    kind: ClassVar[str] = "split"
    ways: tuple[Way, ...]


Action: TypeAlias = Plain | Branch | Split


@dataclass(frozen=True)
class Step:
    """One thing that a sequence does, and when."""

    key: str
    #: Seconds since the step before was decided, or since the enrolment.
    wait: int
    does: Action
    only_if: tuple[Condition, ...] = ()
    #: Seconds after which it is too late to send.
    max_late: int = MAX_LATE
    #: The moment that is waited for, of a step that waits for one; its `wait` is 0.
    until: Until | None = None
    #: The key that the step had before, "" when it is the first.
    renamed_from: str = ""

    def due_after(self, base: int, zone: tzinfo) -> int:
        """Return the epoch second at which the step is due when the one before was decided at `base`."""
        return self.until.after(base, zone) if self.until else base + self.wait

    @property
    def said_wait(self) -> str:
        """The wait as it is written: "3 days", "until Tuesday 09:00"."""
        return str(self.until) if self.until else say_duration(self.wait)

    @property
    def kind(self) -> str:
        """The word that names in sequence.yml what the step does."""
        return self.does.kind

    @property
    def is_message(self) -> bool:
        """Whether the step is a mail to the lead."""
        return isinstance(self.does, Message)

    @property
    def message(self) -> Message:
        """What a step that is a mail says. Raises LookupError for another step."""
        if not isinstance(self.does, Message):
            raise LookupError(f"step {self.key!r} is no message")  # noqa: TRY004 - it is about the step's key
        return self.does

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways of a branch or split, none of another step."""
        return self.does.ways if isinstance(self.does, (Branch, Split)) else ()

    def way(self, name: str) -> Way | None:
        """Return the way of a name."""
        return next((way for way in self.ways if way.name == name), None)


@dataclass(frozen=True)
class Sequence:
    """One follow-up, checked."""

    slug: str
    title: str
    #: The outermost steps in order; further ones are in their ways.
    steps: tuple[Step, ...]
    fallbacks: Mapping[str, str]
    #: Everything above, and the segments, as JSON: what the store keeps of a version.
    source: str
    #: The segments that its conditions name, by name.
    segments: Mapping[str, Condition] = field(default_factory=dict)
    #: Seconds for which a mail of unknown fate counts as under way.
    assume_delivered_after: int = HELD_SECONDS
    #: What it is about (sequences/topics.yml), "" for nothing that readers can leave.
    topic: str = ""
    rules: Rules = field(default_factory=Rules)

    @cached_property
    def version(self) -> str:
        """Hexadecimal SHA-256 of the content."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @cached_property
    def by_key(self) -> Mapping[str, Step]:
        """Every step of the tree, in the order of the file."""
        return {step.key: step for step in walk(self.steps)}

    @property
    def messages(self) -> tuple[Step, ...]:
        """Every step that is a mail to the lead, in the order of the file."""
        return tuple(step for step in self.by_key.values() if step.is_message)

    @cached_property
    def asks_facts(self) -> bool:
        """Whether its conditions ask for more than answers and downloads, which the events tell."""
        steps = (condition for step in self.by_key.values() for condition in _asked(step))
        goals = (trigger.condition for trigger in self.rules.leave if trigger.condition)
        return any(map(_asks_facts, chain(steps, goals)))

    @cached_property
    def asks_the_time(self) -> bool:
        """Whether it depends on a lead's time zone when something happens."""
        goals = any(trigger.kind == "date" for trigger in self.rules.leave)
        window = self.rules.window is not None or self.rules.at_most > 0
        return goals or window or any(step.until for step in self.by_key.values())

    @cached_property
    def renamed(self) -> tuple[Step, ...]:
        """The steps that had another key once."""
        return tuple(step for step in self.by_key.values() if step.renamed_from)

    def step(self, key: str) -> Step | None:
        """Return the step with a key, wherever in the tree it stands."""
        return self.by_key.get(key)


def walk(steps: Row[Step]) -> Iterator[Step]:
    """Give each step of a tree, a branch before what stands in its ways."""
    for step in steps:
        yield step
        for way in step.ways:
            yield from walk(way.steps)


def _asked(step: Step) -> Iterator[Condition]:
    yield from step.only_if
    for way in step.ways:
        yield from way.when


def _asks_facts(condition: Condition) -> bool:
    for question in questions_of(condition.node):
        match question:
            case Has(word="downloaded"):
                pass
            case Has() | Belongs() | Since():
                return True
            case _ if not question.subject.is_field:
                return True
    return False


def sequence_from_source(source: str) -> Sequence:
    """Return the sequence that a stored version describes."""
    data = json.loads(source)
    segments = {name: parse_condition(text) for name, text in data.get("segments", {}).items()}
    held = parse_duration(data["assume_delivered_after"]) if "assume_delivered_after" in data else HELD_SECONDS
    return Sequence(
        data["slug"],
        data["title"],
        _steps(data["steps"]),
        data["fallbacks"],
        source,
        segments,
        held,
        data.get("topic", ""),
        Rules.of(data.get("rules", {})),
    )


def _steps(data: Row[Mapping[str, Any]]) -> tuple[Step, ...]:
    return tuple(map(_step, data))


def _step(data: Mapping[str, Any]) -> Step:
    wait = parse_wait(data["wait"])
    return Step(
        data["key"],
        wait if isinstance(wait, int) else 0,
        _action(data),
        _conditions(data["only_if"]),
        parse_duration(data["max_late"]),
        None if isinstance(wait, int) else wait,
        data.get("renamed_from", ""),
    )


def _action(step: Mapping[str, Any]) -> Action:
    if "message" in step:
        return message_from(step["message"])
    for kind in (Branch, Split):
        if kind.kind in step:
            return kind(tuple(map(_way, step[kind.kind])))
    return next((plain(step[name]) for name, plain in PLAIN.items() if name in step), Pause())


def _way(data: Mapping[str, Any]) -> Way:
    return Way(data["name"], _steps(data["steps"]), _conditions(data.get("when", ())), data.get("percent", 0))


def _conditions(texts: Row[str]) -> tuple[Condition, ...]:
    return tuple(map(parse_condition, texts))
