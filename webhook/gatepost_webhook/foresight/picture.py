"""A flow as boxes from top to bottom: what Mermaid and the drawn picture are both made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: start and end of the flow; what sends a mail; what does something else; what only waits; what has ways; what holds
#: all the time.
Shape: TypeAlias = Literal["start", "message", "action", "wait", "choice", "end", "note"]


@dataclass(frozen=True)
class Way:
    """One of the ways that part at a box; without boxes it leads on at once."""

    label: str
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Box:
    """One thing that happens."""

    shape: Shape
    title: str
    #: What stands below the title.
    lines: tuple[str, ...] = ()
    #: What stands on the arrow that leads here, such as a wait.
    before: str = ""
    #: Where the flow parts; all ways lead to the box after this one.
    ways: tuple[Way, ...] = ()
    #: What became of somebody here, such as "sent Tue 2026-12-01 09:00"; "" when nobody was followed.
    mark: str = ""


@dataclass(frozen=True)
class Note:
    """Something that holds wherever somebody is."""

    title: str
    lines: tuple[str, ...]
    #: Somebody is at the end by it, from wherever they are.
    ends: bool = False


@dataclass(frozen=True)
class Picture:
    """A whole flow."""

    title: str
    boxes: tuple[Box, ...]
    notes: tuple[Note, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The flow in sentences, for those who do not see it."""
        return (*(f"{note.title}: {'; '.join(note.lines)}." for note in self.notes), *_sentences(self.boxes))

    @property
    def description(self) -> str:
        """The sentences as one text."""
        return " ".join(self.sentences)


def _sentences(boxes: Sequence[Box]) -> Iterator[str]:
    for box in boxes:
        words = ", ".join(part for part in (box.before, box.title, *box.lines, box.mark) if part)
        yield f"{words[:1].upper()}{words[1:]}."
        for way in box.ways:
            inner = " ".join(_sentences(way.boxes)) or "On at once."
            yield f"Way {way.label}: {inner}"
        if box.ways:
            yield "The ways join."
