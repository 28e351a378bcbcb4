"""Looks through every byte of a folder for what should not be there any more.

It runs as a process of its own, `python -m gatepost_webhook.leads.residue FOLDER` with a JSON list of texts on standard
input: a process that opens and closes SQLite's files gives up the locks that it holds on them (POSIX), so the one that
writes leads must not look into them.
"""

from __future__ import annotations

import html
import json
import quopri
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Octets. A shorter text is found anywhere, and says nothing.
LEAST = 4
#: Octets of a text that is looked for in capitals and small letters alike: a shorter one is too often a chance.
_CASELESS = 6
_CHUNK = 1 << 22


def find_residue(folder: Path, texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return (path within the folder, text) of each text that a file holds, in the spellings that files have.

    Raises OSError when the folder cannot be read.
    """
    command = [sys.executable, "-m", __name__, str(folder)]
    given = json.dumps(sorted(set(texts)))
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    if done.returncode:
        raise OSError(f"{folder} could not be looked through: {done.stderr.strip()[-300:]}")
    return [(found[0], found[1]) for found in json.loads(done.stdout)]


def spellings(text: str) -> set[bytes]:
    """Return a text's bytes as they stand in a database, in JSON, HTML, an address, and a mail; none when too short."""
    forms = {text, json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1], html.escape(text), quote(text)}
    found = {form.encode("utf-8", "replace") for form in forms}
    found.add(quopri.encodestring(text.encode("utf-8", "replace"), quotetabs=False))
    return {form for form in found if len(form) >= LEAST}


def _residue(folder: Path, texts: list[str]) -> Iterator[tuple[str, str]]:
    wanted = [(text, _case(form), len(form) >= _CASELESS) for text in texts for form in spellings(text)]
    for path in sorted(folder.rglob("*")):
        # Shared memory holds page numbers only.
        if path.is_symlink() or not path.is_file() or path.name.endswith("-shm"):
            continue
        for text in sorted(_held(path, wanted)):
            yield str(path.relative_to(folder)), text


def _held(path: Path, wanted: list[tuple[str, bytes, bool]]) -> set[str]:
    """Return which texts a file holds; none for one that vanished meanwhile."""
    overlap = max((len(form) for _, form, _ in wanted), default=0)
    held: set[str] = set()
    try:
        with path.open("rb") as file:
            tail = b""
            while chunk := file.read(_CHUNK):
                plain = tail + chunk
                small = plain.lower()
                held |= {text for text, form, caseless in wanted if form in (small if caseless else plain)}
                tail = plain[-overlap:] if overlap else b""
    except FileNotFoundError:
        return set()
    return held


def _case(form: bytes) -> bytes:
    return form.lower() if len(form) >= _CASELESS else form


if __name__ == "__main__":
    json.dump(list(_residue(Path(sys.argv[1]), json.load(sys.stdin))), sys.stdout)
