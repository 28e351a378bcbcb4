"""The colour of a site's share cards: its own, dark enough for light words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DEFAULT = "#1f5f4a"
#: Names of Material's palette.
_PALETTE = {
    "red": "#ef5552", "pink": "#e92063", "purple": "#ab47bd", "deep purple": "#7e56c2", "indigo": "#4051b5",
    "blue": "#2094f3", "light blue": "#02a6f2", "cyan": "#00bdd6", "teal": "#009485", "green": "#4cae4f",
    "light green": "#8bc34b", "lime": "#cbdc38", "yellow": "#ffec3d", "amber": "#ffc105", "orange": "#ffa724",
    "deep orange": "#ff6e42", "brown": "#795649", "grey": "#757575", "blue grey": "#546d78", "black": "#1d2422",
    "white": "#1d2422",
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
#: Relative luminance at which the words' cream has 5.5 times the contrast.
_LIGHTEST = 0.11
_PAPER, _WARM, _WHITE = "#f7f0e2", "#e2a33c", "#ffffff"


@dataclass(frozen=True)
class Shades:
    """What a card is painted with, each "#rrggbb"."""

    ground: str
    #: The ground, darker and lighter.
    deep: str
    soft: str
    #: Of words: those that matter, and those beside them.
    paper: str
    faint: str
    #: The one spot of another colour.
    warm: str


def shades_of(colour: str) -> Shades:
    """Return the shades that belong to a site's colour."""
    return Shades(
        ground=colour,
        deep=mixed("#000000", colour, 0.72),
        soft=mixed(_WHITE, colour, 0.58),
        paper=_PAPER,
        faint=mixed(colour, _PAPER, 0.8),
        warm=_WARM,
    )


def mixed(under: str, over: str, share: float) -> str:
    """Return a colour of which `share`, from 0 to 1, is `over`."""
    pairs = zip(channels_of(under), channels_of(over), strict=True)
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in pairs)


def channels_of(colour: str) -> list[int]:
    """Return red, green and blue of a "#rrggbb", each from 0 to 255."""
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def colour_of(primary: str, own: str) -> str:
    """Return a site's colour as "#rrggbb", from the name in Material's palette or from the site's own stylesheet."""
    named = own or _PALETTE.get(primary.replace("-", " ").lower(), _DEFAULT)
    found = _HEX.fullmatch(named)
    digits = found[1] if found else _DEFAULT[1:]
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = channels_of(f"#{digits}")
    while _luminance(channels) > _LIGHTEST:
        channels = [int(channel * 0.94) for channel in channels]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _luminance(channels: list[int]) -> float:
    """Return WCAG's relative luminance, from 0 to 1."""
    shares = [channel / 255 for channel in channels]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
