"""Tables: how wide each column must and may be, so that a page of A5 holds what a screen held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepost_site.ebook.desk import Spot
from gatepost_site.ebook.literals import array, dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from xml.etree.ElementTree import Element

    Cell = Callable[[Element, Spot], str]

#: Width of the page's text in ems of a table's type, and of a cell's padding (template.typ: 110 mm, 8.8 pt, 10 pt).
_PAGE = 35.4
_PADDING = 1.2
#: Ems left in a column that is there to be filled in by hand.
_BLANK = 6.0
#: Smaller type than this share of a table's own cannot be read.
_SMALLEST = 0.8
#: Estimated lines up to which a table stays on one page.
_WHOLE = 12
#: Estimated lines from which a row may break, because it might be taller than a page.
_TALL = 25

#: Ems of a character in the book's type, measured and grouped; capitals are wider, all others as the default.
_EMS = {
    **dict.fromkeys(" .,:;'|\u2018\u2019", 0.25),
    **dict.fromkeys("!()-/Ifijlt", 0.3),
    **dict.fromkeys("?[]*cersz", 0.41),
    **dict.fromkeys("%@MWmw", 0.78),
}
_CAPITAL, _OTHER = 0.62, 0.5


@dataclass(frozen=True)
class _Column:
    """How many ems a column takes: with a line break at every space, in none but the header, and in none at all."""

    least: float
    body: float
    whole: float
    #: Whether it is there to be filled in.
    blank: bool


def table(element: Element, cell: Cell) -> str:
    """Return a table's markup; `cell` turns the inside of one cell into markup."""
    header = element.findall("./thead/tr/th")
    rows = [row.findall("td") for row in element.findall("./tbody/tr")]
    columns = [_column([heading, *(row[at] for row in rows)], len(rows)) for at, heading in enumerate(header)]
    widths, scale = _widths(columns)
    heights = [_lines(row, widths) for row in rows]
    code = {
        "columns": array(f"{width:.2f}fr" for width in widths),
        "aligns": array(_alignment(heading) for heading in header),
        "scale": f"{scale * 100:.0f}%",
        # A column with nothing in it is one to fill in: the sheet gets lines and room for a pen.
        "sheet": str(any(column.blank for column in columns)).lower(),
        "whole": str(sum(heights) <= _WHOLE).lower(),
        "tall": str(max(heights, default=0) > _TALL).lower(),
        "header": array(f"[{cell(heading, Spot.CELL)}]" for heading in header),
        "rows": array(array(f"[{cell(field, Spot.CELL)}]" for field in row) for row in rows),
    }
    return f"#ruled{dictionary(code)}"


def _column(cells: Sequence[Element], rows: int) -> _Column:
    widths = [_width("".join(cell.itertext()).strip()) * _factor(cell) for cell in cells]
    words = [_width(word) * _factor(cell) for cell in cells for word in "".join(cell.itertext()).split()]
    blank = rows > 0 and not any(widths[1:])
    # A header that breaks into more than three lines is a tower.
    least = max([widths[0] / 3, *words])
    body = max([least, _BLANK if blank else 0.0, *widths[1:]])
    return _Column(least + _PADDING, body + _PADDING, max(body, widths[0]) + _PADDING, blank)


def _factor(cell: Element) -> float:
    """Return how much wider a cell's type is than plain text."""
    bold = 1.08 if cell.tag == "th" or cell.find(".//strong") is not None else 1.0
    return bold * (1.15 if cell.find(".//code") is not None else 1.0)


def _widths(columns: Sequence[_Column]) -> tuple[list[float], float]:
    """Return each column's share of the page, and the scale of the type.

    Lines break in the header first, then in cells, and nowhere else: the type shrinks before a word does not fit.
    """
    least, body, whole = ([getattr(column, name) for column in columns] for name in ("least", "body", "whole"))
    if sum(whole) <= _PAGE:
        return whole, 1.0
    if sum(body) <= _PAGE:
        return _between(body, whole, _PAGE), 1.0
    scale = max(_SMALLEST, min(1.0, _PAGE / sum(least)))
    return _between(least, body, _PAGE / scale), scale


def _between(low: Sequence[float], high: Sequence[float], page: float) -> list[float]:
    """Share out what the page has beyond `low` among those who would like `high`."""
    spare = max(0.0, page - sum(low))
    # Between "in proportion" and "equal": one long cell must not starve the others.
    wants = [(more - less) ** 0.75 for less, more in zip(low, high, strict=True)]
    return [less + spare * want / (sum(wants) or 1.0) for less, want in zip(low, wants, strict=True)]


def _lines(row: Sequence[Element], widths: Sequence[float]) -> int:
    return max(
        (
            int(_width("".join(cell.itertext())) / max(width - _PADDING, 1.0)) + 1
            for cell, width in zip(row, widths, strict=True)
        ),
        default=1,
    )


def _width(text: str) -> float:
    """Estimate a text's width in ems."""
    return sum(_EMS.get(c) or (_CAPITAL if c.isupper() else _OTHER) for c in text)


def _alignment(heading: Element) -> str:
    style = heading.get("style", "")
    return next((side for side in ("right", "center") if side in style), "left")
