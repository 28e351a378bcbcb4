"""A book with its reader's name: made when it is fetched, and kept for a while where the leads are."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gatepost_site.ebook import epub_stamp, stamp
from gatepost_site.ebook.words import words_of
from gatepost_webhook.followup.lead_text import header_text

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.magnets import Magnet
    from gatepost_webhook.settings import Settings
    from gatepost_webhook.store.submissions import Submission

#: Characters of a name: what is longer is not one.
_MAX_NAME = 40
#: What would make a link of a name, or a nuisance.
_NO_NAME = re.compile(r"://|www\.|[<>{}\\]|\.\w+/", re.IGNORECASE)
#: Kept copies: bytes of them all, and seconds since one was last fetched.
MAX_BYTES = 256 * 1024 * 1024
MAX_AGE = 7 * 24 * 3600
#: What the name of a book for e-readers ends in; any other is a PDF.
EPUB = ".epub"
#: HTML's own words for parts of a name, in the order in which they are printed.
_PARTS = ("given-name", "family-name")


@dataclass(frozen=True)
class Copies:
    """The folder of stamped copies; each is named after its lead, so that it can be found and dropped with it."""

    folder: Path

    def file_for(self, magnet: Magnet, submission: Submission, file: Path, sha256: str) -> Path:
        """Return the path of a submission's own copy of a PDF or an EPUB, made now if it is not there.

        Its name is its content. Raises stamp.StampError, or OSError when the folder cannot be written.
        """
        version = epub_stamp.VERSION if file.suffix == EPUB else stamp.VERSION
        parts = (version, sha256, name_of(magnet, submission), str(submission.at), magnet.book_language)
        digest = hashlib.sha256(repr(parts).encode()).hexdigest()
        path = self.folder / f"{submission.lead.id}-{digest}{file.suffix.lower()}"
        try:
            # As good as new, for those who count its age.
            os.utime(path)
        except FileNotFoundError:
            self._keep(path, _stamped(magnet, submission, file))
            self._tidy(keep=path)
        return path

    def drop(self, lead: int) -> int:
        """Delete every copy of a lead, and return how many there were: for when a lead is erased."""
        found = self.of(lead)
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def of(self, lead: int) -> list[Path]:
        """Return every copy of a lead."""
        return sorted(self.folder.glob(f"{lead}-*.*"))

    def _keep(self, path: Path, data: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def _tidy(self, *, keep: Path) -> None:
        """Delete what nobody has fetched for long, and the oldest of too many."""
        now, room = time.time(), MAX_BYTES
        for at, size, path in sorted(self._all(), reverse=True):
            room -= size
            if path != keep and (now - at > MAX_AGE or room < 0):
                path.unlink(missing_ok=True)

    def _all(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self.folder.iterdir():
            # Another request may have deleted it just now.
            with suppress(FileNotFoundError):
                facts = path.stat()
                found.append((facts.st_mtime, facts.st_size, path))
        return found


def name_of(magnet: Magnet, submission: Submission) -> str:
    """Return the name that a submission gave, in one line; its address when it gave none that can be a name."""
    by_token = {field.autocomplete: submission.fields.get(field.name, "") for field in magnet.meta.fields}
    whole = by_token.get("name") or " ".join(filter(None, (by_token.get(part, "") for part in _PARTS)))
    name = header_text(whole)
    return name if name and len(name) <= _MAX_NAME and not _NO_NAME.search(name) else submission.lead.email


def _stamped(magnet: Magnet, submission: Submission, file: Path) -> bytes:
    line = words_of(magnet.book_language).stamp.format("{}", _day(submission))
    if file.suffix == EPUB:
        # The letters come from the reader's own device.
        return epub_stamp.stamped_epub(file, line, name_of(magnet, submission))
    return stamp.stamped(file, _printable(line, magnet, submission), cover=magnet.is_ebook)


def _printable(line: str, magnet: Magnet, submission: Submission) -> str:
    """Return "For Anna Weber, 2026-11-22", with the address where no font of the machine has the name's letters."""
    names = (name_of(magnet, submission), submission.lead.email)
    return stamp.printable([line.replace("{}", name) for name in names]) or _day(submission)


def _day(submission: Submission) -> str:
    return datetime.fromtimestamp(submission.at, UTC).date().isoformat()


def copies(settings: Settings) -> Copies:
    """Return the stamped copies of a data folder."""
    return Copies(settings.data / "stamped")
