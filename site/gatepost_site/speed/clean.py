"""Remembers which pages were checked and found without a mistake, by what stands in them."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from gatepost_site.speed.digests import digest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: (path, size, modification time, inode) -> name of the content: one build looks at a page more than once.
_seen: dict[tuple[Path, int, int, int], str] = {}
_SEEN_LIMIT = 50_000


class CleanPages:
    """The pages in which a check found nothing; `rules` names the check, and all that it depends on but a page."""

    def __init__(self, file: Path, rules: str) -> None:
        self._file = file
        self._rules = rules
        self._known: set[str] = set()
        self._names: set[str] = set()
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(file.read_text(encoding="ascii"))
            if kept["rules"] == rules:
                self._known = set(kept["pages"])

    def doubtful(self, pages: Sequence[Path]) -> list[Path]:
        """Return the pages that are not known to be without mistakes."""
        names = {page: _name(page) for page in pages}
        self._names = {name for name in names.values() if name}
        return [page for page, name in names.items() if name not in self._known]

    def keep(self) -> None:
        """Note that nothing was found in any of the pages."""
        if self._names == self._known:
            return
        text = json.dumps({"rules": self._rules, "pages": sorted(self._names)})
        temporary = self._file.with_name(f".{self._file.name}.{secrets.token_hex(8)}")
        # Without a place to note it, the next check only takes longer.
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(text, encoding="ascii")
            temporary.replace(self._file)


def _name(page: Path) -> str:
    """Return the name of a page's path and content, "" when it cannot be read."""
    try:
        stat = page.stat()
        place = (page, stat.st_size, stat.st_mtime_ns, stat.st_ino)
        if place not in _seen:
            if len(_seen) > _SEEN_LIMIT:
                _seen.clear()
            _seen[place] = digest(str(page), page.read_bytes())
        return _seen[place]
    except OSError:
        return ""
