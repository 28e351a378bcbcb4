"""What to write instead of a name that nobody knows."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def instead_of(name: str, known: Sequence[str]) -> str:
    """Say what to write instead of an unknown name."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"write {near[0]!r}" if near else f"there are: {', '.join(known) or 'none'}"
