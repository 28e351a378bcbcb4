"""The search index of Material's plugin, put together from what each page adds to it."""

from __future__ import annotations

import functools
import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gatepost_site.acceleration.configuration import handlers_of, module_of
from gatepost_site.speed import search
from gatepost_site.speed.digests import digest, name_of, packed
from gatepost_site.speed.environment import installed
from gatepost_site.speed.state import Sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

    from gatepost_site.speed.state import State

_SHOWN = ("search", "tags", "title")


class Indexing:
    """What every page adds to the search, kept from one build to the next."""

    def __init__(self, old: State, new: State) -> None:
        self._old, self._new = old, new
        self._fragments: list[str] = []
        #: Search indexes of Material's plugin.
        self.indexes: list[Any] = []
        #: Whether nobody else adds pages to a search index as they are made.
        self.is_alone = True

    def quicken(self, config: MkDocsConfig) -> None:
        """Take the place of the plugin's own way to add a page, and to write the whole."""
        for handler in handlers_of(config, "page_context"):
            plugin: Any = getattr(handler, "__self__", None)
            if module_of(handler) == "material.plugins.search.plugin" and plugin.config.enabled:
                index = plugin.search_index
                self.indexes.append(index)
                index.add_entry_from_context = functools.partial(self._add, index)
                index.generate_search_index = functools.partial(self._whole, index.generate_search_index)
            elif ".search" in module_of(handler):
                self.is_alone = False

    def add(self, page: Page) -> None:
        """Add a page that is kept as it is."""
        for index in self.indexes:
            index.add_entry_from_context(page)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Leave the index as it was: a page made ahead of its turn is added to it in its turn."""
        before = len(self._fragments)
        try:
            yield
        finally:
            del self._fragments[before:]

    def _add(self, index: Any, page: Page) -> None:
        if (page.meta.get("search") or {}).get("exclude"):
            return
        seen = [page.meta.get(name) for name in _SHOWN]
        key = digest(installed(), name_of(page.content or ""), str(page.title), page.url, packed(seen))
        source = page.file.src_uri
        kept = self._new.sections.get(source) or self._old.sections.get(source)
        if kept is None or kept.key != key:
            kept = Sections(key, _entries(index, page))
        self._new.sections[source] = kept
        if kept.json:
            self._fragments.append(kept.json)

    def _whole(self, generate: Callable[[Any], str], before: Any) -> str:
        return generate(before)[: -len("]}")] + ",".join(self._fragments) + "]}"


def _entries(index: Any, page: Page) -> str:
    """Return a page's entries in the search index as JSON, with commas between them."""
    module: Any = sys.modules[type(index).__module__]
    kept, index.entries = index.entries, []
    try:
        sections: Any = search.sections_of(page.content or "") if search.repeats(module.__file__) else None
        if sections is None:
            parser = module.Parser()
            parser.feed(page.content)
            parser.close()
            sections = parser.data
        for section in sections:
            if not section.is_excluded():
                index.create_entry_for_section(section, page.toc, page.url, page)
        return json.dumps(index.entries, separators=(",", ":"), default=str)[1:-1]
    finally:
        index.entries = kept
