"""A private folder for the copy, gone when the review ends; what a killed review left is swept up by the next."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "gatepost-review-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a new folder (mode 0700), and remove it with everything in it."""
    _sweep(Path(tempfile.gettempdir()))
    # The process's number is in the name, so that a later review can tell whether this one still runs.
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def open_reviews() -> list[int]:
    """Return the process numbers of this user's reviews that run now; what others left behind is swept up first."""
    parent = Path(tempfile.gettempdir())
    _sweep(parent)
    folders = [folder for folder in parent.glob(f"{_PREFIX}*-*") if os.name == "posix" and _is_ours(folder)]
    numbers = (folder.name.removeprefix(_PREFIX).partition("-")[0] for folder in folders)
    return sorted({int(number) for number in numbers if number.isdigit()})


def _sweep(parent: Path) -> None:
    """Remove this user's folders whose process is gone."""
    if os.name != "posix":
        return
    for folder in parent.glob(f"{_PREFIX}*-*"):
        number = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdigit() and _is_ours(folder) and not _runs(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    try:
        return not folder.is_symlink() and folder.is_dir() and folder.stat().st_uid == os.getuid()
    except OSError:
        return False


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
