"""The built site as the audit sees it: which files there are, and what the head of each page says."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_site.project import Project

_LINK = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
_META = re.compile(r"<meta\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")


@dataclass(frozen=True)
class HeadLink:
    """A `link` element in the head of a page."""

    href: str
    #: Language of an alternate, "" for a canonical address.
    language: str
    line: int
    column: int


@dataclass(frozen=True)
class BuiltPage:
    """One HTML file of the built site."""

    #: Below the output folder.
    path: str
    canonicals: tuple[HeadLink, ...]
    alternates: tuple[HeadLink, ...]
    is_hidden: bool
    #: Whether it only leads on to another page.
    leads_on: bool

    @property
    def url(self) -> str:
        """Its path below the site's address."""
        is_index = self.path == "index.html" or self.path.endswith("/index.html")
        return self.path.removesuffix("index.html") if is_index else self.path


class Built:
    """The output folder after a build."""

    def __init__(self, public: Path) -> None:
        self.public = public

    @classmethod
    def of(cls, project: Project, newest: float) -> Built | None:
        """Return the built site, None when there is none, or when sources changed after it: `newest` epoch second."""
        if not project.manifest.is_file() or not project.public.is_dir():
            return None
        return cls(project.public) if project.manifest.stat().st_mtime >= newest else None

    def has(self, path: str) -> bool:
        """Whether there is a file, or a page, at a path below the site's address."""
        return path in self._names or f"{path.rstrip('/')}/index.html".lstrip("/") in self._names

    @cached_property
    def pages(self) -> tuple[BuiltPage, ...]:
        """Every page but the one for addresses that do not exist."""
        names = sorted(name for name in self._names if name.endswith(".html") and name != "404.html")
        return tuple(_read(self.public, name) for name in names)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(file.relative_to(self.public).as_posix() for file in self.public.rglob("*") if file.is_file())


def _read(public: Path, name: str) -> BuiltPage:
    text = (public / name).read_text(encoding="utf-8", errors="replace")
    head = text.partition("</head>")[0]
    links = [(_attributes(found[0]), *_place(head, found.start())) for found in _LINK.finditer(head)]
    metas = [_attributes(found[0]) for found in _META.finditer(head)]
    return BuiltPage(
        name,
        tuple(HeadLink(link.get("href", ""), "", *place) for link, *place in links if link.get("rel") == "canonical"),
        tuple(
            HeadLink(link.get("href", ""), link["hreflang"], *place)
            for link, *place in links
            if link.get("rel") == "alternate" and link.get("hreflang")
        ),
        is_hidden=any(meta.get("name") == "robots" and "noindex" in meta.get("content", "") for meta in metas),
        leads_on=any(meta.get("http-equiv", "").lower() == "refresh" for meta in metas),
    )


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
