"""One page as its writer sees it: the file, its front matter and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gatepost_site.audit.markup import Markup
from gatepost_site.documents import read_front_matter, read_text, shown, split
from gatepost_site.findings import ContentError, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Draft:
    """A Markdown file that becomes a page."""

    #: As findings show it.
    file: str
    #: Below the content folder; of a magnet's copy as if its landing page stood there.
    source: str
    #: Below the site's address.
    url: str
    #: BCP 47.
    language: str
    meta: Mapping[str, Any]
    #: (Line, column) of each key of the front matter.
    positions: Mapping[str, tuple[int, int]]
    #: The whole file, its lines ending in "\n".
    text: str
    markup: Markup
    #: The magnet whose landing page it is, "" for any other page.
    magnet: str = ""
    is_post: bool = False
    #: What the navigation calls it, "" when it names no words for it.
    label: str = ""
    #: Source of the page that it translates, "" when it is no translation.
    original: str = ""

    @cached_property
    def title(self) -> str:
        """The page's title: of its front matter, the navigation, or its first heading of the first level; else ""."""
        given = self.meta.get("title")
        if isinstance(given, str):
            return given
        return self.label or next((heading.text for heading in self.markup.headings if heading.level == 1), "")

    @property
    def description(self) -> str:
        """What search results are given to show, "" when nobody wrote it."""
        given = self._seo("description") or self.meta.get("description")
        return " ".join(given.split()) if isinstance(given, str) else ""

    @property
    def head_title(self) -> str:
        """What search results are given for a title."""
        return self._seo("title") or self.title

    @property
    def is_listed(self) -> bool:
        """Whether search engines may list the page."""
        return "noindex" not in str(self.meta.get("robots", "")) and not self.meta.get("draft")

    def at(self, key: str, what: str, found: str = "", write: str = "") -> Finding:
        """Return a finding about a key of the front matter, or the file when it has no such key."""
        return Finding(self.file, *self.positions.get(key, (1, 1)), what, found, write)

    def _seo(self, key: str) -> str:
        seo = self.meta.get("seo")
        value = seo.get(key) if isinstance(seo, dict) else ""
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Shelfmark:
    """Where a page stands in its site."""

    source: str
    url: str
    language: str
    magnet: str = ""
    is_post: bool = False
    label: str = ""
    original: str = ""


def read_draft(path: Path, mark: Shelfmark, root: Path, slugify: Callable[[str], str]) -> Draft | None:
    """Read a page, None when it cannot be: that is said by the check of its front matter."""
    file = shown(path, root)
    try:
        text = read_text(path, file)
        _, body, first = split(text, file)
        meta, positions = read_front_matter(path, root=root)
    except ContentError:
        return None
    language = str(meta.get("lang") or mark.language)
    markup = Markup(body, first, slugify)
    return Draft(
        file=file,
        source=mark.source,
        url=mark.url,
        language=language,
        meta=meta,
        positions=positions,
        text=text,
        markup=markup,
        magnet=mark.magnet,
        is_post=mark.is_post,
        label=mark.label,
        original=mark.original,
    )
