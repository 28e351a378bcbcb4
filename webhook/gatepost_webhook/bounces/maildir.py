"""A Maildir: what is new in it is read, and moved to `cur`, where mail programs look for what was noticed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gatepost_webhook.bounces.parsing import MAX_BYTES
from gatepost_webhook.bounces.postbox import Letter
from gatepost_webhook.errors import PostboxError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gatepost_webhook.bounces.postbox import Postbox


class MaildirPostbox:
    """One Maildir."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def open(self) -> Iterator[Postbox]:
        """Check that it is a Maildir. Raises PostboxError."""
        for name in ("new", "cur"):
            if not (self._path / name).is_dir():
                raise PostboxError(
                    f"{self._path}: is no Maildir, it has no folder {name!r}; "
                    "set GATEPOST_BOUNCE_MAILDIR to the folder that holds new/ and cur/"
                )
        yield self

    def letters(self) -> Iterator[Letter]:
        """Yield what is new. Raises PostboxError."""
        try:
            # A name begins with the second in which the mail came.
            names = sorted(entry.name for entry in (self._path / "new").iterdir() if not entry.name.startswith("."))
            for name in names:
                if (data := _start_of(self._path / "new" / name)) is not None:
                    yield Letter(name, data)
        except OSError as error:
            raise PostboxError(f"{self._path}: cannot be read ({error.strerror})") from error

    def put_away(self, letter: Letter, *, report: bool) -> None:
        """Move a letter to `cur`; a report is marked as seen. Raises PostboxError."""
        plain = letter.name.partition(":")[0]
        try:
            (self._path / "new" / letter.name).rename(self._path / "cur" / f"{plain}:2,{'S' if report else ''}")
        except FileNotFoundError:
            # A mail program was there first.
            return
        except OSError as error:
            raise PostboxError(f"{self._path}: {letter.name} cannot be moved to cur/ ({error.strerror})") from error


def _start_of(path: Path) -> bytes | None:
    """Return a file's bytes, as far as they are looked at; None when it is no plain file, or has gone."""
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
