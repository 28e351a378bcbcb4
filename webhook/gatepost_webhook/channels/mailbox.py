"""The captured mailbox: mail that never leaves the machine, one file each, for trying things out."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from gatepost_webhook.channels.channel import Away, Lost, Sent
from gatepost_webhook.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from gatepost_webhook.channels.channel import Outcome, Outgoing, Talking


class Mailbox:
    """Keeps each message as <folder>/<mail id>.eml. The same mail again replaces its file."""

    #: The disk is asked to keep each file, and can do no two at once.
    lanes = 1

    def __init__(self, folder: Path) -> None:
        """Make the folder (mode 0700). Raises ChannelError when that is not possible."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ChannelError(
                f"{folder}: captured mails cannot be kept there ({error.strerror}); set GATEPOST_DATA to another folder"
            ) from error
        self._folder = folder

    async def deliver(self, message: Outgoing, talking: Talking) -> Outcome:
        """Keep one message: a file (mode 0600) that is there whole, or not at all."""
        target = self._folder / f"{message.mail:08d}.eml"
        temporary = self._folder / f"{target.name}.new"
        try:
            _write(temporary, message.data)
            if not await talking():
                return Lost()
            temporary.replace(target)
            _sync_folder(self._folder)
        except OSError as error:
            return Away(f"{target} cannot be written ({error.strerror})")
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()
        return Sent(f"kept as {target.name}")

    async def close(self) -> None:
        """Nothing is open."""


def drop_captured(folder: Path, mails: Iterable[int], *, in_hand: Collection[int] = ()) -> int:
    """Delete the files of mails, by number, and return how many there were: for when their lead is erased.

    What a worker is writing just now, of those `in_hand`, is left to it.
    """
    count = 0
    for mail in mails:
        target = folder / f"{mail:08d}.eml"
        paths = [target] if mail in in_hand else [target, folder / f"{target.name}.new"]
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
                count += 1
    return count


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
