"""The pattern beside the words of a share card: tiles, each a shape in one of four positions."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from PIL import Image, ImageDraw

#: Pixels of the pattern, which is two tiles wide and four high.
WIDTH, HEIGHT = 315, 630
#: Edges of the tiles: half a pixel makes every second one a pixel smaller.
_ACROSS, _DOWN = (0, 158, 315), (0, 158, 315, 473, 630)
#: Left, top, width and height of each tile, row by row.
PLACES = [
    (left, top, right - left, bottom - top) for top, bottom in pairwise(_DOWN) for left, right in pairwise(_ACROSS)
]
#: A tile is drawn so large, and then made small: that softens its edges.
_LARGE = 630
_TURNS = (None, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90)
#: Circles by their shape: each x and y of the centre, the radius, and whether it is drawn over or wiped out. In tiles.
_CIRCLES = {
    0: ((0, 1, 1, 1),),
    1: ((0, 0.5, 0.5, 1),),
    3: ((0, 1, 1, 1), (0, 0.68, 0.68, 0), (0, 0.36, 0.36, 1)),
    4: ((0.5, 0.5, 0.25, 1),),
    5: ((0, 0, 0.5, 1), (1, 1, 0.5, 1)),
}


@cache
def shape(number: int, turns: int, width: int, height: int) -> Image.Image:
    """Return how much of each pixel of a tile is in the upper colour: mode "L", turned by so many quarters."""
    image = Image.new("L", (_LARGE, _LARGE))
    draw = ImageDraw.Draw(image)
    for x, y, radius, over in _CIRCLES.get(number, ()):
        corners = [part * _LARGE for part in (x - radius, y - radius, x + radius, y + radius)]
        draw.ellipse(corners, fill=255 * over)
    if number == 2:
        draw.polygon([(0, 0), (_LARGE, _LARGE), (0, _LARGE)], fill=255)
    elif number == 6:
        for top in (1, 4, 7):
            draw.rectangle([0, _LARGE * top // 9, _LARGE, _LARGE * (top + 1) // 9 - 1], fill=255)
    turn = _TURNS[turns]
    turned = image if turn is None else image.transpose(turn)
    return turned.resize((width, height), Image.Resampling.BOX)
