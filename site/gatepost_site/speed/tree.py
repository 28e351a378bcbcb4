"""The folder of an earlier build, made ready for the next: what is kept elsewhere too stays where it is."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from gatepost_site.seo.cards import FOLDER as CARDS


class Tree:
    """An output folder in which pages of an earlier build may stand. Paths are absolute and normal."""

    def __init__(self, top: str) -> None:
        self._top = os.path.normpath(top)
        #: Page -> inode.
        self._left: dict[str, int] = {}
        #: Markdown twins and cards that stand there.
        self._others: set[str] = set()
        #: Folders from which something went.
        self._thinned: set[str] = set()

    def tidy(self) -> None:
        """Delete everything but pages, twins and cards that are links to stored files."""
        cards = os.path.join(self._top, CARDS)  # noqa: PTH118 - there are thousands of paths
        for folder, folders, names in os.walk(self._top):
            for name in names:
                path = f"{folder}{os.sep}{name}"
                stat = os.lstat(path)
                if stat.st_nlink == 1:
                    self._delete(path)
                elif name.endswith(".html"):
                    self._left[path] = stat.st_ino
                elif name.endswith(".md") or folder == cards:
                    self._others.add(path)
                else:
                    self._delete(path)
            # A link to a folder is no folder of ours.
            for name in [name for name in folders if Path(folder, name).is_symlink()]:
                self._delete(f"{folder}{os.sep}{name}")
                folders.remove(name)

    def clear(self, path: str) -> None:
        """See to it that whoever writes a file there does not write into a stored one."""
        if path in self._others:
            self._others.discard(path)
            self._delete(path)

    def holds(self, path: str, inode: int) -> bool:
        """Whether the stored file with that inode stands there already; whatever else stands there goes."""
        found = self._left.pop(path, None)
        if found is not None and found != inode:
            self._delete(path)
        return found == inode

    def sweep(self, wanted: set[str]) -> None:
        """Delete the pages that are not wanted any more."""
        for path in [path for path in self._left if path not in wanted]:
            del self._left[path]
            self._delete(path)

    def close(self, twins: set[str]) -> None:
        """Delete the twins that are not among those of this build, and the folders that were left without anything."""
        cards = os.path.join(self._top, CARDS)  # noqa: PTH118 - as above
        for path in self._others - twins:
            if not path.startswith(cards):
                self._delete(path)
        for folder in sorted(self._thinned, key=len, reverse=True):
            place = Path(folder)
            with suppress(OSError):
                while place != Path(self._top):
                    place.rmdir()
                    place = place.parent

    def _delete(self, path: str) -> None:
        self._thinned.add(path.rpartition(os.sep)[0])
        os.unlink(path)  # noqa: PTH108 - as above
