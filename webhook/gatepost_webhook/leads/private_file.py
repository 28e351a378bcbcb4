"""Files that hold leads: only their owner may read them, and they appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from gatepost_webhook.errors import GatepostError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class FileRefusedError(GatepostError):
    """A file cannot be written there."""


@contextmanager
def private_file(path: Path, *, force: bool) -> Iterator[TextIO]:
    """Yield a text file (UTF-8, line ends as written) that becomes `path`, mode 0600, when the block ends well.

    Raises FileRefusedError when `path` exists (unless forced), is a symbolic link or a folder, or cannot be written.
    """
    _refuse(path, force=force)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _refuse(path, force=force)
        temporary.replace(path)
        _keep_name(path.parent)
    except OSError as error:
        raise _cannot(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _refuse(path: Path, *, force: bool) -> None:
    if path.is_symlink():
        raise FileRefusedError(f"{path}: is a symbolic link; name the file that it points to")
    if path.is_dir():
        raise FileRefusedError(f"{path}: is a folder; name a file in it")
    if path.exists() and not force:
        raise FileRefusedError(f"{path}: exists already; write --force to replace it, or name another file")


def _cannot(path: Path, error: OSError) -> FileRefusedError:
    return FileRefusedError(
        f"{path}: cannot be written ({error.strerror or error}); name a file in a folder that this user may write to"
    )


def _keep_name(folder: Path) -> None:
    """Write the folder's entry to the disk too, where folders can be opened (not on Windows)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
