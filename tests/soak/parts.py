"""What the long run needs of the system, beside what every test run needs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

#: Command -> Debian's package.
_COMMANDS = {"strace": "strace", "faketime": "faketime", "fiu-run": "fiu-utils"}


def missing_parts() -> str:
    """Return what is missing for the long run and how to get it, "" when all is there."""
    if os.geteuid() != 0:
        return "a full disk takes the superuser: sudo make soak"
    packages = [package for command, package in _COMMANDS.items() if not shutil.which(command)]
    return f"make soak needs more of the system: sudo apt-get install {' '.join(packages)}" if packages else ""


def faketime_library() -> Path:
    """Return the library that gives a process with threads another time."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def fault_libraries() -> list[Path]:
    """Return the libraries that let system calls fail."""
    folder = next(path for path in Path("/usr/lib").glob("**/fiu") if path.is_dir())
    return [folder / "fiu_run_preload.so", folder / "fiu_posix_preload.so"]
