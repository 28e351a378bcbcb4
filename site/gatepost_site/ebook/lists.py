"""Lists of every kind: with bullets, with numbers, with boxes to tick, and of terms."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from xml.etree.ElementTree import Element

    Inside = Callable[[Element], str]

#: Items up to which a list to tick stays on one page.
_WHOLE = 6


def unordered(element: Element, inside: Inside) -> str:
    """Return a list; items with a box to tick become lists of their own, for a list has one marker."""
    runs = []
    for done, group in groupby(element.findall("li"), key=_box):
        items = list(group)
        marker = "" if done is None else f"marker: box-{'done' if done else 'open'}, "
        run = f"#list({marker}tight: {_tight(element)}, {_contents(items, inside)})"
        # Boxes are ticked on one sheet of paper; and what ends a chapter must not leave one of them overleaf.
        runs.append(f"#block(breakable: false)[{run}]" if marker and len(items) <= _WHOLE else run)
    return "\n".join(runs)


def ordered(element: Element, inside: Inside) -> str:
    """Return a numbered list, from the number that the chapter starts it with."""
    start = element.get("start", "1")
    number = int(start) if start.isdecimal() else 1
    return f"#enum(start: {number}, tight: {_tight(element)}, {_contents(element.findall('li'), inside)})"


def definitions(element: Element, inside: Inside) -> str:
    """Return a list of terms; terms that share a description stand side by side."""
    items: list[tuple[list[str], list[str]]] = []
    for child in element:
        if child.tag == "dt":
            if not items or items[-1][1]:
                items.append(([], []))
            items[-1][0].append(inside(child))
        elif child.tag == "dd" and items:
            items[-1][1].append(inside(child))
    joined = ((" / ".join(names), "\n\n".join(texts)) for names, texts in items)
    pairs = (f"terms.item([{name}], [{text}])" for name, text in joined)
    return f"#terms({', '.join(pairs)})"


def task_state(element: Element) -> bool | None:
    """Return whether a box is ticked, None when the element is no box."""
    return element.get("checked") == "True" if element.tag == "input" else None


def _box(item: Element) -> bool | None:
    box = item.find("input") if item.find("input") is not None else item.find("p/input")
    return None if box is None else task_state(box)


def _tight(element: Element) -> str:
    return str(element.find("li/p") is None).lower()


def _contents(items: Iterable[Element], inside: Inside) -> str:
    return ", ".join(f"[{inside(item)}]" for item in items)
