"""Sequences and edits of them, as data: what a test draws at random, and writes into files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

WAITS = st.sampled_from(["0 minutes", "5 hours", "5 hours", "1 day", "3 days"])
CONDITIONS = st.sampled_from(["", "", "company is set", "not tagged 'reader'"])
#: A capital letter is a message that says nothing else.
DOES = st.sampled_from(["message", "message", "message", "message", "tag: reader", "note: So far."])
EDITS = ("rename", "rename", "say", "remove", "insert", "append", "append", "move", "wait", "text", "condition", "swap")
POLICIES = ("move-at-next-step", "finish-old", "restart")


@dataclass(frozen=True)
class Line:
    """One step of a sequence that is edited."""

    key: str
    wait: str
    only_if: str
    does: str
    #: The text of a message.
    letter: str
    #: The same one as long as nobody can take the step for another.
    identity: str
    former: tuple[str, ...] = ()

    @property
    def yaml(self) -> str:
        parts = [f"key: {self.key}", f"wait: {self.wait}", f'only_if: "{self.only_if}"' if self.only_if else ""]
        parts.append(f"renamed_from: [{', '.join(self.former)}]" if self.former else "")
        parts.append(f"message: {self.letter}.md" if self.does == "message" else self.does)
        return f"  - {{{', '.join(filter(None, parts))}}}\n"


@dataclass(frozen=True)
class Rules:
    """What a whole sequence says."""

    on_change: str = "move-at-next-step"
    reopen: bool = False
    gap: str = "0 minutes"
    leave: str = ""

    @property
    def yaml(self) -> str:
        lines = [f"on_change: {self.on_change}", f"gap: {self.gap}"]
        lines += ["reopen: true"] if self.reopen else []
        return "\n".join([*lines, *([f"leave: [{self.leave}]"] if self.leave else [])]) + "\n"


RULES = st.builds(
    Rules,
    st.sampled_from(POLICIES),
    st.booleans(),
    st.sampled_from(["0 minutes", "20 hours"]),
    st.sampled_from(["", "", "tag: reader"]),
)


def written(lines: Sequence[Line], rules: Rules) -> str:
    """Return a sequence.yml."""
    return f"title: After\n{rules.yaml}steps:\n{''.join(line.yaml for line in lines)}"


def letters(lines: Sequence[Line]) -> dict[str, str]:
    """Return the file of each message by its name; no two texts are alike."""
    return {line.letter: f"---\nsubject: About {line.letter}\n---\n{line.letter * 40}\n" for line in lines}


@st.composite
def sequences(draw: st.DrawFn) -> list[Line]:
    keys = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True))
    return [Line(key, draw(WAITS), draw(CONDITIONS), draw(DOES), key.upper(), key) for key in keys]


@st.composite
def edited(draw: st.DrawFn, lines: list[Line]) -> list[Line]:
    """Return what some edits make of a sequence."""
    for number in range(draw(st.integers(1, 3))):
        lines = _edit(draw, lines, number)
    return lines


def _edit(draw: st.DrawFn, lines: list[Line], number: int) -> list[Line]:
    at, fresh = draw(st.integers(0, len(lines) - 1)), "uvwxyz"[number]
    new = Line(fresh, draw(WAITS), draw(CONDITIONS), draw(DOES), fresh.upper(), fresh)
    one, to = lines[at], draw(st.integers(0, len(lines) - 1))
    others = [*lines[:at], *lines[at + 1 :]]
    return {
        "rename": _put(lines, at, replace(one, key=fresh, identity=fresh, former=())),
        "say": _put(lines, at, replace(one, key=fresh, former=(*one.former, one.key))),
        "remove": others or lines,
        "insert": [*lines[:at], new, *lines[at:]],
        "append": [*lines, new],
        "move": [*others[:to], one, *others[to:]],
        "wait": _put(lines, at, replace(one, wait=new.wait)),
        "text": _put(lines, at, replace(one, letter=f"{fresh.upper()}2")),
        "condition": _put(lines, at, replace(one, only_if=new.only_if)),
        "swap": _put(_put(lines, at, replace(one, letter=lines[to].letter)), to, replace(lines[to], letter=one.letter)),
    }[draw(st.sampled_from(EDITS))]


def _put(lines: list[Line], at: int, line: Line) -> list[Line]:
    return [*lines[:at], line, *lines[at + 1 :]]
