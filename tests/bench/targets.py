"""One line a target: its name, the figure, the target, and whether it is met."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Report:
    """Prints a line a target, and counts those that fall short."""

    short: int = 0

    def line(self, name: str, value: float, target: float, unit: str = "", note: str = "") -> None:
        """Print one target: its value must not be above it."""
        self._say(name, f"{value:8.3f}{unit:<3} {target:6.2f}{unit:<3}", value <= target, note)

    def at_least(self, name: str, value: float, target: float, unit: str = "", note: str = "") -> None:
        """Print one target: its value must not be below it."""
        self._say(name, f"{value:8,.0f}{unit:<3} {target:6,.0f}{unit:<3}", value >= target, note)

    def _say(self, name: str, figures: str, met: bool, note: str) -> None:  # noqa: FBT001 - private
        self.short += not met
        print(f"{name:<58} {figures} {'ok' if met else 'SHORT':<6}{note}", flush=True)
