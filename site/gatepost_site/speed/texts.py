"""The texts of a state, most of it, in files that are never changed: each build adds one with what is new."""

from __future__ import annotations

import secrets
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: (name of a file, position, length), both in bytes.
Place: TypeAlias = "tuple[str, int, int]"
#: Files of one state: each costs a little when it is read.
_MOST = 32
#: Bytes that nobody needs any more, for which all is written anew when they are more than what is needed.
_LITTLE = 1_000_000


class Texts:
    """The texts that belong to one state file, and lie beside it."""

    def __init__(self, state: Path, checksums: Mapping[str, int]) -> None:
        self._folder = state.parent
        self._stem = f"{state.name}.texts-"
        self._data: dict[str, memoryview] = {}
        #: CRC-32 of each file.
        self.checksums = dict(checksums)

    def read(self) -> None:
        """Read the files. Raises ValueError when one is not what was written, and OSError."""
        for name, checksum in self.checksums.items():
            data = (self._folder / name).read_bytes()
            if not name.startswith(self._stem) or zlib.crc32(data) != checksum:
                raise ValueError(name)
            self._data[name] = memoryview(data)

    def at(self, place: Place) -> str:
        """Return the text in a place of a file that was read."""
        name, start, length = place
        return str(self._data[name][start : start + length], "utf-8", "surrogatepass")

    def keep(self, texts: Mapping[str, str], known: Mapping[str, Place]) -> dict[str, Place]:
        """See to it that texts are in files; return the place of each. `known` are the places of an earlier state."""
        places = {name: known[name] for name in texts if name in known}
        if not self._worth(places):
            places = {}
        if new := {name: text for name, text in texts.items() if name not in places}:
            places |= self._written(new)
        used = {place[0] for place in places.values()}
        self.checksums = {name: checksum for name, checksum in self.checksums.items() if name in used}
        return places

    def prune(self) -> None:
        """Delete the files that the state does not name."""
        for path in self._folder.glob(f"{self._stem}*"):
            if path.name not in self.checksums:
                with suppress(OSError):
                    path.unlink()

    def _worth(self, places: Mapping[str, Place]) -> bool:
        """Whether files are all there, few enough, and most of what stands in them is needed."""
        names = {place[0] for place in places.values()}
        try:
            whole = sum((self._folder / name).stat().st_size for name in names)
        except OSError:
            return False
        needed = sum(place[2] for place in places.values())
        return len(names) < _MOST and whole - needed < max(needed, _LITTLE)

    def _written(self, texts: Mapping[str, str]) -> dict[str, Place]:
        name = f"{self._stem}{secrets.token_hex(8)}"
        places: dict[str, Place] = {}
        at = checksum = 0
        # Piece by piece: all of them in one would be most of a build's memory.
        with (self._folder / name).open("xb") as file:
            for key, text in texts.items():
                data = text.encode("utf-8", "surrogatepass")
                file.write(data)
                places[key] = (name, at, len(data))
                at, checksum = at + len(data), zlib.crc32(data, checksum)
        self.checksums[name] = checksum
        return places
