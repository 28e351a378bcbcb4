"""Room kept free beside the database: on a full disk not even a DELETE works, and people must be able to leave."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: Bytes: the log may need half of it until it is folded into the file, the rest is room for thousands of
#: unsubscriptions. On a small disk it is a quarter of that.
_SIZE = 8 * 1024 * 1024


class Reserve:
    """A file that takes room for as long as there is some, and gives it up when there is none."""

    def __init__(self, database: Path) -> None:
        """Of a database's own folder. Nothing is written yet."""
        self._path = database.with_suffix(".reserve")

    @property
    def is_kept(self) -> bool:
        """Whether there is one."""
        return self._path.exists()

    def keep(self) -> bool:
        """Take the room, unless the disk is nearly full; tell whether there is a reserve then."""
        if self.is_kept:
            return True
        try:
            disk = os.statvfs(self._path.parent)
            size = min(_SIZE, disk.f_blocks * disk.f_frsize // 4)
            if disk.f_bavail * disk.f_frsize < size + size // 4:
                return False
            return self._fill(size)
        except OSError:
            return False

    def spend(self) -> bool:
        """Give the room up; tell whether there was any."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True

    def _fill(self, size: int) -> bool:
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            os.write(handle, bytes(size))
            os.fsync(handle)
        except OSError:
            self.spend()
            return False
        finally:
            os.close(handle)
        return True
