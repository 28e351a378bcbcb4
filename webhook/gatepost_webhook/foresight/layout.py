"""Places the boxes of a flow: layers from top to bottom, ways side by side, arrows with right angles."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from gatepost_webhook.foresight.picture import Box
from gatepost_webhook.leads.listing import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_webhook.foresight.picture import Note, Picture, Way

#: Pixels. A box's width and the room inside it, a line of text, the room between two layers, and between two ways.
WIDTH, INSIDE, LINE, GAP, BETWEEN = 280, 12, 18, 34, 28
#: Pixels around everything.
MARGIN = 16
#: Pixels of one column of text: more than most fonts need, because the reader's font is not known.
_COLUMN = 7.4
#: Pixels of a way on which nothing stands; lines that one value may take.
_EMPTY, _MOST = 170, 3

Point: TypeAlias = tuple[float, float]
Style: TypeAlias = Literal["title", "line", "mark"]


@dataclass(frozen=True)
class Placed:
    """A box in its place; `x` is its middle, `y` its top."""

    shape: str
    x: float
    y: float
    height: float
    lines: tuple[tuple[Style, str], ...]
    is_marked: bool = False


@dataclass(frozen=True)
class Line:
    """A line from box to box; one that leads into another line has no head."""

    points: tuple[Point, ...]
    is_arrow: bool
    label: str = ""
    label_at: Point = (0, 0)


@dataclass
class Layout:
    """A flow in its places, in pixels."""

    width: float = 0
    height: float = 0
    boxes: list[Placed] = field(default_factory=list)
    #: The names of ways: like boxes, without a frame.
    labels: list[Placed] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def lay_out(picture: Picture) -> Layout:
    """Return the places of all boxes and arrows."""
    layout = Layout()
    width = _width(picture.boxes)
    head = _notes(layout, picture.notes, width)
    foot, _ = _column(layout, picture.boxes, width / 2 + MARGIN, head, None)
    layout.width, layout.height = width + 2 * MARGIN, foot + MARGIN
    return layout


def _notes(layout: Layout, notes: Sequence[Note], width: float) -> float:
    """Place notes above the flow, side by side where there is room for two; return where the flow begins."""
    beside = width >= 2 * WIDTH + BETWEEN and len(notes) > 1
    y = foot = float(MARGIN)
    for index, note in enumerate(notes):
        x = MARGIN + width / 2 + (index - (len(notes) - 1) / 2) * (WIDTH + BETWEEN) * beside
        placed = _placed(Box("note", note.title, note.lines), x, y)
        layout.boxes.append(placed)
        foot = max(foot, y + placed.height + BETWEEN)
        y = y if beside else foot
    return foot


def _width(boxes: Sequence[Box]) -> float:
    forks = [_ways_width(box.ways) for box in boxes if box.ways]
    return max([WIDTH if boxes else _EMPTY, *forks])


def _ways_width(ways: Sequence[Way]) -> float:
    return sum(_width(way.boxes) for way in ways) + BETWEEN * (len(ways) - 1)


def _column(
    layout: Layout, boxes: Sequence[Box], x: float, y: float, start: Point | None
) -> tuple[float, Point | None]:
    """Place boxes below each other; return where they end, and from where the flow goes on (None: it does not)."""
    for box in boxes:
        if start is not None:
            y += GAP
            layout.lines.append(Line((start, (x, y)), is_arrow=True, label=box.before, label_at=(x + 9, y - GAP / 2)))
        placed = _placed(box, x, y)
        layout.boxes.append(placed)
        y += placed.height
        start = (x, y) if box.shape != "end" else None
        if box.ways and start:
            y, start = _fork(layout, box.ways, start)
    return y, start


def _fork(layout: Layout, ways: Sequence[Way], start: Point) -> tuple[float, Point | None]:
    x, top = start
    left = x - _ways_width(ways) / 2
    shoulder = top + GAP / 2
    labels = [_label(way.label, shoulder + GAP / 2, WIDTH if way.boxes else _EMPTY) for way in ways]
    head = max(label.y + label.height for label in labels)
    ends: list[tuple[float, Point | None]] = []
    for way, label in zip(ways, labels, strict=True):
        middle = left + _width(way.boxes) / 2
        left += _width(way.boxes) + BETWEEN
        layout.labels.append(Placed("way", middle, label.y, label.height, label.lines))
        layout.lines.append(Line((start, (x, shoulder), (middle, shoulder), (middle, label.y)), is_arrow=False))
        foot = (middle, label.y + label.height)
        ends.append(_column(layout, way.boxes, middle, head, foot))
    joint = max(y for y, _ in ends) + GAP / 2
    return _joined(layout, [end for _, end in ends if end], (x, joint))


def _joined(layout: Layout, ends: Sequence[Point], joint: Point) -> tuple[float, Point | None]:
    x, y = joint
    for end in ends:
        layout.lines.append(Line((end, (end[0], y), (x, y)), is_arrow=False))
    return y, joint if ends else None


def _placed(box: Box, x: float, y: float) -> Placed:
    lines = [("title", text) for text in wrapped(box.title)]
    lines += [("line", text) for line in box.lines for text in wrapped(line)]
    lines += [("mark", text) for text in wrapped(box.mark)]
    return Placed(box.shape, x, y, _height(len(lines)), tuple(lines), is_marked=bool(box.mark))  # type: ignore[arg-type]


def _label(text: str, y: float, width: float) -> Placed:
    lines = wrapped(text, width)
    return Placed("way", 0, y, LINE * len(lines) + 4, tuple(("line", line) for line in lines))


def _height(lines: int) -> float:
    return LINE * lines + 2 * INSIDE - 4


def wrapped(text: str, width: float = WIDTH) -> list[str]:
    """Return a text in the lines that fit into a box of some pixels, cut off after a few; [] for none."""
    room = int((width - 2 * INSIDE) / _COLUMN)
    # Characters of two columns, as in Chinese, are counted as such.
    narrow = room if text.isascii() else max(8, room * len(text) // max(1, columns(text)))
    return textwrap.wrap(text, narrow, max_lines=_MOST, placeholder=" …")
