"""The one thing in a build that no file says: when it is made."""

from __future__ import annotations

import os
import time

#: Epoch second to take for now, where two builds are to be the same: https://reproducible-builds.org/specs/
VARIABLE = "SOURCE_DATE_EPOCH"


def build_time() -> int:
    """Return the epoch second for which a site is built."""
    fixed = os.environ.get(VARIABLE, "")
    return int(fixed) if fixed.isdecimal() else int(time.time())
