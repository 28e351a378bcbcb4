"""The questions that a condition is made of: each can be asked of a lead's facts, and can be written down again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_webhook.followup.durations import say_duration
from gatepost_webhook.leads.folding import folded, number_in, say_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatepost_webhook.leads.facts import Facts

#: "is ..." -> how two numbers compare.
ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "more than": lambda answer, bound: answer > bound,
    "at least": lambda answer, bound: answer >= bound,
    "less than": lambda answer, bound: answer < bound,
    "at most": lambda answer, bound: answer <= bound,
}
#: Which word asks for which set of names: word -> (field of Facts, what the names name).
SETS: Mapping[str, tuple[str, str]] = {
    "tagged": ("tags", "tag"),
    "asked for": ("asked", "magnet"),
    "confirmed": ("confirmed", "magnet"),
    "downloaded": ("downloaded", "magnet"),
    "visited": ("visited", "page"),
    "finished": ("finished", "sequence"),
    "in": ("inside", "sequence"),
}
#: Words of SETS that may stand without a name.
BARE = frozenset({"confirmed", "downloaded"})
#: Names that need no quotes.
PLAIN_NAMES = frozenset({"magnet", "sequence", "segment"})


@dataclass(frozen=True)
class Subject:
    """What a comparison is about: an answer, or one of TRAITS."""

    name: str
    #: It is a field of a form, whatever its name.
    is_field: bool = True

    def value(self, facts: Facts) -> str:
        """Return what a lead has here, "" for nothing."""
        if self.is_field:
            return facts.fields.get(self.name, "").strip()
        return str(getattr(facts, self.name))

    def number(self, facts: Facts) -> float | None:
        """Return it as a number, None when it is none."""
        return number_in(self.value(facts)) if self.is_field else float(facts.score)

    def __str__(self) -> str:
        return f"field {self.name}" if self.is_field and self.name in TRAITS else self.name


@dataclass(frozen=True)
class Answered:
    """There is a value."""

    subject: Subject

    def holds(self, facts: Facts) -> bool:
        """Return whether it is true of a lead."""
        return bool(self.subject.value(facts))

    def text(self, *, denied: bool) -> str:
        """Return it as a condition, or the condition that is true when it is not."""
        return f"{self.subject} is {'not ' if denied else ''}set"


@dataclass(frozen=True)
class Equals:
    """The value is one of some, whatever the case; of a language, the regional ones count too."""

    subject: Subject
    values: tuple[str, ...]

    def holds(self, facts: Facts) -> bool:
        """Return whether it is true of a lead."""
        value = folded(self.subject.value(facts))
        wanted = {folded(value) for value in self.values}
        if not self.subject.is_field and self.subject.name == "language":
            return value in wanted or any(value.startswith(f"{language}-") for language in wanted if language)
        return value in wanted

    def text(self, *, denied: bool) -> str:
        """Return it as a condition, or the condition that is true when it is not."""
        one_of = "one of " if len(self.values) > 1 else ""
        values = ", ".join(map(quoted, self.values))
        return f"{self.subject} is {'not ' if denied else ''}{one_of}{values}"


@dataclass(frozen=True)
class Contains:
    """An answer has a text in it, whatever the case."""

    subject: Subject
    part: str

    def holds(self, facts: Facts) -> bool:
        """Return whether it is true of a lead."""
        return folded(self.part) in folded(self.subject.value(facts))

    def text(self, *, denied: bool) -> str:
        """Return it as a condition, or the condition that is true when it is not."""
        return f"{self.subject} {'does not contain' if denied else 'contains'} {quoted(self.part)}"


@dataclass(frozen=True)
class Measures:
    """A value is a number on one side of a bound; a value that is no number is on neither."""

    subject: Subject
    order: str
    bound: float

    def holds(self, facts: Facts) -> bool:
        """Return whether it is true of a lead."""
        number = self.subject.number(facts)
        return number is not None and ORDERS[self.order](number, self.bound)

    def text(self, *, denied: bool) -> str:
        """Return it as a condition, or the condition that is true when it is not."""
        return f"{self.subject} is {'not ' if denied else ''}{self.order} {say_number(self.bound)}"


@dataclass(frozen=True)
class Has:
    """A name is in one of the lead's sets (SETS); no name asks for any, and for a download for that of the sequence."""

    word: str
    name: str = ""

    def holds(self, facts: Facts) -> bool:
        """Return whether it is true of a lead."""
        names: frozenset[str] = getattr(facts, SETS[self.word][0])
        if self.word == "tagged":
            return folded(self.name) in map(folded, names)
        name = self.name or (facts.magnet if self.word == "downloaded" else "")
        return name in names if name else bool(names)

    def text(self, *, denied: bool) -> str:
        """Return it as a condition, or the condition that is true when it is not."""
        words = f"{self.word} {named(self.name, SETS[self.word][1])}" if self.name else self.word
        return f"not {words}" if denied else words


@dataclass(frozen=True)
class Belongs:
    """The lead is in a segment; one that does not exist has nobody."""

    segment: str

    def holds(self, facts: Facts) -> bool:
        """Return whether it is true of a lead."""
        condition = facts.segments.get(self.segment)
        return condition is not None and condition.holds(facts)

    def text(self, *, denied: bool) -> str:
        """Return it as a condition, or the condition that is true when it is not."""
        return f"{'not ' if denied else ''}in segment {named(self.segment, 'segment')}"


@dataclass(frozen=True)
class Since:
    """The lead came, or did something, lately or long ago."""

    what: Literal["came", "last active"]
    seconds: int
    #: At most so long ago, else longer ago.
    within: bool

    def holds(self, facts: Facts) -> bool:
        """Return whether it is true of a lead."""
        at = facts.created_at if self.what == "came" else facts.last_activity_at
        return (at >= facts.now - self.seconds) is self.within

    def text(self, *, denied: bool) -> str:
        """Return it as a condition, or the condition that is true when it is not."""
        duration = say_duration(self.seconds)
        within = self.within is not denied
        return f"{self.what} within {duration}" if within else f"{self.what} more than {duration} ago"


Comparison: TypeAlias = Answered | Equals | Contains | Measures
Question: TypeAlias = Comparison | Has | Belongs | Since
#: What may be compared besides a form's fields, and by what.
TRAITS: Mapping[str, tuple[type[Comparison], ...]] = {
    "stage": (Answered, Equals),
    "language": (Answered, Equals),
    "score": (Measures,),
}


def quoted(text: str) -> str:
    """Return a text in those quotes that it does not hold itself."""
    return f"'{text}'" if '"' in text else f'"{text}"'


def named(name: str, kind: str) -> str:
    """Return a name as a condition states it: that of a file as it is, another one in quotes."""
    plain = kind in PLAIN_NAMES and name.replace("-", "").isalnum() and name.isascii() and name.islower()
    return name if plain and name not in {"and", "or", "is", "segment"} else quoted(name)
