"""Colours reckoned with: how well one stands out from another (WCAG 2.2), and what lies between two."""

from __future__ import annotations

#: (red, green, blue), each from 0 to 255.
_Rgb = tuple[float, float, float]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours such as "#27476b": from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour between two: `share` of the other, from 0 to 1."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def darkened(colour: str, against: str, least: float) -> str:
    """Return the colour, made darker until it has at least a contrast against another."""
    steps = (mixed(colour, "#000000", step / 20) for step in range(20))
    return next((step for step in steps if contrast(step, against) >= least), "#000000")


def _channels(colour: str) -> _Rgb:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
