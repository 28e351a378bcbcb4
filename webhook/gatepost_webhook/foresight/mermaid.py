"""A flow as a Mermaid flowchart, for documents and pull requests that draw it themselves."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_webhook.foresight.picture import Box, Note, Picture

#: What would end a quoted text, begin an entity, or be read as HTML or Markdown.
_ENTITIES = str.maketrans({'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"})
_FRAMES = {
    "start": ("([", "])"),
    "end": ("([", "])"),
    "message": ("[", "]"),
    "action": ("[[", "]]"),
    "wait": ("(", ")"),
    "choice": ("{{", "}}"),
}


def flowchart(picture: Picture) -> str:
    """Return the picture as Mermaid's text."""
    chart = _Chart()
    body = chart.lines(picture.boxes)
    for number, note in enumerate(picture.notes, 1):
        body += chart.note(f"r{number}", note)
    title = _text(picture.title)
    return "\n".join([f"flowchart TD\n  accTitle: {title}", *body, "  classDef done stroke-width:3px"]) + "\n"


class _Chart:
    def __init__(self) -> None:
        self._numbers = count(1)
        self._last = ""

    def lines(self, boxes: Sequence[Box]) -> list[str]:
        """Return the chart's lines."""
        lines: list[str] = []
        self._column(boxes, [], lines)
        return lines

    def note(self, name: str, note: Note) -> list[str]:
        """Hang a note on the box that it is about: what ends a flow on the last one, another on the first."""
        text = "<br>".join(map(_text, (note.title, *note.lines)))
        link = f"-.-> {self._last}" if note.ends else "-.- n1"
        return [f'  {name}>"{text}"]', f"  {name} {link}"]

    def _column(self, boxes: Sequence[Box], loose: list[tuple[str, str]], lines: list[str]) -> list[tuple[str, str]]:
        """Add boxes below each other; `loose` and what is returned are (box, label) of arrows that lead on."""
        for box in boxes:
            name = self._last = f"n{next(self._numbers)}"
            lines.append(f"  {name}{_framed(box)}")
            lines += [f"  {origin} -->{_label(label, box.before)} {name}" for origin, label in loose]
            loose = [(name, "")] if box.shape != "end" else []
            if box.ways:
                loose = [end for way in box.ways for end in self._column(way.boxes, [(name, way.label)], lines)]
        return loose


def _framed(box: Box) -> str:
    begin, end = _FRAMES[box.shape]
    text = "<br>".join(_text(part) for part in (box.title, *box.lines, box.mark) if part)
    return f'{begin}"{text}"{end}' + (":::done" if box.mark else "")


def _label(*parts: str) -> str:
    text = ", ".join(_text(part) for part in parts if part)
    return f'|"{text}"|' if text else ""


def _text(text: str) -> str:
    return " ".join(text.split()).translate(_ENTITIES)
