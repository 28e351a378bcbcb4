"""The colour of a site's share cards: its own, dark enough for light words."""

from __future__ import annotations

import re

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


def colour_of(primary: str, own: str) -> str:
    """Return a site's colour as "#rrggbb", from the name in Material's palette or from the site's own stylesheet."""
    named = own or _PALETTE.get(primary.replace("-", " ").lower(), _DEFAULT)
    found = _HEX.fullmatch(named)
    digits = found[1] if found else _DEFAULT[1:]
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    while _luminance(channels) > _LIGHTEST:
        channels = [int(channel * 0.94) for channel in channels]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _luminance(channels: list[int]) -> float:
    """Return WCAG's relative luminance, from 0 to 1."""
    shares = [channel / 255 for channel in channels]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
