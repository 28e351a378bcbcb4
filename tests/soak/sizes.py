"""How much force: a little in every test run, all of it with `make soak`, which also prints what it did."""

from __future__ import annotations

import os
from pathlib import Path

#: Whether this is the long run.
FULL = os.environ.get("GATEPOST_SOAK") == "full"


def size(small: int, full: int) -> int:
    """Return the number of this run."""
    return full if FULL else small


def report(promise: str, **figures: int) -> None:
    """Print what one promise went through, in the long run; and keep it for who runs several of these."""
    if not FULL:
        return
    line = f"{promise}: " + ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in figures.items())
    print(f"\n{line}")
    if kept := os.environ.get("GATEPOST_SOAK_FIGURES"):
        with Path(kept).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
