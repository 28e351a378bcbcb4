"""Where links of a page lead: to a page, a file, an anchor, or nowhere; and what was probably meant."""

from __future__ import annotations

import difflib
import posixpath
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from gatepost_site.translations import original_of, path_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost_site.audit.draft import Draft
    from gatepost_site.audit.inquiry import Inquiry

_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
#: What the webhook answers beside the built site.
_ANSWERED = re.compile(r"(?:f|c|d|u|p|t|hooks|_mailbox|_sequences)/|(?:healthz|metrics)$")
_NEAR = 0.6


@dataclass(frozen=True)
class Target:
    """Where one link leads."""

    #: Source of the page, "" when it is no page.
    page: str = ""
    anchor: str = ""
    #: What to write for a link that leads nowhere, or that names a page by its address; "" when nothing is near.
    meant: str = ""
    #: Whether `meant` is that without doubt.
    is_certain: bool = False
    #: page: fine; file: fine; outside: not looked at; address: fine, but a page's address and not its file; dead.
    kind: str = "outside"


class Targets:
    """Everything in a site that a link may name."""

    def __init__(self, inquiry: Inquiry) -> None:
        config = inquiry.config
        assert config  # noqa: S101 - asked for with one only
        self._inquiry = inquiry
        self._site_url = config.settings.site_url
        self._pages: dict[str, str] = dict(config.urls)
        self._files = set(config.files)
        if publication := inquiry.publication:
            self._pages |= {source: _url_of(source) for source in publication.pages}
            self._files |= set(publication.files)
        self._pages |= {draft.source: draft.url for draft in inquiry.drafts}
        self._sources = {_bare(url): source for source, url in self._pages.items()}
        self._folded = {name.casefold(): name for name in [*self._pages, *self._files]}

    def resolve(self, draft: Draft, link: str) -> Target:
        """Return where a link of a page leads."""
        if self._site_url and link.startswith(self._site_url):
            return self._by_address(link, draft)
        if not link or _ELSEWHERE.match(link) or "{{" in link:
            return Target()
        parts = urlsplit(link)
        if not parts.path:
            return Target(draft.source, unquote(parts.fragment), kind="page")
        if parts.path.startswith("/"):
            return self._by_address(link, draft)
        return self._by_source(draft, unquote(parts.path), unquote(parts.fragment))

    def at(self, address: str) -> Target:
        """Return what is at an address of the site: a full one, or one that begins with a slash."""
        parts = urlsplit(address)
        path = unquote(parts.path).removeprefix(self._base).strip("/")
        if _bare(path) in self._sources:
            return Target(self._sources[_bare(path)], unquote(parts.fragment), kind="page")
        if path in self._files or _ANSWERED.match(path) or self._is_built(path):
            return Target(kind="file")
        if self._inquiry.built is None:
            # Plugins make pages too, as a blog does: without a build nobody knows.
            return Target()
        near = difflib.get_close_matches(parts.path, [f"/{url}" for url in self._pages.values()], n=1, cutoff=_NEAR)
        return Target(meant=near[0] if near else "", kind="dead")

    def is_own(self, address: str) -> bool:
        """Whether an address is one of this site."""
        by_path = address.startswith("/") and not address.startswith("//")
        return by_path or bool(self._site_url and address.startswith(self._site_url))

    def _by_source(self, draft: Draft, path: str, anchor: str) -> Target:
        source = posixpath.normpath(posixpath.join(posixpath.dirname(draft.source), path))
        if source in self._pages and not path.endswith("/"):
            return Target(source, anchor, kind="page")
        if source in self._files:
            return Target(kind="file")
        address = posixpath.normpath(posixpath.join("/", _folder(draft.url), path)).strip("/")
        by_address = self._sources.get(_bare(address), "")
        if page := by_address or self._page_near(source):
            meant = _relative(page, draft) + (f"#{anchor}" if anchor else "")
            return Target(page, anchor, meant, is_certain=True, kind="address" if by_address else "dead")
        if self._is_built(address):
            return Target(kind="file")
        is_file = "." in posixpath.basename(source)
        return Target(meant=self._meant(source, draft), kind="dead") if is_file or self._inquiry.built else Target()

    def _by_address(self, link: str, draft: Draft) -> Target:
        found = self.at(link)
        if found.kind != "page":
            return found
        meant = _relative(found.page, draft) + (f"#{found.anchor}" if found.anchor else "")
        return replace(found, meant=meant, is_certain=True, kind="address")

    @cached_property
    def _base(self) -> str:
        return urlsplit(self._site_url).path or "/"

    def _is_built(self, path: str) -> bool:
        built = self._inquiry.built
        return built is not None and built.has(path)

    def _page_near(self, source: str) -> str:
        """Return the page that a path names without doubt, though not in the way that works; "" for none."""
        bare = re.sub(r"(?:/index)?\.html?$", "", source).rstrip("/")
        for name in (f"{bare}.md", f"{bare}/index.md"):
            if name in self._pages:
                return name
        return self._folded.get(source.casefold(), "")

    def _meant(self, source: str, draft: Draft) -> str:
        """Return the nearest thing that exists, as the page would write it."""
        is_page = source.endswith(".md")
        names: Sequence[str] = [*self._pages] if is_page else [*self._files]
        last = posixpath.basename(source)
        same = [name for name in names if posixpath.basename(name) == last and last != "index.md"]
        near = same or _nearest(source, names)
        return _relative(near[0], draft) if near else ""


def _nearest(source: str, names: Sequence[str]) -> list[str]:
    """Return the name that is most like a path, without the ending that all have; [] when none is like it."""
    stems = {posixpath.splitext(name)[0]: name for name in names}
    return [stems[stem] for stem in difflib.get_close_matches(posixpath.splitext(source)[0], stems, n=1, cutoff=_NEAR)]


def _relative(name: str, draft: Draft) -> str:
    return posixpath.relpath(name, posixpath.dirname(draft.source) or ".").replace(" ", "%20")


def _url_of(source: str) -> str:
    """Return the path below the site of a page that Gatepost makes."""
    original, language = original_of(source)
    return path_in(original.removesuffix("index.md").removesuffix(".md"), language)


def _bare(url: str) -> str:
    return f"/{url}".removesuffix("/index.html").strip("/")


def _folder(url: str) -> str:
    """Return what links relative to an address start from."""
    return url[: url.rfind("/") + 1]
