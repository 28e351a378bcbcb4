"""A flow as SVG: text that can be read and searched, light and dark, described for those who do not see it."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from gatepost_webhook.foresight.layout import INSIDE, LINE, WIDTH, lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatepost_webhook.foresight.layout import Layout, Line, Placed
    from gatepost_webhook.foresight.picture import Picture

#: The colours of the preview's other pages. Text on every ground has a contrast of 4.5 and more.
STYLE = """\
.flow{--ground:#fff;--ink:#1c2b26;--soft:#4d5f58;--rule:#6b7d75;--message:#e6f1ec;--choice:#fbeed3;--action:#eceff5;\
--end:#f1f1ef;--done:#1f5f4a;font:13px system-ui,"Segoe UI",sans-serif}
@media (prefers-color-scheme:dark){.flow{--ground:#16201c;--ink:#e9f1ed;--soft:#b4c4bc;--rule:#8a9c94;\
--message:#20382f;--choice:#43371c;--action:#2a3140;--end:#2a2d2b;--done:#7fd1b0}}
.flow .ground{fill:var(--ground)}
.flow text{fill:var(--ink);text-anchor:middle}
.flow .title{font-weight:600}
.flow .line,.flow .wait{fill:var(--soft)}
.flow .mark{fill:var(--done);font-weight:600}
.flow .wait{text-anchor:start}
.flow rect{stroke:var(--rule);fill:var(--end)}
.flow .message rect{fill:var(--message)}
.flow .choice rect{fill:var(--choice);stroke-dasharray:6 3}
.flow .action rect,.flow .wait-box rect{fill:var(--action)}
.flow .note rect{fill:none;stroke-dasharray:2 4}
.flow .marked rect{stroke:var(--done);stroke-width:2.5}
.flow .ground{stroke:none}
.flow path{fill:none;stroke:var(--rule);stroke-width:1.5;stroke-linejoin:round}
.flow marker path{fill:var(--rule);stroke:none}"""

_HEAD = """\
<defs><marker id="flow-head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
<path d="M0 0l8 4-8 4z"/></marker></defs>"""
#: Characters that no XML document may hold.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def draw(picture: Picture) -> str:
    """Return the picture as an SVG document; everything in it is escaped."""
    layout = lay_out(picture)
    size = f'width="{layout.width:g}" height="{layout.height:g}" viewBox="0 0 {layout.width:g} {layout.height:g}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="flow" {size} role="img" aria-labelledby="flow-t flow-d">',
            f'<title id="flow-t">{_text(picture.title)}</title>',
            f'<desc id="flow-d">{_text(picture.description)}</desc>',
            f"<style>{STYLE}</style>",
            _HEAD,
            '<rect class="ground" width="100%" height="100%"/>',
            *_parts(layout),
            "</svg>\n",
        ]
    )


def _parts(layout: Layout) -> Iterator[str]:
    for line in layout.lines:
        yield _line(line)
    for label in layout.labels:
        yield f'<g class="way">{_texts(label, label.y + LINE - 4)}</g>'
    for box in layout.boxes:
        yield _box(box)


def _line(line: Line) -> str:
    points = " ".join(f"{x:g} {y:g}" for x, y in line.points)
    head = ' marker-end="url(#flow-head)"' if line.is_arrow else ""
    x, y = line.label_at
    label = f'<text class="wait" x="{x:g}" y="{y + 4:g}">{_text(line.label)}</text>' if line.label else ""
    return f'<path d="M{points}"{head}/>{label}'


def _box(box: Placed) -> str:
    kind = "wait-box" if box.shape == "wait" else box.shape
    classes = f"{kind} marked" if box.is_marked else kind
    # A tall box that is round all over would cut its own text off.
    round_by = min(box.height / 2, 24) if box.shape in ("start", "end") else 6
    rect = f'<rect x="{box.x - WIDTH / 2:g}" y="{box.y:g}" width="{WIDTH}" height="{box.height:g}" rx="{round_by:g}"/>'
    return f'<g class="{classes}">{rect}{_texts(box, box.y + INSIDE + LINE - 7)}</g>'


def _texts(placed: Placed, first: float) -> str:
    return "".join(
        f'<text class="{style}" x="{placed.x:g}" y="{first + index * LINE:g}">{_text(text)}</text>'
        for index, (style, text) in enumerate(placed.lines)
    )


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text))
