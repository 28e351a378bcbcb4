"""The example site, copied, so that a test may change it."""

from __future__ import annotations

import shutil
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def copy_example(target: Path) -> Path:
    """Copy the example site to `target`, and return it."""
    target.mkdir(parents=True)
    for folder in ("content", "magnets", "sequences"):
        shutil.copytree(REPOSITORY / folder, target / folder)
    shutil.copy(REPOSITORY / "mkdocs.yml", target)
    return target
