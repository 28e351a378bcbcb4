"""Checks the front matter of pages: MkDocs publishes as text what it cannot read, so nothing may slip through."""

from __future__ import annotations

import difflib
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from gatepost_site.documents import read_front_matter, read_text, shown
from gatepost_site.findings import ContentError, Finding
from gatepost_site.page_meta import PAGE_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    #: Text of a page -> its front matter.
    FrontMatter = Callable[[str], Mapping[str, Any]]

#: Keys that other plugins read, or that sites often use in templates of their own: near to one above, and no mistake.
OTHER_KEYS = frozenset(
    {
        "canonical_url", "category", "created", "data", "dates", "headline", "hidden", "icons",
        "images", "keywords", "language", "layout", "link", "order", "pinned", "published", "state", "summary",
        "tag", "templates", "titles", "update", "version", "weight",
    }
)  # fmt: skip
_TEXT_KEYS = {"title": "A title", "description": "One sentence of 50 to 160 characters."}
#: High enough that only slips of the finger are near: "titel" and "title" score 0.8.
_NEAR = 0.8
#: What was meant as front matter, after something else: its first key is looked for, and its end.
_LATE = re.compile(r"\s+(---)[ \t]*\n[ \t]*[\w-]+:[ \t\n](?:.*\n)*?---[ \t]*(?:\n|$)")


def check_pages(
    paths: Iterable[Path], *, root: Path, published: FrontMatter, posts: tuple[str, ...] = ()
) -> list[Finding]:
    """Return every mistake in the front matter of Markdown pages; `published` reads it as the site's engine does.

    `posts` are the folders of a blog's posts, relative to the root.
    """
    return [finding for path in paths for finding in _page_findings(path, root, published, posts)]


def _page_findings(path: Path, root: Path, published: FrontMatter, posts: tuple[str, ...]) -> Iterator[Finding]:
    try:
        values, positions = read_front_matter(path, root=root)
    except ContentError as error:
        yield from error.findings
        return
    file = shown(path, root)
    text = read_text(path, file)
    seen = published(text)
    if values and not seen:
        yield _unseen(file, text)
        return
    if late := None if values else _LATE.match(text):
        line = text.count("\n", 0, late.start(1)) + 1
        yield Finding(file, line, 1, "front matter that does not begin in the first line", write="nothing before '---'")
    elif file.startswith(posts):
        yield from _post_findings(file, values, positions)
    for key, value in values.items():
        if key in _TEXT_KEYS:
            yield from _text_finding(file, positions[key], key, value, seen.get(key, value))
        elif (near := _misspelt(key)) and near not in values:
            yield Finding(file, *positions[key], "unknown key", f"'{key}'", f"'{near}'", "unknown-key")


def _post_findings(file: str, values: Mapping[str, Any], positions: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
    """Find a post without a day: Material's blog stops at it, and names no line."""
    day = values.get("date")
    day = day.get("created") if isinstance(day, dict) else day
    if not isinstance(day, date):
        found = f"'{day}'" if day else ""
        what = "a post's 'date' is no day" if "date" in values else "a post has no date"
        yield Finding(file, *positions.get("date", (1, 1)), what, found, "'date: 2026-11-22' in its front matter")


def _unseen(file: str, text: str) -> Finding:
    """Return the finding for front matter that the engine would publish as text."""
    if not text.endswith("\n"):
        last = text.count("\n") + 1
        return Finding(file, last, 1, "nothing follows the front matter", write="a line break at least")
    what = "front matter that MkDocs cannot read, and would publish as text"
    return Finding(file, 2, 1, what, write="plain values without tags such as '!name'")


def _text_finding(file: str, position: tuple[int, int], key: str, value: Any, seen: Any) -> Iterator[Finding]:
    # The engine takes No, On and 12:30 for something else than text.
    if isinstance(value, str) and isinstance(seen, str):
        return
    scalar = value is not None and not isinstance(value, dict | list)
    write = f"'{key}: \"{value}\"'" if scalar else f"'{key}: {_TEXT_KEYS[key]}'"
    yield Finding(file, *position, f"'{key}' must be text", "nothing" if value is None else str(value), write)


def _misspelt(key: str) -> str:
    """Return the known key that was meant, "" when the key is known or like none."""
    if key in PAGE_KEYS or key in OTHER_KEYS:
        return ""
    return next(iter(difflib.get_close_matches(key.lower(), PAGE_KEYS, n=1, cutoff=_NEAR)), "")
