"""Pages that have moved: `redirect_from` in front matter names the addresses at which they once were."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatepost_site.findings import Finding
from gatepost_site.site_files.front_matter import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatepost_site.project import Project
    from gatepost_site.site_pages import Site, SitePage

KEY = "redirect_from"
_EXAMPLE = "a path below the site, as in 'old/page/'"
#: Bytes that a file system takes as a name.
_LONGEST = 255
_BAD = re.compile(r"[\x00-\x20\x7f\"'<>\\^`{|}*?#;]|//|(?:^|/)\.{1,2}(?:/|$)|^[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True)
class Move:
    """One old address of one page."""

    #: Path below the site, such as "old/page/" or "old.html"; "" for a text that is no path.
    old: str
    #: As it was written.
    written: Any
    page: SitePage
    #: Of the entry in the page's list.
    index: int

    @property
    def file(self) -> str:
        """The HTML file at the old address, below the output folder."""
        return f"{self.old}index.html" if self.old.endswith("/") else self.old


def moves(site: Site) -> Iterator[Move]:
    """Yield every move of a site, in the order of its pages."""
    for page in site.pages.values():
        said = page.meta.get(KEY)
        if said is None:
            continue
        entries = said if isinstance(said, list) else [said]
        yield from (Move(_path(text), text, page, index) for index, text in enumerate(entries))


def moved(site: Site) -> dict[str, str]:
    """Return old path -> new path, both below the site, by old path."""
    return dict(sorted((move.old, move.page.url) for move in moves(site) if move.old))


def move_findings(site: Site, project: Project, files: Mapping[str, str]) -> list[Finding]:
    """Return every mistake in the old addresses of a site. `files` has the source of each file that it will hold."""
    findings: list[Finding] = []
    claimed: dict[str, Move] = {}
    taken = {_key(path): source for path, source in files.items()}
    for move in moves(site):
        if mistake := _mistake(move, taken, claimed):
            findings.append(Finding(*place_of(move.page, KEY, move.index, project), *mistake))
        claimed.setdefault(_key(move.file), move)
    return findings


def _mistake(move: Move, taken: Mapping[str, str], claimed: Mapping[str, Move]) -> tuple[str, str, str] | None:
    """Return (what, found, write) for a move that cannot be made."""
    if not move.old or _is_too_long(move.old):
        what = "name is too long" if move.old else "not a path of this site"
        write = f"at most {_LONGEST} letters between two slashes: a file with its name is made"
        return f"'{KEY}': {what}", f"'{move.written}'", write if move.old else _EXAMPLE
    key = _key(move.file)
    if key == _key(move.page.path):
        return f"'{KEY}': leads to itself", f"'{move.written}'", "only addresses that the page no longer has"
    if source := taken.get(key):
        what = f"'{KEY}': would stand in the way of what is there"
        return what, f"'{move.written}', which is {source}", "another address, or remove what is there"
    if other := claimed.get(key):
        if other.page is move.page:
            return f"'{KEY}': stands twice", f"'{move.written}'", "it once"
        return f"'{KEY}': claimed by two pages", f"'{move.written}', also in {other.page.source}", "it in one of them"
    return None


def _is_too_long(path: str) -> bool:
    return any(len(name.encode()) > _LONGEST for name in path.split("/"))


def _path(written: Any) -> str:
    """Return the path below the site that was written, "" when it is none. "/a", "a/" and "a.md" are "a/"."""
    if not isinstance(written, str):
        return ""
    path = written.strip().removeprefix("/")
    if not path or _BAD.search(path):
        return ""
    if path.endswith(".md"):
        path = path.removesuffix(".md").removesuffix("index").removesuffix("README")
    path = path.removesuffix("index.html") if path.endswith("/index.html") else path
    is_file = path.endswith((".html", ".htm"))
    return path if not path or is_file or path.endswith("/") else f"{path}/"


def _key(path: str) -> str:
    # On many machines two names that differ in case alone are one file.
    return path.casefold()
