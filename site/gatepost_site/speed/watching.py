"""Notes which facts of which pages a finishing step reads, so that its result is kept for as long as those stay."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, cast

from gatepost_site.site_pages import Related, Site, SitePage
from gatepost_site.speed.digests import digest, packed, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable

_FACTS = frozenset(item.name for item in fields(SitePage))


@dataclass
class Reads:
    """Names of the facts of pages that steps read: of the page at hand, and of any other."""

    own: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)

    def add(self, more: Reads) -> None:
        """Count what somebody else read."""
        self.own |= more.own
        self.others |= more.others


class Watch:
    """A site that notes what is read of it.

    One step may read what another remembers, so reads are counted for all pages together: whatever any step read of
    any other page, every page is taken to depend on.
    """

    def __init__(self, site: Site) -> None:
        self.reads = Reads()
        #: Source of the page that is being finished.
        self.current = ""
        self._plain = site
        self._columns: dict[str, str] = {}
        #: Names by page, as long as the same is read: they are asked for before and after the pages are made.
        self._keys: dict[str, str] = {}
        self._keys_of: tuple[list[str], str] = ([], "")
        self.site = replace(site, pages={source: watched(page, self) for source, page in site.pages.items()})

    def key(self, source: str, reads: Reads) -> str:
        """Return the name of everything that `reads` names, seen from one page."""
        if self._keys_of != (known := (sorted(reads.own), self._shared(reads.others))):
            self._keys, self._keys_of = {}, known
        if source not in self._keys:
            names, shared = known
            facts = vars(self._plain.pages[source])
            self._keys[source] = digest(shared, packed([(name, _plain(facts[name])) for name in names]))
        return self._keys[source]

    def _shared(self, names: Iterable[str]) -> str:
        if "" not in self._columns:
            # What is no page is counted whole, read or not.
            rest = (getattr(self._plain, item.name) for item in fields(Site) if item.name != "pages")
            self._columns[""] = digest(*map(spelled, rest), *self._plain.pages)
        return digest(self._columns[""], *(self._column(name) for name in sorted(names)))

    def _column(self, name: str) -> str:
        if name not in self._columns:
            values = (getattr(page, name) for page in self._plain.pages.values())
            self._columns[name] = digest(*(value if isinstance(value, str) else packed(value) for value in values))
        return self._columns[name]


def _plain(fact: Any) -> Any:
    return fact.plain() if isinstance(fact, Related) else fact


class _WatchedPage(SitePage):
    """A page that tells its watch which of its facts is read."""

    def __getattribute__(self, name: str) -> Any:
        if name in _FACTS or name == "__dict__":
            values = object.__getattribute__(self, "__dict__")
            watch = values["_watch"]
            reads = watch.reads.own if values["source"] == watch.current else watch.reads.others
            reads.update((name,) if name in _FACTS else _FACTS)
        return object.__getattribute__(self, name)


def watched(page: SitePage, watch: Watch) -> SitePage:
    """Return a page that is like another and tells what is read of it."""
    twin = object.__new__(_WatchedPage)
    values = object.__getattribute__(twin, "__dict__")
    values.update(vars(page))
    values["_watch"] = watch
    return cast("SitePage", twin)
