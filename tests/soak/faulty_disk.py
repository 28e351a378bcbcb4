"""Writes while the disk fails at random; libfiu, which makes it fail, is preloaded by who starts this.

Run as: python -m tests.soak.faulty_disk DATABASE ACKNOWLEDGED WRITES. It writes each number that was acknowledged into
a file, and prints how many were refused, and how many milliseconds after the repair the first one was kept.
"""

from __future__ import annotations

import ctypes
import functools
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from gatepost_webhook.errors import StoreError
from gatepost_webhook.store.database import DatabaseError
from gatepost_webhook.store.writer import Writer

if TYPE_CHECKING:
    from gatepost_webhook.store.database import Connection

#: Where it fails, and how often; errno 5 is an I/O error.
FAULTS = {b"posix/io/sync/fsync": 0.02, b"posix/io/sync/fdatasync": 0.02, b"posix/io/rw/pwrite": 0.01}
_EIO = 5
#: Writes that share their commits.
_AT_ONCE = 4


def keep(connection: Connection, number: int) -> None:
    """Write one number."""
    connection.execute("INSERT INTO hit VALUES ('kept', ?, 1)", (number,))


def _write(writer: Writer, numbers: range, log: TextIO) -> int:
    """Write numbers, note which were acknowledged, and return how many were refused."""
    refused = 0
    futures = [writer.submit(functools.partial(keep, number=number)) for number in numbers]
    for number, future in zip(numbers, futures, strict=True):
        try:
            future.result(60)
        except (StoreError, DatabaseError):
            refused += 1
        else:
            log.write(f"{number}\n")
    return refused


def main(database: Path, acknowledged: Path, writes: int) -> None:
    """Write, and say how it went."""
    library = ctypes.CDLL("libfiu.so.0")
    library.fiu_enable_random.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_float]
    with Writer(database) as writer, acknowledged.open("w", encoding="ascii") as log:
        for name, probability in FAULTS.items():
            assert library.fiu_enable_random(name, 1, _EIO, 0, probability) == 0
        starts = range(0, writes, _AT_ONCE)
        refused = sum(_write(writer, range(start, min(start + _AT_ONCE, writes)), log) for start in starts)
        for name in FAULTS:
            library.fiu_disable(name)
        repaired = time.monotonic()
        while _write(writer, range(writes, writes + 1), log):
            time.sleep(0.05)
    print(refused, int((time.monotonic() - repaired) * 1000))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
